/** One job: how far it is, what it does, what came of it. */

import { html, nothing } from "../../vendor/lit-html/lit-html.js";
import { changeStepsOf } from "../file_actions.js";
import { cancelJob, openJob, retryJob } from "../job_actions.js";
import { ENDED, moduleKeys } from "../jobs.js";
import { duration, number, percent, t } from "../i18n.js";
import { address } from "../router.js";
import { automate } from "./automate.js";
import { downloads } from "./downloads.js";
import { icon } from "./icons.js";
import {
  backLink,
  jobBar,
  moduleName,
  problemBox,
  skeleton,
  statusBadge,
  time,
  warnings,
} from "./parts.js";
import { receipt } from "./receipt.js";

export function jobView(state) {
  const open = state.job;
  const job = state.jobs.get(state.route.id);
  if (open === null) return nothing;
  if (job?.whole !== true) {
    return html`${backLink(address.jobs(), t("nav.jobs"))}
      <h1 tabindex="-1">${t("title.job")}</h1>
      ${open.problem === null ? skeleton(5) : problemBox(open.problem, { retry: () => openJob(open.id) })}`;
  }
  const upload = state.uploads.get(job.upload_id);
  return html`${backLink(address.jobs(), t("nav.jobs"))}
    <div class="title-row">
      <h1 tabindex="-1" class="ellipsis" title=${upload?.filename ?? ""}>
        ${upload?.filename ?? t("title.job")}
      </h1>
      ${actions(job, open)}
    </div>
    ${problemBox(open.actionProblem)} ${progressCard(job, state.catalogue)}
    ${job.status === "failed" ? failure(job) : nothing} ${warnings(job.warnings ?? [])}
    ${problemBox(open.problem, { retry: () => openJob(open.id) })}
    ${job.status === "completed" ? result(job, open, state) : nothing}`;
}

function actions(job, open) {
  const ended = ENDED.has(job.status);
  return html`<span class="actions">
    ${
      ended
        ? html`<button class="button" @click=${() => changeStepsOf(job)}>
              ${t("job.otherSteps")}
            </button>
            <button class="button" ?disabled=${open.busy !== null} @click=${() => retryJob(job.id)}>
              ${icon("retry")}${t("job.retry")}
            </button>`
        : html`<button
            class="button"
            ?disabled=${open.busy !== null || job.cancel_requested === true}
            @click=${() => cancelJob(job.id)}
          >
            ${icon("close")}${open.busy === "cancel" || job.cancel_requested ? t("job.cancelling") : t("job.cancel")}
          </button>`
    }
  </span>`;
}

function progressCard(job, catalogue) {
  return html`<section class="card section progress-card" aria-label=${t("job.progress")}>
    <div class="progress-head">
      ${statusBadge(job.status)}
      <span class="ellipsis progress-message">${message(job)}</span>
      <span class="progress-percent" aria-hidden="true">${percent(job.progress_percent)}</span>
    </div>
    ${jobBar(job, t("job.progress"))}
    <dl class="facts progress-facts">
      ${fact(t("job.rows"), rowsDone(job))} ${fact(t("job.speed"), speed(job))}
      ${fact(t("job.left"), left(job))}
      ${fact(t("job.started"), job.started_at == null ? "–" : time(job.started_at))}
      ${job.attempt > 1 ? fact(t("job.attempt"), number(job.attempt)) : nothing}
    </dl>
    ${ENDED.has(job.status) ? nothing : stepList(job, catalogue)}
  </section>`;
}

function fact(name, value) {
  return html`<div class="fact">
    <dt>${name}</dt>
    <dd>${value}</dd>
  </div>`;
}

function message(job) {
  if (job.status === "processing") return job.step_message ?? "";
  if (job.status === "pending") return t("job.waiting");
  return nothing;
}

function rowsDone(job) {
  if (job.rows_total == null || job.status === "completed") return number(job.rows_done ?? 0);
  return t("job.rowsOf", { done: job.rows_done ?? 0, total: job.rows_total });
}

function speed(job) {
  return job.rows_per_second == null
    ? "–"
    : t("job.perSecond", { n: Math.round(job.rows_per_second) });
}

function left(job) {
  if (ENDED.has(job.status)) return tookTime(job);
  return job.eta_seconds == null ? "–" : t("job.timeLeft", { time: duration(job.eta_seconds) });
}

function tookTime(job) {
  if (job.started_at == null || job.completed_at == null) return "–";
  return t("job.took", {
    time: duration((new Date(job.completed_at) - new Date(job.started_at)) / 1000),
  });
}

/** Which step is at work. How far it is inside is not measured, so its bar moves without a number. */
function stepList(job, catalogue) {
  const keys = moduleKeys(job);
  const at = (job.current_step ?? "").split(", ");
  const first = keys.findIndex((key) => at.includes(key));
  const state = (key, index) => {
    if (job.status !== "processing") return "waiting";
    if (at.includes(key)) return "working";
    return first > index || job.current_step === "writing" ? "done" : "waiting";
  };
  return html`<ol class="stages" aria-label=${t("steps.title")}>
    ${keys.map((key, index) => {
      const how = state(key, index);
      return html`<li class="stage stage-${how}">
        <span class="stage-mark">${how === "done" ? icon("check") : nothing}</span>
        <span class="ellipsis">${moduleName(catalogue, key)}</span>
        <span class="quiet small">${t(`stage.${how}`)}</span>
      </li>`;
    })}
  </ol>`;
}

function failure(job) {
  return html`<div class="notice notice-bad" role="alert">
    ${icon("warning")}
    <div class="notice-text">
      <strong>${t("job.failedTitle")}</strong>
      <p>${job.error_message}</p>
    </div>
  </div>`;
}

function result(job, open, state) {
  return html`${downloads(job, open.report)}
  ${open.report === null ? (open.problem === null ? skeleton(6) : nothing) : receipt(open, state.catalogue)}
  ${automate(job, state.uploads.get(job.upload_id), state.catalogue)}`;
}
