/**
 * API keys, for admins. state.keys is {list, cursor, loading, problem, issued, refusal}: `issued` a
 * key that was just made and can be seen this once, `refusal` why the last change was refused.
 */

import { create, request } from "./api.js";
import { change, state } from "./state.js";

const PAGE = 50;

export function newKeys() {
  return { list: [], cursor: null, loading: false, problem: null, issued: null, refusal: null };
}

export function openKeys() {
  change((state) => {
    state.keys = newKeys();
  });
  return loadKeys(null);
}

/** What was shown once is not kept. */
export function closeKeys() {
  change((state) => {
    state.keys = newKeys();
  });
}

export function moreKeys() {
  return loadKeys(state.keys.cursor);
}

/** True when the key was made. `days`: until it expires; null for never. */
export async function makeKey({ name, scope, days }) {
  return issue(() => create("/keys", { name, scope, expires_in_days: days }));
}

/** A new secret for the same key; the old one opens for `days` more. */
export function rotateKey(id, days) {
  return issue(() => create(`/keys/${id}/rotate`, { overlap_days: days }));
}

export async function revokeKey(id) {
  await attempt("refusal", async () => {
    learn(await request(`/keys/${id}`, { method: "DELETE" }));
  });
}

export function hideIssued() {
  change((state) => {
    state.keys.issued = null;
  });
}

async function issue(asking) {
  let made = false;
  await attempt("refusal", async () => {
    const { key: text, ...key } = await asking();
    learn(key);
    change((state) => {
      state.keys.issued = { id: key.id, name: key.name, text };
    });
    made = true;
  });
  return made;
}

function learn(key) {
  change((state) => {
    const known = state.keys.list.some((one) => one.id === key.id);
    state.keys.list = known
      ? state.keys.list.map((one) => (one.id === key.id ? key : one))
      : [key, ...state.keys.list];
  });
}

async function loadKeys(cursor) {
  change((state) => {
    state.keys.loading = true;
  });
  await attempt("problem", async () => {
    const query = new URLSearchParams({ limit: PAGE, ...(cursor === null ? {} : { cursor }) });
    const page = await request(`/keys?${query}`);
    change((state) => {
      state.keys.list = cursor === null ? page.keys : [...state.keys.list, ...page.keys];
      state.keys.cursor = page.next_cursor;
    });
  });
  change((state) => {
    state.keys.loading = false;
  });
}

async function attempt(place, action) {
  change((state) => {
    state.keys[place] = null;
  });
  try {
    await action();
  } catch (problem) {
    change((state) => {
      state.keys[place] = problem;
    });
  }
}
