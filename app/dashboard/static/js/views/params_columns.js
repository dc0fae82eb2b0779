/** Controls that hold names of columns. Steps may name them as they are in the file, whatever they are by then. */

import { html, nothing } from "../../vendor/lit-html/lit-html.js";
import { live } from "../../vendor/lit-html/directives/live.js";
import { t } from "../i18n.js";
import { choice } from "./params_controls.js";
import { columnNames } from "./parts.js";

export function column({ field, id, value, set, upload }) {
  return choice({ field: { ...field, choices: columnNames(upload) ?? [] }, id, value, set });
}

/** All columns the module is made for, or some by name. */
export function columns({ id, value, set, upload }) {
  const some = value !== null;
  const names = columnNames(upload) ?? [];
  // A column that is no more in the file stays visible, or it could not be taken away.
  const known = [...names, ...(value ?? []).filter((name) => !names.includes(name))];
  const toggle = (name, on) =>
    set(known.filter((one) => (one === name ? on : value.includes(one))));
  return html`<select
      id=${id}
      @change=${(event) => set(event.target.selectedIndex === 0 ? null : [])}
    >
      <option .selected=${live(!some)}>${t("params.all")}</option>
      <option .selected=${live(some)}>${t("params.some")}</option>
    </select>
    ${
      some
        ? html`<ul class="column-list" aria-labelledby="${id}-label">
            ${known.map(
              (name) =>
                html`<li>
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
        : nothing
    }`;
}
