/**
 * The list of steps being put together, and its history. All functions are pure: a draft is
 * {steps, past, future}, a step {id, key, params, off}; `params` holds only what differs from the
 * module's defaults.
 */

import { randomId } from "./api.js";

const HISTORY_LENGTH = 100;

export const emptyDraft = { steps: [], past: [], future: [] };

export function newStep(key) {
  return { id: randomId(), key, params: {}, off: false };
}

export function edited(draft, steps) {
  return { steps, past: [...draft.past, draft.steps].slice(-HISTORY_LENGTH), future: [] };
}

export function undone({ steps, past, future }) {
  if (past.length === 0) return { steps, past, future };
  return { steps: past.at(-1), past: past.slice(0, -1), future: [steps, ...future] };
}

export function redone({ steps, past, future }) {
  if (future.length === 0) return { steps, past, future };
  return { steps: future[0], past: [...past, steps], future: future.slice(1) };
}

export function moved(steps, from, to) {
  const rest = steps.toSpliced(from, 1);
  return rest.toSpliced(to, 0, steps[from]);
}

/** The steps with one put where a good pipeline has it, judged by the modules' `order`. */
export function placed(steps, step, catalogue) {
  const order = (one) => catalogue.get(one.key)?.order ?? Infinity;
  const at = steps.findIndex((other) => order(other) > order(step));
  return steps.toSpliced(at === -1 ? steps.length : at, 0, step);
}

export function withParam(step, name, value, defaultValue) {
  const params = { ...step.params, [name]: value };
  if (JSON.stringify(value) === JSON.stringify(defaultValue)) delete params[name];
  return { ...step, params };
}

/** Of a planned module's params, which name every one, those that differ from the defaults. */
export function ownParams({ key, params }, catalogue) {
  const usual = catalogue?.get(key)?.defaults ?? {};
  const differs = ([name, value]) => JSON.stringify(value) !== JSON.stringify(usual[name]);
  return Object.fromEntries(Object.entries(params).filter(differs));
}

export function active(steps) {
  return steps.filter((step) => !step.off);
}

/** As requests to the API want them. */
export function asModules(steps) {
  return active(steps).map(({ key, params }) => ({ key, params }));
}

/** The steps as a file that `flask clean --recipe` takes, too. */
export function asRecipe(steps) {
  return `${JSON.stringify({ modules: asModules(steps) }, null, 2)}\n`;
}

/** The steps in such a file, or null when it is none. */
export function fromRecipe(text) {
  try {
    const { modules } = JSON.parse(text);
    const steps = modules.map((module) => (typeof module === "string" ? { key: module } : module));
    if (!steps.every(({ key }) => typeof key === "string")) return null;
    return steps.map(({ key, params }) => ({ ...newStep(key), params: params ?? {} }));
  } catch {
    return null;
  }
}

/** What a refusal says of each step: Map of step id -> [{pointer, message}], pointers inside the step. */
export function faultsByStep(steps, problem) {
  return new Map(
    active(steps).map((step, index) => [step.id, problem?.faultsBelow(`/modules/${index}`) ?? []]),
  );
}
