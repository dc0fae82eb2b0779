/** The list of jobs: pages from REST, movement from the socket, counts refreshed when jobs end. */

import { request } from "./api.js";
import { learnJob } from "./jobs.js";
import { change, state } from "./state.js";
import { fetchUploadsOf } from "./uploads.js";

const PAGE = 50;
/** However many jobs end together, the counts are asked for once. */
const STATS_MILLISECONDS = 1000;

let statsTimer = null;

export function openJobList() {
  refreshStats();
  return loadJobs(null);
}

export function filterJobs(status) {
  change((state) => {
    state.jobList.filter = status;
  });
  return loadJobs(null);
}

export function moreJobs() {
  return loadJobs(state.jobList.cursor);
}

/** The jobs the list shows, the newest first. */
export function listedJobs() {
  const { filter } = state.jobList;
  return [...state.jobs.values()]
    .filter((job) => filter === null || job.status === filter)
    .toSorted((a, b) => (startOf(a) < startOf(b) ? 1 : -1));
}

export function refreshStatsSoon() {
  statsTimer ??= setTimeout(() => {
    statsTimer = null;
    refreshStats();
  }, STATS_MILLISECONDS);
}

/** A job first heard of on the socket has no created_at yet: it belongs on top. */
function startOf(job) {
  return job.created_at ?? job.updated_at;
}

async function refreshStats() {
  try {
    const stats = await request("/queue/stats");
    change((state) => {
      state.jobList.stats = stats;
    });
  } catch (problem) {
    show(problem);
  }
}

async function loadJobs(cursor) {
  const { filter } = state.jobList;
  change((state) => {
    Object.assign(state.jobList, { loading: true, problem: null });
  });
  try {
    const query = new URLSearchParams({ limit: PAGE });
    if (filter !== null) query.set("status", filter);
    if (cursor !== null) query.set("cursor", cursor);
    const page = await request(`/queue/jobs?${query}`);
    page.jobs.forEach(learnJob);
    change((state) => {
      state.jobList.cursor = page.next_cursor ?? null;
    });
    await fetchUploadsOf(page.jobs);
  } catch (problem) {
    show(problem);
  } finally {
    change((state) => {
      state.jobList.loading = false;
    });
  }
}

function show(problem) {
  change((state) => {
    state.jobList.problem = problem;
  });
}
