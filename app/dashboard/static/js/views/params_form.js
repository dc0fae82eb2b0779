/** The settings of a step, as a form made from its module's JSON Schema. */

import { html, nothing } from "../../vendor/lit-html/lit-html.js";
import { setParam } from "../file_actions.js";
import { t, tOr } from "../i18n.js";
import { fieldsOf } from "../params_schema.js";
import { column, columns } from "./params_columns.js";
import {
  choice,
  choiceOrList,
  json,
  numberControl,
  switchControl,
  text,
} from "./params_controls.js";
import { list, pairs, records } from "./params_lists.js";

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
  return faults.filter(
    ({ pointer }) => pointer === `/params/${name}` || pointer.startsWith(`/params/${name}/`),
  );
}

function fieldRow({ field, step, upload, faults }) {
  const id = `${step.id}-${field.name}`;
  const value = field.name in step.params ? step.params[field.name] : field.default;
  const set = (to) => setParam(step.id, field.name, to, field.default);
  return fieldBox({ field, id, value, set, upload, faults });
}

/**
 * One field with its label, its control and what is wrong with it. A control is handed {field, id,
 * value, set, upload, words}; `set(value)` takes what was chosen.
 */
export function fieldBox({ field, id, value, set, upload, faults = [] }) {
  const words = tOr(`param.${field.name}`, spelledOut(field.name));
  return html`<div class="param param-${field.kind}">
    ${
      field.kind === "records"
        ? html`<span class="param-label" id="${id}-label">${words}</span>`
        : html`<label class="param-label" for=${id} id="${id}-label">${words}</label>`
    }
    ${CONTROLS[field.kind]({ field, id, value, set, upload, words })}
    ${field.help === null ? nothing : html`<p class="quiet small">${field.help}</p>`}
    ${faults.map(({ message }) => html`<p class="field-fault">${message}</p>`)}
  </div>`;
}

function spelledOut(name) {
  const words = name.replaceAll("_", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}
