/** The first records that were set aside: where they stood, why, and what they said. */

import { html, nothing } from "../../vendor/lit-html/lit-html.js";
import { t } from "../i18n.js";
import { cell } from "./cell.js";
import { moduleName } from "./parts.js";

export function rejectsTable(rejects, catalogue) {
  if (rejects === null || rejects.rows.length === 0) return nothing;
  const { rows, total } = rejects;
  return html`<section class="section" aria-labelledby="rejects-title">
    <h2 id="rejects-title">${t("rejects.title")}</h2>
    <div class="scroll card" tabindex="0" role="group" aria-labelledby="rejects-title">
      <table class="rejects">
        <thead>
          <tr>
            ${["line", "reason", "raw"].map((name) => html`<th scope="col">${t(`rejects.${name}`)}</th>`)}
          </tr>
        </thead>
        <tbody>
          ${rows.map((reject) => rejectRow(reject, catalogue))}
        </tbody>
      </table>
    </div>
    ${total > rows.length ? html`<p class="quiet small">${t("rejects.more", { n: rows.length, total })}</p>` : nothing}
  </section>`;
}

/** A module sets aside rows, which have no line of their own any more; then the record is named. */
function rejectRow({ record, line, module, reason, raw }, catalogue) {
  return html`<tr>
    <td class="quiet">${line === "" ? t("rejects.record", { record }) : line}</td>
    <td>
      ${module === "" ? nothing : html`<strong>${moduleName(catalogue, module)}:</strong> `}${reason}
    </td>
    <td>${cell(raw, "plain")}</td>
  </tr>`;
}
