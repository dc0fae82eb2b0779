/**
 * The job that is open, and what can be done with jobs.
 *
 * state.job is {id, problem, report, rejects, busy, actionProblem}: `problem` why it cannot be shown,
 * `report` its receipt once it completed, `rejects` the first records that were set aside, {rows,
 * total}, `busy` the action being carried out.
 */

import { create, open, request } from "./api.js";
import { parseCsv } from "./csv.js";
import { fetchCatalogue } from "./file_actions.js";
import { fetchJob, learnJob } from "./jobs.js";
import { unwatch, watch } from "./live.js";
import { address, go } from "./router.js";
import { change, state } from "./state.js";
import { fetchUpload } from "./uploads.js";

const REJECTS_BYTES = 64 * 1024;
const REJECTS_SHOWN = 20;

export async function openJob(jobId) {
  change((state) => {
    state.job = {
      id: jobId,
      problem: null,
      report: null,
      rejects: null,
      busy: null,
      actionProblem: null,
    };
  });
  watch(jobId);
  await attempt(jobId, "problem", async () => {
    const [job] = await Promise.all([fetchJob(jobId), fetchCatalogue()]);
    await Promise.all([
      fetchUpload(job.upload_id),
      job.status === "completed" && loadReport(jobId),
    ]);
  });
}

export function closeJob() {
  if (state.job === null) return;
  unwatch(state.job.id);
  change((state) => {
    state.job = null;
  });
}

/** The open job has just ended: its links and its report are there now. */
export async function jobEnded(job) {
  if (state.job?.id !== job.id) return;
  await attempt(job.id, "problem", async () => {
    const whole = await fetchJob(job.id);
    if (whole.status === "completed") await loadReport(job.id);
  });
}

export function cancelJob(jobId) {
  return act(jobId, "cancel", async () => {
    learnJob(await request(`/queue/jobs/${jobId}/cancel`, { method: "POST" }));
  });
}

export function retryJob(jobId) {
  return act(jobId, "retry", async () => {
    const job = await create(`/queue/jobs/${jobId}/retry`);
    learnJob(job);
    go(address.job(job.id));
  });
}

async function loadReport(jobId) {
  const report = await request(`/queue/jobs/${jobId}/report`);
  change((state) => {
    if (state.job?.id === jobId) state.job.report = report;
  });
  if (report.rejected > 0) await loadRejects(jobId, report.rejected);
}

/** The beginning of the file of rejects, however many there are. */
async function loadRejects(jobId, total) {
  const headers = { Accept: "text/csv", Range: `bytes=0-${REJECTS_BYTES - 1}` };
  const answer = await open(`/queue/jobs/${jobId}/rejects`, { headers });
  const [names, ...records] = parseCsv(await answer.text());
  const rows = records
    .slice(0, REJECTS_SHOWN)
    .map((record) => Object.fromEntries(names.map((name, index) => [name, record[index]])));
  change((state) => {
    if (state.job?.id === jobId) state.job.rejects = { rows, total };
  });
}

async function act(jobId, name, action) {
  change((state) => {
    if (state.job !== null) Object.assign(state.job, { busy: name, actionProblem: null });
  });
  await attempt(jobId, "actionProblem", action);
  change((state) => {
    if (state.job?.id === jobId) state.job.busy = null;
  });
}

/** Carry out `action`; its Problem is shown with the job, if that is still open. */
async function attempt(jobId, place, action) {
  try {
    await action();
  } catch (problem) {
    change((state) => {
      if (state.job?.id === jobId) state.job[place] = problem;
    });
  }
}
