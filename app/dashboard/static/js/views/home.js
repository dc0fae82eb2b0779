/** The first view: a place to drop files, those on their way, and those that are there. */

import { html, nothing } from "../../vendor/lit-html/lit-html.js";
import { repeat } from "../../vendor/lit-html/directives/repeat.js";
import { t } from "../i18n.js";
import { address } from "../router.js";
import { dismiss, moreUploads, refreshUploads, sendAgain, sendFiles } from "../transfers.js";
import { icon } from "./icons.js";
import { problemBox, skeleton, tableSize, time } from "./parts.js";
import { transferBar } from "./transfer_bar.js";

export function homeView(state) {
  return html`<div class="narrow">
    <h1 tabindex="-1">${t("home.title")}</h1>
    <p class="lead">${t("home.lead")}</p>
    ${dropZone()}
    ${
      state.transfers.length === 0
        ? nothing
        : html`<ul class="rows card transfers" aria-label=${t("home.onTheirWay")}>
            ${repeat(state.transfers, (one) => one.id, transferRow)}
          </ul>`
    }
    ${uploads(state)}
  </div>`;
}

function dropZone() {
  return html`<label
    class="drop"
    @dragenter=${lit}
    @dragover=${lit}
    @dragleave=${unlit}
    @drop=${dropped}
  >
    <span class="drop-icon">${icon("upload")}</span>
    <span class="drop-words">${t("home.drop")}</span>
    <span class="button primary" aria-hidden="true">${t("home.choose")}</span>
    <span class="quiet small">${t("home.formats")}</span>
    <input
      class="visually-hidden"
      type="file"
      multiple
      aria-label=${t("home.choose")}
      @change=${chosen}
    />
  </label>`;
}

function transferRow(transfer) {
  return html`<li class="transfer">
    <span class="row-icon">${icon("file")}</span>
    <div class="transfer-words">
      <strong class="ellipsis" title=${transfer.name}>${transfer.name}</strong>
      ${progress(transfer)}
    </div>
    <button
      class="button bare"
      aria-label=${t(transfer.problem === null ? "action.cancelNamed" : "action.dismissNamed", { name: transfer.name })}
      @click=${() => dismiss(transfer)}
    >
      ${icon("close")}
    </button>
  </li>`;
}

function progress(transfer) {
  if (transfer.problem !== null) return problemBox(transfer.problem, { retry: again(transfer) });
  if (transfer.phase === "done")
    return html`<a href=${address.file(transfer.uploadId)}>${t("home.open")}</a>`;
  return transferBar(transfer);
}

/** Worth another try only where the file itself was not the reason. */
function again(transfer) {
  const { status } = transfer.problem;
  return status === 0 || status >= 500 ? () => sendAgain(transfer) : undefined;
}

function uploads({ uploadList, uploads }) {
  const { ids, cursor, loading, problem } = uploadList;
  if (problem !== null) return problemBox(problem, { retry: refreshUploads });
  if (ids.length === 0) return loading ? skeleton(3) : nothing;
  return html`<section class="section" aria-labelledby="files-title">
    <h2 id="files-title">${t("home.files")}</h2>
    <ul class="rows card">
      ${repeat(
        ids,
        (id) => id,
        (id) => uploadRow(uploads.get(id)),
      )}
    </ul>
    ${
      cursor === null
        ? nothing
        : html`<button class="button" ?disabled=${loading} @click=${moreUploads}>
            ${t("action.more")}
          </button>`
    }
  </section>`;
}

function uploadRow(upload) {
  return html`<li>
    <a class="row-link" href=${address.file(upload.id)}>
      <span class="row-icon">${icon("file")}</span>
      <strong class="ellipsis" title=${upload.filename}>${upload.filename}</strong>
      <span class="quiet row-detail">${tableSize(upload)}</span>
      <span class="quiet row-detail row-end">${time(upload.uploaded_at)}</span>
    </a>
  </li>`;
}

function lit(event) {
  event.preventDefault();
  event.currentTarget.classList.add("drop-lit");
}

function unlit(event) {
  if (!event.currentTarget.contains(event.relatedTarget))
    event.currentTarget.classList.remove("drop-lit");
}

function dropped(event) {
  event.preventDefault();
  event.currentTarget.classList.remove("drop-lit");
  if (event.dataTransfer.files.length > 0) sendFiles(event.dataTransfer.files);
}

function chosen(event) {
  if (event.target.files.length > 0) sendFiles([...event.target.files]);
  // So that the same file, mended, can be chosen again.
  event.target.value = "";
}
