/**
 * Addresses, kept in the fragment: "#/", "#/files/7", "#/jobs", "#/jobs/<uuid>", "#/keys". One page, so a
 * reload or a shared link opens the same view.
 */

import { change } from "./state.js";

const ROUTES = [
  { pattern: /^#\/files\/(\d+)$/, name: "file", id: Number },
  { pattern: /^#\/jobs\/([0-9a-f-]{36})$/, name: "job", id: String },
  { pattern: /^#\/jobs$/, name: "jobs", id: () => null },
  { pattern: /^#\/keys$/, name: "keys", id: () => null },
];

export const address = {
  home: () => "#/",
  file: (id) => `#/files/${id}`,
  jobs: () => "#/jobs",
  keys: () => "#/keys",
  job: (id) => `#/jobs/${id}`,
};

function read(hash) {
  for (const { pattern, name, id } of ROUTES) {
    const found = pattern.exec(hash);
    if (found !== null) return { name, id: id(found[1]) };
  }
  return { name: "home", id: null };
}

export function go(to) {
  location.hash = to;
}

/** Follow the address, now and whenever it changes; `onArrival(route)` after each change. */
export function startRouter(onArrival) {
  const arrive = () => {
    const route = read(location.hash);
    change((state) => {
      state.route = route;
    });
    onArrival(route);
  };
  addEventListener("hashchange", arrive);
  arrive();
}
