/** What is being downloaded: how far it is, cancel, and why it failed. */

import { html, nothing } from "../../vendor/lit-html/lit-html.js";
import { finish } from "../download.js";
import { bytes, t } from "../i18n.js";
import { icon } from "./icons.js";
import { problemBox } from "./parts.js";

export function downloadBar(download) {
  if (download === null) return nothing;
  const { problem, received, total } = download;
  return html`<aside class="download card" aria-label=${t("download.label")}>
    ${
      problem === null
        ? html`<div class="download-words">
            <span>${t("download.fetching")}</span>
            <span class="quiet"
              >${total === null ? bytes(received) : t("download.of", { done: bytes(received), total: bytes(total) })}</span
            >
            ${
              total === null
                ? html`<progress class="bar" aria-label=${t("download.label")}></progress>`
                : html`<progress
                    class="bar"
                    max=${total}
                    .value=${received}
                    aria-label=${t("download.label")}
                  ></progress>`
            }
          </div>`
        : problemBox(problem)
    }
    <button class="button bare" aria-label=${t("action.close")} @click=${() => close(download)}>
      ${icon("close")}
    </button>
  </aside>`;
}

function close(download) {
  if (download.problem === null) download.abort();
  else finish(download);
}
