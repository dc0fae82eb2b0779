/** The same job for a program: curl, Python and JavaScript, to copy. The key is never in them. */

import { html } from "../../vendor/lit-html/lit-html.js";
import { t } from "../i18n.js";
import { slim, snippets } from "../snippets.js";
import { copyButton } from "./copy.js";
import { icon } from "./icons.js";

export function automate(job, upload, catalogue) {
  const texts = snippets({
    origin: location.origin,
    filename: upload?.filename ?? "table.csv",
    modules: slim(job.pipeline ?? [], catalogue),
  });
  return html`<section class="section card automate">
    <details>
      <summary class="module-head">
        <h2>${t("automate.title")}</h2>
        ${icon("chevron")}
      </summary>
      <p class="quiet small">${t("automate.help")}</p>
      ${Object.entries(texts).map(
        ([name, text]) =>
          html`<figure class="snippet">
            <figcaption>${name} ${copyButton(text)}</figcaption>
            <pre tabindex="0"><code>${text}</code></pre>
          </figure>`,
      )}
    </details>
  </section>`;
}
