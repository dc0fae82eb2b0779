/**
 * Controls of the plain kinds.
 *
 * Switches and choices are bound with `live`: they are what the state says. Fields that are typed
 * into are not: the page may be drawn anew, because a job moved, while a word is half written.
 */

import { html, nothing } from "../../vendor/lit-html/lit-html.js";
import { live } from "../../vendor/lit-html/directives/live.js";
import { t, tOr } from "../i18n.js";
import { list } from "./params_lists.js";

export function switchControl({ field, id, value, set }) {
  return html`<input
    type="checkbox"
    role="switch"
    class="switch"
    id=${id}
    .checked=${live(value === true)}
    @change=${(event) => set(event.target.checked || (field.optional ? null : false))}
  />`;
}

export function choice({ field, id, value, set }) {
  const choices = field.optional ? [null, ...field.choices] : field.choices;
  return html`<select id=${id} @change=${(event) => set(choices[event.target.selectedIndex])}>
    ${choices.map(
      (one) =>
        html`<option .selected=${live(one === value)}>
          ${one === null ? t("params.unset") : choiceWords(field, one)}
        </option>`,
    )}
  </select>`;
}

/** The same value may mean something else in another setting. */
function choiceWords({ name }, value) {
  return tOr(`choice.${name}.${value}`, tOr(`choice.${value}`, value));
}

export function numberControl({ field, id, value, set }) {
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

export function text({ field, id, value, set }) {
  return html`<input
    type="text"
    id=${id}
    spellcheck="false"
    .value=${value === null ? "" : String(value)}
    @change=${(event) => set(event.target.value === "" && field.optional ? null : event.target.value)}
  />`;
}

/** "auto", or a list of one's own. */
export function choiceOrList({ field, id, value, set, upload, words }) {
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
        (one) =>
          html`<option .selected=${live(!own && one === value)}>
            ${one === null ? t("params.unset") : choiceWords(field, one)}
          </option>`,
      )}
      <option .selected=${live(own)}>${t("params.ownList")}</option>
    </select>
    ${own ? list({ field, id: `${id}-list`, value, set, upload, words }) : nothing}`;
}

export function json({ id, value, set }) {
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
