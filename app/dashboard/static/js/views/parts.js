/** Small pieces that several views share. */

import { html, nothing } from "../../vendor/lit-html/lit-html.js";
import { ago, moment, number, percent, t, tOr } from "../i18n.js";
import { ENDED } from "../jobs.js";
import { icon } from "./icons.js";

/** A problem in the server's words, its faults as a list. */
export function problemBox(problem, { retry } = {}) {
  if (problem === null || problem === undefined) return nothing;
  // A problem with one fault often says it twice.
  const faults = problem.faults.filter(({ message }) => message !== problem.detail);
  return html`<div class="notice notice-bad" role="alert">
    ${icon("warning")}
    <div class="notice-text">
      <strong>${tOr(`problem.${problem.code}.title`, problem.title)}</strong>
      <p>${problem.detail}</p>
      ${
        faults.length === 0
          ? nothing
          : html`<ul>
              ${faults.map(({ message }) => html`<li>${message}</li>`)}
            </ul>`
      }
      ${
        problem.requestId === null
          ? nothing
          : html`<p class="quiet small">${t("problem.request", { id: problem.requestId })}</p>`
      }
      ${
        retry === undefined
          ? nothing
          : html`<button class="button small" @click=${retry}>${t("action.tryAgain")}</button>`
      }
    </div>
  </div>`;
}

export function warnings(sentences) {
  if (sentences.length === 0) return nothing;
  return html`<div class="notice notice-warn">
    ${icon("warning")}
    <ul class="notice-text">
      ${sentences.map((sentence) => html`<li>${sentence}</li>`)}
    </ul>
  </div>`;
}

export function statusBadge(status) {
  return html`<span class="badge badge-${status}">${t(`status.${status}`)}</span>`;
}

/** A job's bar. Its share is the server's; while nothing was measured yet it stands at nought. */
export function jobBar(job, label) {
  const share = Math.floor(job.progress_percent ?? 0);
  return html`<progress
    class="bar bar-${job.status}"
    max="100"
    .value=${job.progress_percent ?? 0}
    aria-label=${label}
    aria-valuetext=${percent(share)}
  ></progress>`;
}

export function time(iso) {
  return html`<time datetime=${iso} title=${moment(iso)}>${ago(iso)}</time>`;
}

export function backLink(href, words) {
  return html`<a class="back" href=${href}>${icon("arrowLeft")}${words}</a>`;
}

/** The name of a module: this page's words where it knows it, else its author's. */
export function moduleName(catalogue, key) {
  return tOr(`module.${key}`, catalogue?.get(key)?.name ?? key);
}

export function moduleDescription(catalogue, key) {
  return tOr(`module.${key}.description`, catalogue?.get(key)?.description ?? "");
}

export function tableSize(upload) {
  return t("table.size", { rows: number(upload.rows), columns: number(upload.columns) });
}

/** The names of a file's columns, or null while only their number is known. */
export function columnNames(upload) {
  return upload.column_names ?? null;
}

export function isMoving(job) {
  return !ENDED.has(job.status);
}

export function skeleton(lines) {
  return html`<div class="skeleton" aria-hidden="true">
      ${Array.from({ length: lines }, () => html`<span></span>`)}
    </div>
    <p class="visually-hidden" role="status">${t("loading")}</p>`;
}
