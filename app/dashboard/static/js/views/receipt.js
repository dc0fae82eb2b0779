/** The receipt of a job: where every row went, what each step changed, what columns hold now. */

import { html, nothing } from "../../vendor/lit-html/lit-html.js";
import { duration, number, t, tOr } from "../i18n.js";
import { cell } from "./cell.js";
import { icon } from "./icons.js";
import { moduleName, warnings } from "./parts.js";
import { rejectsTable } from "./rejects.js";
import { shares } from "./shares.js";

export function receipt({ report, rejects }, catalogue) {
  return html`<section class="card section" aria-labelledby="receipt-title">
      <h2 id="receipt-title">${t("receipt.title")}</h2>
      ${rowsAccount(report)} ${warnings(report.warnings)}
    </section>
    <section class="section" aria-labelledby="changes-title">
      <h2 id="changes-title">${t("receipt.changes")}</h2>
      <ol class="rows card">
        ${report.modules.map((module) => moduleRow(module, catalogue, report))}
      </ol>
    </section>
    ${rejectsTable(rejects, catalogue)} ${columnsTable(report)}`;
}

/** Nothing is lost: what came in is what went out, was removed, or was set aside. */
function rowsAccount(report) {
  const total = report.rows_out + report.removed + report.rejected;
  return html`<p>${t("receipt.read", { n: total })}</p>
    ${shares([
      { kind: "good", count: report.rows_out, words: t("receipt.kept") },
      { kind: "neutral", count: report.removed, words: t("receipt.removed") },
      { kind: "warn", count: report.rejected, words: t("receipt.rejected") },
    ])}
    <dl class="counts">
      ${count("good", report.rows_out, t("receipt.kept"))}
      ${count("neutral", report.removed, t("receipt.removed"))}
      ${count("warn", report.rejected, t("receipt.rejected"))}
      ${count("accent", sum(report.modules.map((module) => module.cells_changed)), t("receipt.cells"))}
    </dl>`;
}

function count(kind, value, words) {
  return html`<div class="count count-${kind}">
    <dd>${number(value)}</dd>
    <dt>${words}</dt>
  </div>`;
}

function moduleRow(module, catalogue, report) {
  const changed = Object.entries(module.columns);
  const renamed = Object.entries(module.columns_renamed ?? {});
  const silent = changed.length + renamed.length === 0;
  const title = moduleName(catalogue, module.key);
  const name = html`<strong>${title}</strong>
    <span class="quiet">${whatItDid(module)}</span>
    <span class="quiet small row-end">${duration(module.execution_time_ms / 1000)}</span>`;
  return html`<li>
    ${
      silent
        ? html`<div class="module-head">${name}</div>`
        : html`<details>
            <summary class="module-head">${name}${icon("chevron")}</summary>
            <div class="module-body">
              ${renamed.length === 0 ? nothing : renames(renamed, title)}
              ${changed.map(([column, changes]) => columnChanges(column, changes, { title, most: report.examples_per_column }))}
            </div>
          </details>`
    }
    ${module.status === "skipped" ? html`<p class="field-fault">${t("receipt.skipped")} ${module.error_message}</p>` : nothing}
    ${warnings(module.warnings)}
  </li>`;
}

function whatItDid(module) {
  const renamed = Object.keys(module.columns_renamed ?? {}).length;
  const said = [
    module.cells_changed > 0 && t("receipt.cellsChanged", { n: module.cells_changed }),
    renamed > 0 && t("receipt.headersRenamed", { n: renamed }),
    module.removed > 0 && t("receipt.rowsRemoved", { n: module.removed }),
    module.rejected > 0 && t("receipt.rowsRejected", { n: module.rejected }),
  ].filter(Boolean);
  return said.length === 0 ? t("receipt.nothing") : said.join(" · ");
}

function renames(renamed, title) {
  return changeTable({
    label: `${title}: ${t("receipt.headers")}`,
    caption: t("receipt.headers"),
    heads: [t("receipt.before"), t("receipt.after")],
    rows: renamed.map(
      ([before, after]) =>
        html`<tr>
          <td>${cell(before, "before")}</td>
          <td>${cell(after, "after")}</td>
        </tr>`,
    ),
  });
}

function columnChanges(column, { changed, examples }, { title, most }) {
  return changeTable({
    label: `${title}: ${column}`,
    caption: html`<strong>${column}</strong>
      <span class="quiet">${t("receipt.cellsChanged", { n: changed })}</span> ${
        changed > examples.length
          ? html`<span class="quiet small"
              >${t("receipt.examples", { n: Math.min(examples.length, most) })}</span
            >`
          : nothing
      }`,
    heads: [t("receipt.row"), t("receipt.before"), t("receipt.after")],
    rows: examples.map(
      ({ row, before, after }) =>
        html`<tr>
          <td class="quiet">${number(row)}</td>
          <td>${cell(before, "before")}</td>
          <td>${cell(after, "after")}</td>
        </tr>`,
    ),
  });
}

function changeTable({ label, caption, heads, rows }) {
  return html`<div class="scroll" tabindex="0" role="region" aria-label=${label}>
    <table class="changes">
      <caption>
        ${caption}
      </caption>
      <thead>
        <tr>
          ${heads.map((head) => html`<th scope="col">${head}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${rows}
      </tbody>
    </table>
  </div>`;
}

function columnsTable(report) {
  if (report.columns.length === 0) return nothing;
  return html`<section class="section" aria-labelledby="after-title">
    <h2 id="after-title">${t("receipt.columns")}</h2>
    <div class="scroll card" tabindex="0" role="group" aria-labelledby="after-title">
      <table class="columns-table">
        <thead>
          <tr>
            ${["column", "type", "before", "after"].map((key) => html`<th scope="col">${t(`receipt.${key}`)}</th>`)}
          </tr>
        </thead>
        <tbody>
          ${report.columns.map(
            ({ name, type, before, after }) =>
              html`<tr>
                <th scope="row" class="ellipsis" title=${name}>${name}</th>
                <td>${tOr(`type.${type}`, type)}</td>
                <td>
                  ${before === null ? html`<span class="quiet">${t("receipt.new")}</span>` : quality(before)}
                </td>
                <td>${quality(after)}</td>
              </tr>`,
          )}
        </tbody>
      </table>
    </div>
  </section>`;
}

function quality({ valid, missing, odd }) {
  return html`${shares([
      { kind: "good", count: valid, words: t("quality.valid") },
      { kind: "warn", count: odd, words: t("quality.odd") },
      { kind: "empty", count: missing, words: t("quality.missing") },
    ])}
    <span class="quiet small"
      >${[
        t("quality.validCount", { n: valid }),
        odd > 0 && t("quality.oddCount", { n: odd }),
        missing > 0 && t("quality.missingCount", { n: missing }),
      ]
        .filter(Boolean)
        .join(" · ")}</span
    >`;
}

function sum(numbers) {
  return numbers.reduce((total, one) => total + one, 0);
}
