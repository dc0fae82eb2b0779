/** How a file was read, and a form to have it read otherwise. */

import { html, nothing } from "../../vendor/lit-html/lit-html.js";
import { number, percent, t, tOr } from "../i18n.js";
import { readAgain } from "../reading_actions.js";
import { dismiss } from "../transfers.js";
import { icon } from "./icons.js";
import { columnNames, problemBox, warnings } from "./parts.js";
import { transferBar } from "./transfer_bar.js";

const ENCODINGS = [
  "utf-8",
  "windows-1254",
  "iso-8859-9",
  "windows-1252",
  "iso-8859-1",
  "windows-1251",
  "utf-16",
  "gb18030",
];
const DELIMITERS = [",", ";", "\t", "|"];
/** Below this the reader is asked to have a look. */
const SURE = 0.6;

export function readingCard(state, upload) {
  return html`<section class="card section" aria-labelledby="reading-title">
    <h2 id="reading-title">${t("file.reading")}</h2>
    <dl class="facts">
      ${
        isText(upload)
          ? [
              fact(t("file.encoding"), upload.encoding),
              fact(t("file.delimiter"), delimiterName(upload.delimiter)),
            ]
          : fact(t("file.format"), upload.format)
      }
      ${upload.sheet == null ? nothing : fact(t("file.sheet"), upload.sheet)}
      ${fact(t("file.header"), headerWords(upload))} ${fact(t("file.rows"), number(upload.rows))}
      ${fact(t("file.columns"), number(columnNames(upload)?.length ?? upload.columns))}
      ${fact(t("file.rejected"), number(upload.rejected), upload.rejected > 0 ? "fact-warn" : "")}
    </dl>
    ${
      upload.rejected > 0
        ? html`<p class="quiet small">${t("file.rejectedHelp", { n: upload.rejected })}</p>`
        : nothing
    }
    ${
      upload.confidence == null || upload.confidence >= SURE
        ? nothing
        : html`<p class="quiet small">
            ${t("file.confidence", { percent: percent(100 * upload.confidence) })}
          </p>`
    }
    ${warnings(upload.warnings ?? [])} ${otherwise(state, upload)}
  </section>`;
}

function fact(name, value, kind = "") {
  return html`<div class="fact ${kind}">
    <dt>${name}</dt>
    <dd class="ellipsis" title=${value}>${value}</dd>
  </div>`;
}

/** Of workbooks and the like nobody asks for an encoding or a separator. */
function isText(upload) {
  return upload.delimiter != null;
}

function headerWords(upload) {
  if (!upload.header) return t("file.noHeader");
  const above = upload.skip_lines ?? 0;
  return above > 0 ? t("file.headerBelow", { n: above }) : t("file.firstLine");
}

function delimiterName(delimiter) {
  if (delimiter === "") return t("file.oneColumn");
  return tOr(`delimiter.${delimiter === "\t" ? "tab" : delimiter}`, delimiter);
}

function otherwise(state, upload) {
  const { transfer } = state.file;
  if (transfer !== null && transfer.phase !== "done" && transfer.phase !== "failed") {
    return html`<div class="transfer reading-transfer">
      <div class="transfer-words">${transferBar(transfer)}</div>
      <button
        class="button bare"
        aria-label=${t("action.cancelNamed", { name: transfer.name })}
        @click=${() => dismiss(transfer)}
      >
        ${icon("close")}
      </button>
    </div>`;
  }
  // What is neither text nor a workbook says itself how it is to be read.
  if (!isText(upload) && upload.sheet == null) return nothing;
  return html`${problemBox(transfer?.problem)}
    <details class="otherwise" ?open=${transfer?.phase === "failed"}>
      <summary class="button small">${t("reading.otherwise")}</summary>
      ${readingForm(state, upload)}
    </details>`;
}

function readingForm(state, upload) {
  const source = state.sources.get(upload.id);
  return html`<form class="params reading-form" @submit=${(event) => submit(event, upload, source)}>
    ${isText(upload) ? textFields(upload) : nothing}
    ${(upload.sheets ?? []).length > 1 ? sheetField(upload) : nothing}
    <div class="param">
      <label for="reading-header">${t("file.header")}</label>
      <select id="reading-header" name="header">
        ${[true, false].map(
          (header) =>
            html`<option value=${header} ?selected=${header === upload.header}>
              ${t(header ? "reading.hasHeader" : "reading.noHeader")}
            </option>`,
        )}
      </select>
    </div>
    <div class="param">
      <label for="reading-skip">${t("reading.skip")}</label>
      <input
        id="reading-skip"
        name="skip_lines"
        type="number"
        min="0"
        max="100000"
        value=${upload.skip_lines ?? 0}
      />
    </div>
    ${
      source === undefined
        ? html`<div class="param">
            <label for="reading-file">${t("reading.chooseAgain", { name: upload.filename })}</label>
            <input id="reading-file" name="file" type="file" required />
          </div>`
        : nothing
    }
    <button class="button">${t("reading.again")}</button>
  </form>`;
}

function textFields(upload) {
  const known = DELIMITERS.includes(upload.delimiter);
  const delimiters = known ? DELIMITERS : [...DELIMITERS, upload.delimiter];
  return html`<div class="param">
      <label for="reading-encoding">${t("file.encoding")}</label>
      <input
        id="reading-encoding"
        name="encoding"
        type="text"
        list="encodings"
        required
        spellcheck="false"
        value=${upload.encoding}
      />
      <datalist id="encodings">
        ${ENCODINGS.map((name) => html`<option value=${name}></option>`)}
      </datalist>
    </div>
    <div class="param">
      <label for="reading-delimiter">${t("file.delimiter")}</label>
      <select id="reading-delimiter" name="delimiter">
        ${delimiters.map(
          (one) =>
            html`<option value=${one} ?selected=${one === upload.delimiter}>
              ${delimiterName(one)}
            </option>`,
        )}
      </select>
    </div>`;
}

function sheetField(upload) {
  return html`<div class="param">
    <label for="reading-sheet">${t("file.sheet")}</label>
    <select id="reading-sheet" name="sheet">
      ${upload.sheets.map((name) => html`<option value=${name} ?selected=${name === upload.sheet}>${name}</option>`)}
    </select>
  </div>`;
}

function submit(event, upload, source) {
  event.preventDefault();
  const { file, ...given } = Object.fromEntries(new FormData(event.target));
  const now = {
    ...upload,
    header: String(upload.header),
    skip_lines: String(upload.skip_lines ?? 0),
  };
  // Only what was changed: the rest is better found anew, for it may hang on the change.
  const settings = Object.fromEntries(
    Object.entries(given).filter(([name, value]) => value !== now[name]),
  );
  readAgain(upload.id, source?.file ?? file, settings);
}
