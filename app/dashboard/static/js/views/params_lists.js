/** Controls that hold several things: texts, pairs of texts, records with fields of their own. */

import { html, nothing } from "../../vendor/lit-html/lit-html.js";
import { t } from "../i18n.js";
import { fieldsOf } from "../params_schema.js";
import { icon } from "./icons.js";
import { fieldBox } from "./params_form.js";
import { columnNames } from "./parts.js";

/** Texts as chips, with a field for one more. */
export function list({ field, id, value, set, words }) {
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
    ${
      items.length === 0
        ? html`<span class="quiet small">${t("params.noItems")}</span>`
        : html`<ul class="chips">
            ${items.map(
              (item) =>
                html`<li class="chip">
                  <span class="spaces">${item === " " ? t("cell.spaces", { n: 1 }) : item}</span>
                  <button
                    class="button bare"
                    aria-label=${t("params.removeItem", { item })}
                    @click=${() => remove(item)}
                  >
                    ${icon("close")}
                  </button>
                </li>`,
            )}
          </ul>`
    }
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
      <button class="button" @click=${(event) => add(event.currentTarget.previousElementSibling)}>
        ${t("params.add")}
      </button>
    </div>
  </div>`;
}

/** Text for text, a row each; the empty row at the end adds one. */
export function pairs({ field, id, value, set, upload, words }) {
  const rows = [...Object.entries(value ?? {}), ["", ""]];
  const names = field.schema.propertyNames?.["x-column"] ? (columnNames(upload) ?? []) : [];
  const read = (event) => {
    const inputs = [...event.target.closest(".pairs").querySelectorAll("input")].map(
      (input) => input.value,
    );
    const read = rows.map((_, index) => inputs.slice(2 * index, 2 * index + 2));
    set(Object.fromEntries(read.filter(([from]) => from !== "")));
  };
  return html`<div class="pairs" role="group" aria-labelledby="${id}-label" @change=${read}>
    ${rows.map(
      ([from, to], index) =>
        html`<input
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
    ${
      names.length > 0
        ? html`<datalist id="${id}-names">
            ${names.map((name) => html`<option value=${name}></option>`)}
          </datalist>`
        : nothing
    }
  </div>`;
}

/** A list of things with fields of their own, such as the conditions of a filter. */
export function records({ field, id, value, set, upload, words }) {
  const items = value ?? [];
  const fields = fieldsOf({ params: field.schema.items });
  const setItem = (at, item) => set(items.map((one, index) => (index === at ? item : one)));
  return html`<div class="records" role="group" aria-labelledby="${id}-label">
    ${items.map(
      (item, index) =>
        html`<fieldset class="record">
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
  return Object.fromEntries(
    required.map((one) => [one.name, one.default ?? one.choices[0] ?? firstOf(one)]),
  );
}

function firstOf({ kind }) {
  return kind === "columns" || kind === "list" ? [] : "";
}

function withValue(item, { name, required, default: usual }, value) {
  const { [name]: _, ...rest } = item;
  return !required && JSON.stringify(value) === JSON.stringify(usual)
    ? rest
    : { ...rest, [name]: value };
}
