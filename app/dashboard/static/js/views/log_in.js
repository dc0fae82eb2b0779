/** The log-in: one field for the key. */

import { html } from "../../vendor/lit-html/lit-html.js";
import { t } from "../i18n.js";
import { logIn } from "../log_in.js";
import { mark } from "./icons.js";
import { problemBox } from "./parts.js";

export function logInView(state) {
  return html`<main class="log-in">
    <form class="card" @submit=${submit}>
      <div class="log-in-mark">${mark}</div>
      <h1 tabindex="-1">NeatData</h1>
      <p class="quiet">${t("logIn.lead")}</p>
      ${problemBox(state.refusal)}
      <label for="key">${t("logIn.key")}</label>
      <input
        id="key"
        name="key"
        type="password"
        required
        autofocus
        autocomplete="current-password"
        spellcheck="false"
        placeholder="nd_…"
        aria-describedby="key-help"
      />
      <button class="button primary" ?disabled=${state.loggingIn}>
        ${state.loggingIn ? t("logIn.trying") : t("logIn.enter")}
      </button>
      <p id="key-help" class="quiet small">${t("logIn.help")}</p>
    </form>
  </main>`;
}

function submit(event) {
  event.preventDefault();
  const key = new FormData(event.target).get("key").trim();
  if (key !== "") logIn(key);
}
