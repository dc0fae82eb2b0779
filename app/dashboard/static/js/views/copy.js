/** A button that copies a text, where the browser lets a page do that. */

import { html, nothing } from "../../vendor/lit-html/lit-html.js";
import { t } from "../i18n.js";
import { announce } from "../state.js";

export function copyButton(text) {
  // Missing where a page comes over plain HTTP from another machine.
  if (navigator.clipboard === undefined) return nothing;
  return html`<button class="button small" @click=${(event) => copy(event.currentTarget, text)}>
    ${t("action.copy")}
  </button>`;
}

async function copy(button, text) {
  await navigator.clipboard.writeText(text);
  announce(t("announce.copied"));
  button.classList.add("copied");
  setTimeout(() => button.classList.remove("copied"), 1500);
}
