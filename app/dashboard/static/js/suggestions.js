/**
 * What the server would add to the steps: only what the data proves, counted by a run for trial
 * behind the steps that are there.
 *
 * state.file.suggestions is null until asked for, then {loading, problem, answer, behind, taken}:
 * `answer` the server's, without steps that are there already, `behind` the steps it was asked for
 * as they were sent, as text, and `taken` has, by the place of a proposal, the id of the step it
 * became.
 */

import { request } from "./api.js";
import { takeSteps } from "./file_actions.js";
import { t } from "./i18n.js";
import { announce, change, state } from "./state.js";
import { asModules, newStep, ownParams } from "./steps.js";

export async function suggestSteps() {
  const { file } = state;
  if (file.suggestions?.loading) return;
  const modules = asModules(file.draft.steps);
  const asked = { loading: true, problem: null, answer: null, taken: new Map() };
  change(() => {
    file.suggestions = { ...asked, behind: JSON.stringify(modules) };
  });
  announce(t("suggest.looking"));
  try {
    const body = { upload_id: file.id, modules };
    const answer = await request("/pipeline/suggest", { method: "POST", body });
    const steps = answer.steps.filter((step) => !isThere(step, modules));
    update(file, { loading: false, answer: { ...answer, steps } });
    if (state.file === file) announce(heard(steps));
  } catch (problem) {
    update(file, { loading: false, problem });
  }
}

/** A step that would change nothing may still prove types; behind one of its module it is idle. */
function isThere({ module, cells_changed: cells, rows_removed: rows }, modules) {
  return cells === 0 && rows === 0 && modules.some(({ key }) => key === module.key);
}

function heard(steps) {
  return steps.length === 0 ? t("suggest.none") : t("suggest.found", { n: steps.length });
}

function update(file, values) {
  change(() => {
    Object.assign(file.suggestions, values);
  });
}

/** Add proposals, given by their places, below the steps that are there: one edit to undo. */
export function takeSuggestions(places) {
  const { answer, taken } = state.file.suggestions;
  const steps = places.map((place) => {
    const { module } = answer.steps[place];
    return { ...newStep(module.key), params: ownParams(module, state.catalogue) };
  });
  takeSteps(steps);
  const ids = places.map((place, index) => [place, steps[index].id]);
  update(state.file, { taken: new Map([...taken, ...ids]) });
  announce(t("suggest.took", { n: steps.length }));
}

/** Whether a proposal is among the steps; undo takes it out again. */
export function isTaken({ draft, suggestions }, place) {
  const id = suggestions.taken.get(place);
  return id !== undefined && draft.steps.some((step) => step.id === id);
}

/** Whether the steps that the counts are of have changed since, other than by taking. */
export function isOutdated({ draft, suggestions }) {
  const taken = new Set(suggestions.taken.values());
  const own = draft.steps.filter((step) => !taken.has(step.id));
  return JSON.stringify(asModules(own)) !== suggestions.behind;
}
