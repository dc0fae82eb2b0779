/** All jobs, moving. Rows keep their place and their size, however many move. */

import { html, nothing } from "../../vendor/lit-html/lit-html.js";
import { guard } from "../../vendor/lit-html/directives/guard.js";
import { repeat } from "../../vendor/lit-html/directives/repeat.js";
import { filterJobs, listedJobs, moreJobs, openJobList } from "../job_list.js";
import { moduleKeys } from "../jobs.js";
import { duration, number, percent, t } from "../i18n.js";
import { address } from "../router.js";
import { jobBar, moduleName, problemBox, skeleton, statusBadge, time } from "./parts.js";

const FILTERS = [null, "pending", "processing", "completed", "failed", "cancelled"];

export function jobsView(state) {
  const { jobList } = state;
  const jobs = listedJobs();
  return html`<h1 tabindex="-1">${t("jobs.title")}</h1>
    ${filters(jobList)} ${problemBox(jobList.problem, { retry: openJobList })}
    ${
      jobs.length === 0
        ? jobList.loading
          ? skeleton(6)
          : html`<p class="empty card">
              ${t(jobList.filter === null ? "jobs.none" : "jobs.noneSuch")}
            </p>`
        : html`<ul class="rows card jobs">
            ${repeat(
              jobs,
              (job) => job.id,
              (job) => rowIfMoved(job, state),
            )}
          </ul>`
    }
    ${
      jobList.cursor === null
        ? nothing
        : html`<button class="button" ?disabled=${jobList.loading} @click=${moreJobs}>
            ${t("action.more")}
          </button>`
    }`;
}

function filters({ filter, stats }) {
  return html`<div class="filters" role="group" aria-label=${t("jobs.filter")}>
    ${FILTERS.map(
      (status) =>
        html`<button
          class="filter"
          aria-pressed=${filter === status}
          @click=${() => filterJobs(status)}
        >
          ${status === null ? t("jobs.all") : t(`status.${status}`)}
          <span class="quiet">${stats === null ? "" : number(stats[status ?? "total_jobs"])}</span>
        </button>`,
    )}
  </div>`;
}

/** Of hundreds of rows only those are drawn of which something is new; the rest costs nothing. */
function rowIfMoved(job, { uploads, catalogue, minute }) {
  const upload = uploads.get(job.upload_id);
  return guard([job, upload, catalogue, minute], () => jobRow(job, upload, catalogue));
}

function jobRow(job, upload, catalogue) {
  const name = upload?.filename ?? t("title.job");
  const steps = moduleKeys(job)
    .map((key) => moduleName(catalogue, key))
    .join(", ");
  return html`<li>
    <a class="row-link job-row" href=${address.job(job.id)}>
      <span class="job-words">
        <strong class="ellipsis" title=${name}>${name}</strong>
        <span class="quiet small ellipsis" title=${steps}>${steps}</span>
      </span>
      ${statusBadge(job.status)}
      <span class="job-bar">
        ${jobBar(job, t("jobs.barOf", { name }))}
        <span class="quiet small job-bar-words">${barWords(job)}</span>
      </span>
      <span class="quiet row-detail row-end"
        >${job.created_at == null ? "" : time(job.created_at)}</span
      >
    </a>
  </li>`;
}

function barWords(job) {
  if (job.status === "failed") return job.error_message ?? "";
  if (job.status === "completed")
    return job.result == null ? "" : t("jobs.rowsOut", { n: job.result.rows_out });
  if (job.status === "cancelled")
    return t("jobs.stoppedAt", { percent: percent(job.progress_percent) });
  const left =
    job.eta_seconds == null ? "" : ` · ${t("jobs.left", { time: duration(job.eta_seconds) })}`;
  return `${percent(job.progress_percent)}${left}`;
}
