/**
 * A look at the table, as it is and as the steps would make it.
 *
 * state.file.sample is {mode, tables, stale, loading, problem}: `mode` "before" or "after", `tables`
 * what was fetched of each, {columns, rows, total, examined, isExcerpt, warnings}; the one of
 * "after" is `stale` once the steps have changed, and stays in view until the new one is there.
 */

import { request } from "./api.js";
import { change, state } from "./state.js";
import { asModules } from "./steps.js";

const ROWS_SHOWN = 50;
/** After the last edit of a step. */
const SOON_MILLISECONDS = 500;

let timer = null;
let newest = 0;
let lastPreview = Promise.resolve();

export function newSample() {
  const tables = { before: null, after: null };
  return { mode: "before", tables, stale: false, loading: false, problem: null };
}

export async function showSample(mode) {
  const { id, draft } = state.file;
  update({ mode, problem: null });
  if (isCurrent(state.file.sample)) return;
  if (mode === "before") {
    await fetchInto(mode, id, () => fetchRows(id));
    return;
  }
  const isStale = () => state.file.draft.steps !== draft.steps;
  await fetchInto(mode, id, (isWanted) => fetchPreview(id, draft.steps, isWanted), isStale);
}

function isCurrent({ mode, tables, stale }) {
  return tables[mode] !== null && (mode === "before" || !stale);
}

/** The steps have changed: what they would make is asked for again, if it is being looked at. */
export function refreshSampleSoon() {
  change((state) => {
    state.file.sample.stale = true;
  });
  clearTimeout(timer);
  if (state.file.sample.mode === "before") return;
  timer = setTimeout(() => state.file && showSample("after"), SOON_MILLISECONDS);
}

/** `isStale` tells of what was fetched whether the steps changed on the way. */
async function fetchInto(mode, fileId, fetching, isStale = () => state.file.sample.stale) {
  const turn = ++newest;
  const isNewest = () => turn === newest && state.file?.id === fileId;
  update({ loading: true });
  try {
    const table = await fetching(isNewest);
    if (!isNewest()) return;
    const tables = { ...state.file.sample.tables, [mode]: table };
    update({ loading: false, tables, stale: isStale() });
  } catch (problem) {
    if (!isNewest()) return;
    // What fails while the other table is looked at is asked for again with the next look.
    update({ loading: false, problem: mode === state.file.sample.mode ? problem : null });
  }
}

function update(values) {
  change((state) => {
    Object.assign(state.file.sample, values);
  });
}

async function fetchRows(uploadId) {
  const answer = await request(`/db/uploads/${uploadId}/rows?limit=${ROWS_SHOWN}`);
  return { columns: answer.columns, rows: answer.rows, total: answer.total_rows, warnings: [] };
}

/** One at a time: each is a run on the server, and of several that wait only the last is wanted. */
async function fetchPreview(uploadId, steps, isWanted) {
  await lastPreview;
  if (!isWanted()) return null;
  const body = { upload_id: uploadId, modules: asModules(steps) };
  const asked = request("/pipeline/preview", { method: "POST", body });
  lastPreview = Promise.allSettled([asked]);
  return tableOf(await asked);
}

/** Rows that are gone have no after. */
function tableOf(answer) {
  const columns = answer.columns_after;
  const kept = answer.rows.filter(({ after }) => after !== null);
  return {
    columns,
    rows: kept.map(({ after }) => columns.map((name) => after[name])),
    total: answer.rows_out,
    examined: answer.rows_examined,
    isExcerpt: answer.learned_from === "excerpt",
    warnings: answer.warnings,
  };
}
