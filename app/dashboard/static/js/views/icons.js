/** Icons, drawn in a 20 x 20 box with the text's colour. Decoration: the words are beside them. */

import { html, svg } from "../../vendor/lit-html/lit-html.js";

const SHAPES = {
  arrowLeft: svg`<path d="M12 4.5 6.5 10l5.5 5.5" />`,
  bin: svg`<path d="M4 5.5h12M8 5.5v-2h4v2M5.5 5.5l.7 11h7.6l.7-11M8.3 8.5v5M11.7 8.5v5" />`,
  check: svg`<path d="m4.5 10.5 3.5 3.5 7.5-8" />`,
  chevron: svg`<path d="m6 8 4 4 4-4" />`,
  close: svg`<path d="m5.5 5.5 9 9m0-9-9 9" />`,
  download: svg`<path d="M10 3.5v9m-3.5-3.5L10 12.5 13.5 9M4 16h12" />`,
  file: svg`<path d="M5 2.5h6.5L15.5 6.5v11h-10.5zM11.5 2.5v4h4M7.5 10.5h5.5M7.5 13.5h5.5" />`,
  grip: svg`<path d="M7.5 5v.01M12.5 5v.01M7.5 10v.01M12.5 10v.01M7.5 15v.01M12.5 15v.01" stroke-width="2.2" />`,
  leave: svg`<path d="M8 3.5H4v13h4M12.5 6.5 16 10l-3.5 3.5M16 10H8" />`,
  minus: svg`<path d="M5 10h10" />`,
  plus: svg`<path d="M10 4.5v11M4.5 10h11" />`,
  redo: svg`<path d="M15.5 8H8a3.75 3.75 0 0 0 0 7.5h3M15.5 8l-3.5-3.5M15.5 8l-3.5 3.5" />`,
  retry: svg`<path d="M15.5 6.5A6.5 6.5 0 1 0 16.5 10M16 3v4h-4" />`,
  undo: svg`<path d="M4.5 8H12a3.75 3.75 0 0 1 0 7.5H9M4.5 8 8 4.5M4.5 8 8 11.5" />`,
  upload: svg`<path d="M10 13V4m-3.5 3.5L10 4l3.5 3.5M4 16h12" />`,
  warning: svg`<path d="M10 3.5 2.5 16.5h15zM10 8.5v4M10 14.5v.01" />`,
};

export function icon(name) {
  return html`<svg class="icon" viewBox="0 0 20 20" aria-hidden="true">${SHAPES[name]}</svg>`;
}

/** The mark: a table with one cell made clean. */
export const mark = html`<svg class="mark" viewBox="0 0 24 24" aria-hidden="true">
  <rect x="1" y="1" width="10" height="10" rx="3" class="mark-cell" />
  <rect x="13" y="1" width="10" height="10" rx="3" class="mark-cell" />
  <rect x="1" y="13" width="10" height="10" rx="3" class="mark-cell" />
  <path class="mark-check" d="m13.5 18 3.2 3.3L22 14.5" />
</svg>`;
