/** One file: how it was read on one side, what is to be done with it on the other. */

import { html, nothing } from "../../vendor/lit-html/lit-html.js";
import { openFile } from "../file_actions.js";
import { bytes, number, percent, t, tOr } from "../i18n.js";
import { address } from "../router.js";
import { backLink, columnNames, problemBox, skeleton, tableSize, warnings } from "./parts.js";
import { stepsPanel } from "./steps.js";

export function fileView(state) {
  const { file } = state;
  const upload = state.uploads.get(state.route.id);
  if (file === null) return nothing;
  return html`${backLink(address.home(), t("nav.clean"))}
    <h1 tabindex="-1" class="ellipsis" title=${upload?.filename ?? ""}>${upload?.filename ?? t("title.file")}</h1>
    ${problemBox(file.problem, { retry: () => openFile(file.id) })}
    ${upload === undefined
      ? file.problem === null
        ? skeleton(5)
        : nothing
      : html`<p class="lead">${tableSize(upload)} · ${bytes(upload.file_size)}</p>
          <div class="split">
            <div>${reading(upload)}${columns(upload)}</div>
            ${stepsPanel(state, upload)}
          </div>`}`;
}

function reading(upload) {
  return html`<section class="card section" aria-labelledby="reading-title">
    <h2 id="reading-title">${t("file.reading")}</h2>
    <dl class="facts">
      ${fact(t("file.encoding"), upload.encoding ?? t("file.workbook"))}
      ${fact(t("file.delimiter"), upload.delimiter == null ? (upload.sheet ?? "–") : delimiterName(upload.delimiter))}
      ${fact(t("file.header"), headerWords(upload))}
      ${fact(t("file.rows"), number(upload.rows))}
      ${fact(t("file.columns"), number(columnNames(upload)?.length ?? upload.columns))}
      ${fact(t("file.rejected"), number(upload.rejected), upload.rejected > 0 ? "fact-warn" : "")}
    </dl>
    ${upload.rejected > 0 ? html`<p class="quiet small">${t("file.rejectedHelp", { n: upload.rejected })}</p>` : nothing}
    ${upload.confidence == null || upload.confidence >= 0.9
      ? nothing
      : html`<p class="quiet small">${t("file.confidence", { percent: percent(100 * upload.confidence) })}</p>`}
    ${warnings(upload.warnings ?? [])}
  </section>`;
}

function fact(name, value, kind = "") {
  return html`<div class="fact ${kind}"><dt>${name}</dt><dd class="ellipsis" title=${value}>${value}</dd></div>`;
}

function headerWords(upload) {
  if (!upload.header) return t("file.noHeader");
  const above = upload.skip_lines ?? 0;
  return above > 0 ? t("file.headerBelow", { n: above }) : t("file.firstLine");
}

function delimiterName(delimiter) {
  return tOr(`delimiter.${delimiter === "\t" ? "tab" : delimiter}`, delimiter);
}

function columns(upload) {
  const names = columnNames(upload);
  if (names === null || names.length === 0) return nothing;
  return html`<section class="card section" aria-labelledby="columns-title">
    <h2 id="columns-title">${t("file.columnNames")}</h2>
    <ol class="chips" tabindex="0" aria-labelledby="columns-title">
      ${names.map((name) => html`<li class="chip ellipsis" title=${name}>${name}</li>`)}
    </ol>
  </section>`;
}
