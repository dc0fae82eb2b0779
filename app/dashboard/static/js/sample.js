/**
 * A look at the table, as it is and as the steps would make it. The API answers with rows only for
 * small files, so larger ones are described without.
 *
 * state.file.sample is {mode, tables, stale, loading, problem}: `mode` "before" or "after", `tables`
 * what was fetched of each, {columns, rows, total}; the one of "after" is `stale` once the steps have
 * changed, and stays in view until the new one is there.
 */

import { request } from "./api.js";
import { change, state } from "./state.js";
import { asModules } from "./steps.js";

/** Files up to here are answered at once; the server's own limit is higher. */
const MOST_BYTES = 1_000_000;
const ROWS_SHOWN = 50;
/** After the last edit of a step. */
const SOON_MILLISECONDS = 500;

let timer = null;
let newest = 0;

export function newSample() {
  const tables = { before: null, after: null };
  return { mode: "before", tables, stale: false, loading: false, problem: null };
}

export function isSmall(upload) {
  return upload.file_size <= MOST_BYTES;
}

export async function showSample(mode) {
  const { id, draft } = state.file;
  const upload = state.uploads.get(id);
  change((state) => {
    state.file.sample.mode = mode;
  });
  if (!isSmall(upload) || isCurrent(state.file.sample)) return;
  const modules = mode === "before" ? [] : asModules(draft.steps);
  await fetchInto(mode, id, () => fetchTable(upload, modules));
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

async function fetchInto(mode, fileId, fetching) {
  const turn = ++newest;
  const isNewest = () => turn === newest && state.file?.id === fileId;
  update({ loading: true, problem: null });
  try {
    const table = await fetching();
    if (!isNewest()) return;
    const { tables, stale } = state.file.sample;
    update({
      loading: false,
      tables: { ...tables, [mode]: table },
      stale: stale && mode === "before",
    });
  } catch (problem) {
    if (isNewest()) update({ loading: false, problem });
  }
}

function update(values) {
  change((state) => {
    Object.assign(state.file.sample, values);
  });
}

async function fetchTable(upload, modules) {
  const body = { upload_id: upload.id, modules };
  const answer = await request("/pipeline/run", { method: "POST", body });
  if (answer.result_data === undefined) {
    // The server had no time for it and made it a job, which nobody asked for.
    await request(`/queue/jobs/${answer.id}/cancel`, { method: "POST" });
    return null;
  }
  return tableOf(answer, upload.column_names);
}

/** JavaScript puts names that look like numbers first in an object; the file knows their order. */
function tableOf({ result_data: data, cleaned_shape: [total] }, fileNames) {
  const place = (name) => (fileNames.includes(name) ? fileNames.indexOf(name) : Infinity);
  const names = Object.keys(data);
  const columns = names.some((name) => /^\d+$/.test(name))
    ? names.toSorted((a, b) => place(a) - place(b) || 0)
    : names;
  const rows = Array.from({ length: Math.min(total, ROWS_SHOWN) }, (_, index) =>
    columns.map((name) => data[name][index]),
  );
  return { columns, rows, total };
}
