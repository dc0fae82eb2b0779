/**
 * What is known of jobs. REST tells whole jobs, the socket tells updates; both carry `seq`, which
 * only grows, so whatever is not newer than what is known is dropped, in whichever order they come.
 */

import { request } from "./api.js";
import { t } from "./i18n.js";
import { announce, change, state } from "./state.js";
import { fetchUploadsOf } from "./uploads.js";

export const ENDED = new Set(["completed", "failed", "cancelled"]);
/** Jobs of which the socket does not tell enough are asked for together, this much later. */
const GATHER_MILLISECONDS = 400;

const unknown = new Set();
let gathering = null;
let onEnd = () => {};

/** `function_(job)` is called when the job that is open, or any other, has just ended. */
export function whenJobEnds(function_) {
  onEnd = function_;
}

export function newestSeq(jobId) {
  return state.jobs.get(jobId)?.seq ?? null;
}

/** A job as REST tells it: all its fields, at its seq. */
export function learnJob(job) {
  const known = state.jobs.get(job.id);
  // Of the same seq, the one of REST says more.
  const newer = known === undefined || job.seq >= known.seq;
  keep(known, newer ? { ...known, ...job, whole: true } : { ...job, ...known, whole: true });
}

/** An update from the socket. `trusted`: it says how things are, even with a lower seq. */
export function learnUpdate(update, { trusted = false } = {}) {
  const known = state.jobs.get(update.job_id);
  if (known !== undefined && update.seq <= known.seq && !trusted) return;
  const { job_id: id, timestamp, ...told } = update;
  const job = { ...known, ...told, id, updated_at: timestamp };
  job.error_message = told.error_details?.message ?? known?.error_message ?? null;
  if (job.status === "processing") job.started_at ??= timestamp;
  if (ENDED.has(job.status)) job.completed_at ??= timestamp;
  keep(known, job);
  // An update knows neither the file nor the result.
  if (!job.whole || ENDED.has(job.status)) askFor(id);
}

function keep(known, job) {
  change((state) => {
    state.jobs.set(job.id, job);
  });
  if (state.job?.id === job.id) announceProgress(known, job);
  const justEnded = known !== undefined && !ENDED.has(known.status) && ENDED.has(job.status);
  if (justEnded) onEnd(job);
}

/** Fetch one job whole. Throws Problem. */
export async function fetchJob(jobId) {
  learnJob(await request(`/queue/jobs/${jobId}`));
  return state.jobs.get(jobId);
}

function askFor(jobId) {
  unknown.add(jobId);
  gathering ??= setTimeout(fetchUnknown, GATHER_MILLISECONDS);
}

async function fetchUnknown() {
  gathering = null;
  const wanted = unknown.size;
  unknown.clear();
  try {
    // The newest jobs are the ones nobody has told us of yet.
    const { jobs } = await request(`/queue/jobs?limit=${Math.min(Math.max(wanted, 20), 100)}`);
    jobs.forEach(learnJob);
    await fetchUploadsOf(jobs);
  } catch (problem) {
    change((state) => {
      state.jobList.problem = problem;
    });
  }
}

/** The keys of a job's modules, in order. */
export function moduleKeys(job) {
  return (job.modules ?? []).map((module) => (typeof module === "string" ? module : module.key));
}

/** Say aloud how the open job stands, at most at each tenth of the way. */
function announceProgress(before, job) {
  const tenth = (percent) => Math.floor(percent / 10);
  if (
    before?.status === job.status &&
    tenth(before.progress_percent) === tenth(job.progress_percent)
  )
    return;
  const values = { percent: Math.floor(job.progress_percent) };
  announce(t(`announce.${job.status}`, values));
}
