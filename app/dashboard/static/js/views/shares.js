/** A bar of shares, as a picture: its numbers stand beside it in words. */

import { html, nothing, svg } from "../../vendor/lit-html/lit-html.js";
import { number } from "../i18n.js";

/** The least a share that is not nought is drawn with: one odd cell in a million is still seen. */
const LEAST = 1.5;

/** `parts`: [{kind, count, words}]. */
export function shares(parts) {
  const present = parts.filter(({ count }) => count > 0);
  const total = present.reduce((sum, { count }) => sum + count, 0);
  if (total === 0) return nothing;
  const drawn = present.map(({ count }) => Math.max((100 * count) / total, LEAST));
  const scale = 100 / drawn.reduce((sum, width) => sum + width, 0);
  let x = 0;
  const label = present.map(({ count, words }) => `${words}: ${number(count)}`).join(", ");
  return html`<svg
    class="shares"
    viewBox="0 0 100 6"
    preserveAspectRatio="none"
    role="img"
    aria-label=${label}
  >
    ${present.map(({ kind }, index) => {
      const width = drawn[index] * scale;
      const from = x;
      x += width;
      return svg`<rect class="share-${kind}" x=${from} y="0" width=${width} height="6"></rect>`;
    })}
  </svg>`;
}
