/** The first rows of the table, as they are and as the steps would make them. */

import { html, nothing } from "../../vendor/lit-html/lit-html.js";
import { t } from "../i18n.js";
import { isSmall, showSample } from "../sample.js";
import { cell } from "./cell.js";
import { columnNames, problemBox, skeleton } from "./parts.js";

export function sampleCard(state, upload) {
  return html`<section class="card section" aria-labelledby="sample-title">
    <div class="section-head">
      <h2 id="sample-title">${t("sample.title")}</h2>
      ${isSmall(upload) && !isForbidden(state.file.sample) ? modes(state.file.sample) : nothing}
    </div>
    ${
      isSmall(upload) && !isForbidden(state.file.sample)
        ? table(state.file.sample)
        : html`${names(upload)}
            <p class="quiet small">${t(isSmall(upload) ? "sample.forbidden" : "sample.large")}</p>`
    }
  </section>`;
}

/** A look is a run, which a key that only reads may not ask for. */
function isForbidden({ problem }) {
  return problem?.status === 403;
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
  if (problem !== null) return problemBox(problem);
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
                ${row.map((value) => html`<td>${shownCell(value)}</td>`)}
              </tr>`,
          )}
        </tbody>
      </table>
    </div>
    <p class="quiet small sample-foot">
      ${t("sample.rows", { n: shown.rows.length, total: shown.total })}
    </p>`;
}

function shownCell(value) {
  return cell(value === null ? null : String(value), "plain");
}

function names(upload) {
  return html`<ol class="chips" tabindex="0" aria-labelledby="sample-title">
    ${(columnNames(upload) ?? []).map((name) => html`<li class="chip ellipsis" title=${name}>${name}</li>`)}
  </ol>`;
}
