/** The first rows of the table as they are, and a sample of what the steps would make of it. */

import { html, nothing } from "../../vendor/lit-html/lit-html.js";
import { t } from "../i18n.js";
import { showSample } from "../sample.js";
import { cell } from "./cell.js";
import { problemBox, skeleton, warnings } from "./parts.js";

export function sampleCard({ file }) {
  return html`<section class="card section" aria-labelledby="sample-title">
    <div class="section-head">
      <h2 id="sample-title">${t("sample.title")}</h2>
      ${modes(file.sample)}
    </div>
    ${table(file.sample)}
  </section>`;
}

function modes({ mode }) {
  return html`<div class="segments" role="group" aria-labelledby="sample-title">
    ${["before", "after"].map(
      (one) =>
        html`<button aria-pressed=${one === mode} @click=${() => showSample(one)}>
          ${t(`sample.${one}`)}
        </button>`,
    )}
  </div>`;
}

function table({ mode, tables, stale, loading, problem }) {
  if (problem !== null) {
    return problemBox(problem, { retry: () => showSample(mode) });
  }
  const shown = tables[mode];
  if (shown === null) return loading ? skeleton(6) : nothing;
  return html`<div
      class="scroll sample ${mode === "after" && stale ? "sample-stale" : ""}"
      tabindex="0"
      role="group"
      aria-labelledby="sample-title"
    >
      <table>
        <thead>
          <tr>
            ${shown.columns.map((name) => html`<th scope="col"><span class="ellipsis" title=${name}>${name}</span></th>`)}
          </tr>
        </thead>
        <tbody>
          ${shown.rows.map(
            (row) =>
              html`<tr>
                ${row.map((value) => html`<td>${cell(value, "plain")}</td>`)}
              </tr>`,
          )}
        </tbody>
      </table>
    </div>
    <p class="quiet small sample-foot">${label(mode, shown)}</p>
    ${warnings(shown.warnings)}`;
}

/** What is seen, and of how much, as the answer says. */
function label(mode, { rows, total, examined, isExcerpt }) {
  const n = rows.length;
  if (mode === "before") return t("sample.rows", { n, total });
  return isExcerpt ? t("sample.excerpt", { n, total, examined }) : t("sample.sample", { n, total });
}
