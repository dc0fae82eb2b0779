/** The text of a cell, with what the eye would miss made visible: spaces at the ends, no-break and zero-width ones. */

import { html } from "../../vendor/lit-html/lit-html.js";
import { t } from "../i18n.js";

const INVISIBLE = /(^ +| +$| {2,}|[\u00a0\u2007\u202f]|[\u200b-\u200f\u2060\ufeff]|\t|\r?\n)/u;

/** `kind`: "before" or "after". */
export function cell(text, kind) {
  if (text === null) return html`<span class="cell-empty">${t("cell.empty")}</span>`;
  const parts = text.split(INVISIBLE);
  return html`<span class="cell cell-${kind}"
    >${parts.map((part, index) => (index % 2 === 1 ? marked(part) : part))}</span
  >`;
}

function marked(part) {
  return html`<mark class="cell-mark" title=${nameOf(part)}>${shown(part)}</mark>`;
}

function shown(part) {
  if (part.trim() === "" && /^ +$/.test(part)) return "·".repeat(part.length);
  if (part === "\t") return "→";
  if (part.includes("\n")) return "↵";
  return /[\u00a0\u2007\u202f]/.test(part) ? "⍽" : "◦";
}

function nameOf(part) {
  if (/^ +$/.test(part)) return t("cell.spaces", { n: part.length });
  if (part === "\t") return t("cell.tab");
  if (part.includes("\n")) return t("cell.line");
  return `U+${part.codePointAt(0).toString(16).toUpperCase().padStart(4, "0")}`;
}
