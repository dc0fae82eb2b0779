/**
 * The key of this tab. It comes in by the log-in or by the address's fragment (#key=...), which no
 * server ever sees, and lives in sessionStorage: closing the tab forgets it.
 */

import { change } from "./state.js";

const STORED = "neatdata.key";
const IN_FRAGMENT = /^#key=(.+)$/;

let onForget = () => {};

/** `function_()` is called whenever the key is forgotten, whoever wished it. */
export function whenKeyIsForgotten(function_) {
  onForget = function_;
}

/** Take a key out of the address, where it must not stay: screens are shared, history is kept. */
export function keyFromAddress() {
  const found = IN_FRAGMENT.exec(location.hash);
  if (found === null) return null;
  history.replaceState(null, "", location.pathname + location.search);
  return found[1].trim();
}

export function storedKey() {
  return sessionStorage.getItem(STORED);
}

export function rememberKey(key) {
  sessionStorage.setItem(STORED, key);
}

/** Log out; `refusal` is the problem when it was the server's wish. */
export function forgetKey(refusal = null) {
  sessionStorage.removeItem(STORED);
  onForget();
  change((state) => {
    state.key = null;
    state.refusal = refusal;
  });
}
