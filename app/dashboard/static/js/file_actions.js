/**
 * The file that is open: how it was read, the steps put together for it, handing them in.
 *
 * state.file is {id, problem, draft, open, search, submitting, refusal, transfer, sample,
 * suggestions}: `draft` see steps.js, `open` the id of the step whose settings are shown, `search`
 * what modules to add are looked for by, `refusal` the Problem of the last try, `transfer` see
 * reading_actions.js, `sample` see sample.js, `suggestions` see suggestions.js.
 */

import { create, request } from "./api.js";
import { saveText } from "./download.js";
import { t } from "./i18n.js";
import { learnJob } from "./jobs.js";
import { Problem } from "./problem.js";
import { address, go } from "./router.js";
import { newSample, refreshSampleSoon, showSample } from "./sample.js";
import { change, state } from "./state.js";
import * as steps from "./steps.js";
import { fetchUpload, forgetUpload } from "./uploads.js";

/** What nearly every file wants, in a good order; with its defaults each of them is safe. */
const USUAL = [
  "standardize_headers",
  "text_normalize",
  "trim_spaces",
  "drop_duplicates",
  "handle_missing",
  "convert_types",
];

const stored = (uploadId) => `neatdata.steps.${uploadId}`;

export async function openFile(uploadId) {
  change((state) => {
    state.file = {
      id: uploadId,
      problem: null,
      draft: remembered(uploadId),
      open: null,
      search: "",
      submitting: false,
      refusal: null,
      transfer: null,
      sample: newSample(),
      suggestions: null,
    };
  });
  try {
    await Promise.all([fetchUpload(uploadId), fetchCatalogue()]);
    if (state.file?.id !== uploadId) return;
    if (state.file.draft === null) startWithUsualSteps();
    await showSample("before");
  } catch (problem) {
    change((state) => {
      if (state.file?.id === uploadId) state.file.problem = problem;
    });
  }
}

export function closeFile() {
  change((state) => {
    state.file = null;
  });
}

/** Throws Problem. Modules do not change while a server runs, so once is enough. */
export async function fetchCatalogue() {
  if (state.catalogue !== null) return;
  const { core_modules: core, custom_modules: custom } = await request("/pipeline/available");
  const modules = [...core, ...custom].toSorted((a, b) => a.order - b.order);
  change((state) => {
    state.catalogue = new Map(modules.map((module) => [module.key, module]));
  });
}

export function startWithUsualSteps() {
  const usual = USUAL.filter((key) => state.catalogue.has(key)).map(steps.newStep);
  const { draft } = state.file;
  setDraft(draft === null ? { ...steps.emptyDraft, steps: usual } : steps.edited(draft, usual));
}

export function addStep(key) {
  const step = steps.newStep(key);
  edit((list) => steps.placed(list, step, state.catalogue));
  return step;
}

/** Add steps below the others, where they were found to be needed. */
export function takeSteps(added) {
  edit((list) => [...list, ...added]);
}

export function findModules(words) {
  change((state) => {
    state.file.search = words;
  });
}

export function removeStep(id) {
  edit((list) => list.filter((step) => step.id !== id));
}

export function moveStep(id, to) {
  edit((list) => {
    const from = list.findIndex((step) => step.id === id);
    return to < 0 || to >= list.length || to === from ? list : steps.moved(list, from, to);
  });
}

export function switchStep(id, off) {
  edit((list) => list.map((step) => (step.id === id ? { ...step, off } : step)));
}

export function setParam(id, name, value, defaultValue) {
  edit((list) =>
    list.map((step) => (step.id === id ? steps.withParam(step, name, value, defaultValue) : step)),
  );
}

export function saveSteps() {
  const { filename } = state.uploads.get(state.file.id);
  const name = `${filename.replace(/\.[^.]*$/, "")}.recipe.json`;
  saveText(name, steps.asRecipe(state.file.draft.steps), "application/json");
}

/** Take the steps from a file that `saveSteps` wrote, or that was written by hand. */
export async function loadSteps(file) {
  const list = steps.fromRecipe(await file.text());
  if (list !== null) {
    edit(() => list);
    return;
  }
  change((state) => {
    state.file.refusal = new Problem({
      code: "no-recipe",
      title: t("steps.noRecipe"),
      detail: t("steps.noRecipeDetail", { name: file.name }),
    });
  });
}

export function undo() {
  setDraft(steps.undone(state.file.draft));
}

export function redo() {
  setDraft(steps.redone(state.file.draft));
}

export function toggleSettings(id) {
  change((state) => {
    state.file.open = state.file.open === id ? null : id;
  });
}

/** Hand the steps in as a job and go to it; a refusal is shown at the steps it is about. */
export async function submit() {
  const { id, draft } = state.file;
  change((state) => {
    state.file.submitting = true;
    state.file.refusal = null;
  });
  try {
    const job = await create("/queue/submit", {
      upload_id: id,
      modules: steps.asModules(draft.steps),
    });
    learnJob(job);
    go(address.job(job.id));
  } catch (problem) {
    change((state) => {
      state.file.refusal = problem;
      state.file.open = firstFaulty(draft.steps, problem) ?? state.file.open;
    });
  } finally {
    change((state) => {
      if (state.file !== null) state.file.submitting = false;
    });
  }
}

function firstFaulty(list, problem) {
  const faults = [...steps.faultsByStep(list, problem)];
  return faults.find(([, ofStep]) => ofStep.length > 0)?.[0] ?? null;
}

function edit(change_) {
  const { draft } = state.file;
  const list = change_(draft.steps);
  if (list !== draft.steps) setDraft(steps.edited(draft, list));
}

function setDraft(draft) {
  change((state) => {
    state.file.draft = draft;
    state.file.refusal = null;
  });
  sessionStorage.setItem(stored(state.file.id), JSON.stringify(draft.steps));
  refreshSampleSoon();
}

/** Go to a job's file with the steps that the job had. */
export function changeStepsOf(job) {
  const list = job.pipeline.map((module) => ({
    ...steps.newStep(module.key),
    params: steps.ownParams(module, state.catalogue),
  }));
  sessionStorage.setItem(stored(job.upload_id), JSON.stringify(list));
  go(address.file(job.upload_id));
}

/** Another reading of the same file gets the same steps. */
export function carrySteps(from, to) {
  const text = sessionStorage.getItem(stored(from));
  if (text !== null) sessionStorage.setItem(stored(to), text);
}

/** Delete the file with all that came of it. A Problem is shown with the file. */
export async function deleteFile(uploadId) {
  try {
    await request(`/db/uploads/${uploadId}`, { method: "DELETE" });
    forgetUpload(uploadId);
    go(address.home());
  } catch (problem) {
    change((state) => {
      state.file.problem = problem;
    });
  }
}

/** The steps a reload would else lose. */
function remembered(uploadId) {
  const text = sessionStorage.getItem(stored(uploadId));
  return text === null ? null : { ...steps.emptyDraft, steps: JSON.parse(text) };
}
