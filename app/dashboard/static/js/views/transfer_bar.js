/** How far a file is on its way to the server. */

import { html } from "../../vendor/lit-html/lit-html.js";
import { bytes, percent, t } from "../i18n.js";

export function transferBar({ phase, sent, size, name }) {
  const share = size === 0 ? 100 : (100 * sent) / size;
  const label = t("home.sendingNamed", { name });
  return html`${
      phase === "reading"
        ? html`<progress class="bar" aria-label=${label}></progress>`
        : html`<progress class="bar" max="100" .value=${share} aria-label=${label}></progress>`
    }
    <span class="quiet small">
      ${
        phase === "sending"
          ? t("home.sending", { done: bytes(sent), total: bytes(size), percent: percent(share) })
          : t(`home.${phase}`)
      }
    </span>`;
}
