/**
 * The settings of a step, as a form made from its module's JSON Schema.
 *
 * Switches and choices are bound with `live`: they are what the state says. Fields that are typed
 * into are not: the page may be drawn anew, because a job moved, while a word is half written.
 */

import { html, nothing } from "../../vendor/lit-html/lit-html.js";
import { live } from "../../vendor/lit-html/directives/live.js";
import { setParam } from "../file_actions.js";
import { t, tOr } from "../i18n.js";
import { fieldsOf } from "../params_schema.js";
import { columnNames } from "./parts.js";
import { icon } from "./icons.js";

const CONTROLS = {
  switch: switchControl,
  number: numberControl,
  choice,
  text,
  list,
  choiceOrList,
  column,
  columns,
  pairs,
  records,
  json,
};

/** Kept for callers of the first NeatData; another setting says the same, or none is needed. */
const FORMER = { drop_duplicates: ["columns", "reset_index"], convert_types: ["coerce"] };

export function paramsForm({ module, step, upload, faults }) {
  const fields = fieldsOf(module).filter(({ name }) => !FORMER[module.key]?.includes(name));
  if (fields.length === 0) return html`<p class="quiet small">${t("params.none")}</p>`;
  return html`<div class="params">
    ${fields.map((field) => fieldRow({ field, step, upload, faults: faultsOf(field, faults) }))}
  </div>`;
}

function faultsOf({ name }, faults) {
  return faults.filter(({ pointer }) => pointer === `/params/${name}` || pointer.startsWith(`/params/${name}/`));
}

function fieldRow({ field, step, upload, faults }) {
  const id = `${step.id}-${field.name}`;
  const value = field.name in step.params ? step.params[field.name] : field.default;
  const set = (to) => setParam(step.id, field.name, to, field.default);
  return fieldBox({ field, id, value, set, upload, faults });
}

function fieldBox({ field, id, value, set, upload, faults = [] }) {
  const words = tOr(`param.${field.name}`, spelledOut(field.name));
  return html`<div class="param param-${field.kind}">
    ${field.kind === "records"
      ? html`<span class="param-label" id="${id}-label">${words}</span>`
      : html`<label class="param-label" for=${id} id="${id}-label">${words}</label>`}
    ${CONTROLS[field.kind]({ field, id, value, set, upload, words })}
    ${field.help === null ? nothing : html`<p class="quiet small">${field.help}</p>`}
    ${faults.map(({ message }) => html`<p class="field-fault">${message}</p>`)}
  </div>`;
}

