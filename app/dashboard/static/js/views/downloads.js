/** What a completed job left to fetch. */

import { html, nothing } from "../../vendor/lit-html/lit-html.js";
import { save } from "../download.js";
import { t } from "../i18n.js";
import { icon } from "./icons.js";

const OTHER_FORMATS = ["xlsx", "parquet", "jsonl"];

export function downloads(job, report) {
  const result = `/queue/jobs/${job.id}`;
  const rejected = report?.rejected ?? 0;
  return html`<section class="downloads" aria-label=${t("downloads.title")}>
    <button class="button primary large" @click=${() => save(`${result}/result?format=csv`)}>
      ${icon("download")}${t("downloads.csv")}
    </button>
    ${OTHER_FORMATS.map(
      (format) =>
        html`<button class="button" @click=${() => save(`${result}/result?format=${format}`)}>
          ${t(`downloads.${format}`)}
        </button>`,
    )}
    ${
      rejected === 0
        ? nothing
        : html`<button class="button" @click=${() => save(`${result}/rejects`)}>
            ${t("downloads.rejects", { n: rejected })}
          </button>`
    }
    <button class="button" @click=${() => save(`${result}/report`)}>
      ${t("downloads.report")}
    </button>
  </section>`;
}
