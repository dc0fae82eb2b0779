/** One file: how it was read and what is in it on one side, what is to be done on the other. */

import { html, nothing } from "../../vendor/lit-html/lit-html.js";
import { deleteFile, openFile } from "../file_actions.js";
import { bytes, t } from "../i18n.js";
import { address } from "../router.js";
import { icon } from "./icons.js";
import { backLink, problemBox, skeleton, tableSize } from "./parts.js";
import { readingCard } from "./reading.js";
import { sampleCard } from "./sample.js";
import { stepsPanel } from "./steps.js";

export function fileView(state) {
  const { file } = state;
  const upload = state.uploads.get(state.route.id);
  if (file === null) return nothing;
  // Known from a list only, it has no reading yet.
  const isWhole = upload?.column_names !== undefined;
  return html`${backLink(address.home(), t("nav.clean"))}
    <div class="title-row">
      <h1 tabindex="-1" class="ellipsis" title=${upload?.filename ?? ""}>
        ${upload?.filename ?? t("title.file")}
      </h1>
      ${isWhole ? removal(upload) : nothing}
    </div>
    ${problemBox(file.problem, { retry: () => openFile(file.id) })}
    ${isWhole ? inside(state, upload) : file.problem === null ? skeleton(5) : nothing}`;
}

function inside(state, upload) {
  return html`<p class="lead">${tableSize(upload)} · ${bytes(upload.file_size)}</p>
    <div class="split">
      <div>${readingCard(state, upload)}${sampleCard(state)}</div>
      ${stepsPanel(state, upload)}
    </div>`;
}

/** Asked again in place: what is deleted is gone with all that came of it. */
function removal(upload) {
  return html`<details class="removal">
    <summary class="button bare" title=${t("file.delete")} aria-label=${t("file.delete")}>
      ${icon("bin")}
    </summary>
    <div class="removal-question card">
      <p>${t("file.deleteQuestion")}</p>
      <button class="button danger" @click=${() => deleteFile(upload.id)}>
        ${t("file.deleteYes")}
      </button>
    </div>
  </details>`;
}