function spelledOut(name) {
  const words = name.replaceAll("_", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}

function switchControl({ field, id, value, set }) {
  return html`<input
    type="checkbox"
    role="switch"
    class="switch"
    id=${id}
    .checked=${live(value === true)}
    @change=${(event) => set(event.target.checked || (field.optional ? null : false))}
  />`;
}

function choice({ field, id, value, set }) {
  const choices = field.optional ? [null, ...field.choices] : field.choices;
  return html`<select id=${id} @change=${(event) => set(choices[event.target.selectedIndex])}>
    ${choices.map(
      (one) => html`<option .selected=${live(one === value)}>
        ${one === null ? t("params.unset") : choiceWords(field, one)}
      </option>`,
    )}
  </select>`;
}

/** The same value may mean something else in another setting. */
function choiceWords({ name }, value) {
  return tOr(`choice.${name}.${value}`, tOr(`choice.${value}`, value));
}

function numberControl({ field, id, value, set }) {
  const { schema } = field;
  return html`<input
    type="number"
    id=${id}
    .value=${value === null ? "" : String(value)}
    min=${schema.minimum ?? schema.exclusiveMinimum ?? nothing}
    max=${schema.maximum ?? schema.exclusiveMaximum ?? nothing}
    step=${schema.type === "integer" ? 1 : "any"}
    @change=${(event) => set(event.target.value === "" ? null : event.target.valueAsNumber)}
  />`;
}

function text({ field, id, value, set }) {
  return html`<input
    type="text"
    id=${id}
    spellcheck="false"
    .value=${value === null ? "" : String(value)}
    @change=${(event) => set(event.target.value === "" && field.optional ? null : event.target.value)}
  />`;
}

/** "auto", or a list of one's own. */
function choiceOrList({ field, id, value, set, upload, words }) {
  const own = Array.isArray(value);
  const choices = field.optional ? [null, ...field.choices] : field.choices;
  return html`<select
      id=${id}
      @change=${(event) => {
        const index = event.target.selectedIndex;
        set(index < choices.length ? choices[index] : []);
      }}
    >
      ${choices.map(
        (one) => html`<option .selected=${live(!own && one === value)}>
          ${one === null ? t("params.unset") : choiceWords(field, one)}
        </option>`,
      )}
      <option .selected=${live(own)}>${t("params.ownList")}</option>
    </select>
    ${own ? list({ field, id: `${id}-list`, value, set, upload, words }) : nothing}`;
}

/** Texts as chips, with a field for one more. */
function list({ field, id, value, set, words }) {
  const items = value ?? [];
  const add = (input) => {
    const item = input.value;
    if (item === "") return;
    input.value = "";
    if (!items.includes(item)) set([...items, item]);
  };
  const remove = (item) => {
    const rest = items.filter((other) => other !== item);
    set(rest.length === 0 && field.optional ? null : rest);
  };
  return html`<div class="list-field">
    ${items.length === 0
      ? html`<span class="quiet small">${t("params.noItems")}</span>`
      : html`<ul class="chips">
          ${items.map(
            (item) => html`<li class="chip">
              <span class="spaces">${item === " " ? t("cell.spaces", { n: 1 }) : item}</span>
              <button class="button bare" aria-label=${t("params.removeItem", { item })} @click=${() => remove(item)}>
                ${icon("close")}
              </button>
            </li>`,
          )}
        </ul>`}
    <div class="list-add">
      <input
        type="text"
        id=${id}
        spellcheck="false"
        aria-label=${t("params.addTo", { name: words })}
        @keydown=${(event) => {
          if (event.key !== "Enter") return;
          event.preventDefault();
          add(event.target);
        }}
      />
      <button class="button" @click=${(event) => add(event.currentTarget.previousElementSibling)}>${t("params.add")}</button>
    </div>
  </div>`;
}

/** One column of the file. Steps may name columns as they are in the file, whatever they are by then. */
function column({ field, id, value, set, upload }) {
  return choice({ field: { ...field, choices: columnNames(upload) ?? [] }, id, value, set });
}

/** All columns the module is made for, or some by name. */
function columns({ id, value, set, upload }) {
  const some = value !== null;
  const names = columnNames(upload) ?? [];
  // A column that is no more in the file stays visible, or it could not be taken away.
  const known = [...names, ...(value ?? []).filter((name) => !names.includes(name))];
  const toggle = (name, on) => set(known.filter((one) => (one === name ? on : value.includes(one))));
  return html`<select id=${id} @change=${(event) => set(event.target.selectedIndex === 0 ? null : [])}>
      <option .selected=${live(!some)}>${t("params.all")}</option>
      <option .selected=${live(some)}>${t("params.some")}</option>
    </select>
    ${some
      ? html`<ul class="column-list" aria-labelledby="${id}-label">
          ${known.map(
            (name) => html`<li>
              <label>
                <input
                  type="checkbox"
                  .checked=${live(value.includes(name))}
                  @change=${(event) => toggle(name, event.target.checked)}
                />
                <span class="ellipsis" title=${name}>${name}</span>
              </label>
            </li>`,
          )}
        </ul>`
      : nothing}`;
}

/** Text for text, a row each; the empty row at the end adds one. */
function pairs({ field, id, value, set, upload, words }) {
  const rows = [...Object.entries(value ?? {}), ["", ""]];
  const names = field.schema.propertyNames?.["x-column"] ? (columnNames(upload) ?? []) : [];
  const read = (event) => {
    const inputs = [...event.target.closest(".pairs").querySelectorAll("input")].map((input) => input.value);
    const read = rows.map((_, index) => inputs.slice(2 * index, 2 * index + 2));
    set(Object.fromEntries(read.filter(([from]) => from !== "")));
  };
  return html`<div class="pairs" role="group" aria-labelledby="${id}-label" @change=${read}>
    ${rows.map(
      ([from, to], index) => html`<input
          type="text"
          id=${index === 0 ? id : nothing}
          list=${names.length > 0 ? `${id}-names` : nothing}
          spellcheck="false"
          aria-label=${t("params.from", { name: words, n: index + 1 })}
          .value=${from}
        />
        <span class="quiet" aria-hidden="true">→</span>
        <input
          type="text"
          spellcheck="false"
          aria-label=${t("params.to", { name: words, n: index + 1 })}
          .value=${to ?? ""}
        />`,
    )}
    ${names.length > 0
      ? html`<datalist id="${id}-names">${names.map((name) => html`<option value=${name}></option>`)}</datalist>`
      : nothing}
  </div>`;
}

/** A list of things with fields of their own, such as the conditions of a filter. */
function records({ field, id, value, set, upload, words }) {
  const items = value ?? [];
  const fields = fieldsOf({ params: field.schema.items });
  const setItem = (at, item) => set(items.map((one, index) => (index === at ? item : one)));
  return html`<div class="records" role="group" aria-labelledby="${id}-label">
    ${items.map(
      (item, index) => html`<fieldset class="record">
        <legend class="quiet small">${t("params.record", { name: words, n: index + 1 })}</legend>
        <button
          class="button bare record-remove"
          aria-label=${t("params.removeItem", { item: t("params.record", { name: words, n: index + 1 }) })}
          @click=${() => set(items.toSpliced(index, 1))}
        >
          ${icon("close")}
        </button>
        ${fields.map((one) =>
          fieldBox({
            field: one,
            id: `${id}-${index}-${one.name}`,
            value: item[one.name] ?? one.default,
            set: (to) => setItem(index, withValue(item, one, to)),
            upload,
          }),
        )}
      </fieldset>`,
    )}
    <button class="button small" @click=${() => set([...items, started(fields)])}>
      ${icon("plus")}${t("params.addTo", { name: words })}
    </button>
  </div>`;
}

/** A new record holds what must be there, at its first choice. */
function started(fields) {
  const required = fields.filter((one) => one.required);
  return Object.fromEntries(required.map((one) => [one.name, one.default ?? one.choices[0] ?? firstOf(one)]));
}

function firstOf({ kind }) {
  return kind === "columns" || kind === "list" ? [] : "";
}

function withValue(item, { name, required, default: usual }, value) {
  const { [name]: _, ...rest } = item;
  return !required && JSON.stringify(value) === JSON.stringify(usual) ? rest : { ...rest, [name]: value };
}

function json({ id, value, set }) {
  return html`<textarea
    id=${id}
    rows="3"
    spellcheck="false"
    .value=${value === null ? "" : JSON.stringify(value)}
    @change=${(event) => setJson(event.target, set)}
  ></textarea>`;
}

function setJson(area, set) {
  try {
    set(area.value.trim() === "" ? null : JSON.parse(area.value));
    area.setCustomValidity("");
  } catch {
    area.setCustomValidity(t("params.notJson"));
    area.reportValidity();
  }
}
