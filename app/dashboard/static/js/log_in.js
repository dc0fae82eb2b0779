/** Logging in: a key is tried with the cheapest call that needs one, then kept for this tab. */

import { request } from "./api.js";
import { connect } from "./live.js";
import { address, go } from "./router.js";
import { forgetKey, rememberKey, storedKey } from "./session.js";
import { change, state } from "./state.js";

/** Begin with the key from the address, else with the one this tab knows. */
export function startSession(keyFromAddress) {
  const known = storedKey();
  if (keyFromAddress !== null) logIn(keyFromAddress);
  // A known key is not tried first: the first call that needs it will tell.
  else if (known !== null) enter(known);
}

export async function logIn(key) {
  forgetKey();
  change((state) => {
    state.loggingIn = true;
    state.refusal = null;
  });
  try {
    await request("/queue/stats", { key });
    rememberKey(key);
    enter(key);
    // The view the address names opens as if one had just come.
    dispatchEvent(new HashChangeEvent("hashchange"));
  } catch (problem) {
    change((state) => {
      state.refusal = problem;
    });
  } finally {
    change((state) => {
      state.loggingIn = false;
    });
  }
}

export function logOut() {
  forgetKey();
  go(address.home());
}

function enter(key) {
  change((state) => {
    state.key = key;
    state.jobs = new Map();
    state.uploads = new Map();
    state.uploadList = { ids: [], cursor: null, loading: false, problem: null };
  });
  connect(key);
}
