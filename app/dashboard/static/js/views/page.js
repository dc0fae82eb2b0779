/** The page: log-in, or the bar on top with the view the address names. */

import { html } from "../../vendor/lit-html/lit-html.js";
import { t } from "../i18n.js";
import { logOut } from "../log_in.js";
import { address } from "../router.js";
import { downloadBar } from "./download_bar.js";
import { fileView } from "./file.js";
import { homeView } from "./home.js";
import { icon, mark } from "./icons.js";
import { jobView } from "./job.js";
import { jobsView } from "./jobs.js";
import { keysView } from "./keys.js";
import { logInView } from "./log_in.js";

const VIEWS = { home: homeView, file: fileView, jobs: jobsView, job: jobView, keys: keysView };

export function page(state) {
  return html`${state.key === null ? logInView(state) : inside(state)}
    <p class="visually-hidden" role="status" aria-live="polite">${state.announcement}</p>`;
}

export function titleOf(state) {
  const { name, id } = state.route;
  const job = name === "job" ? state.jobs.get(id) : undefined;
  const uploadId = name === "file" ? id : job?.upload_id;
  const file = state.uploads.get(uploadId)?.filename;
  const moving = job?.status === "processing" ? `${Math.floor(job.progress_percent)} % · ` : "";
  return `${moving}${file ?? t(`title.${name}`)} · NeatData`;
}

function inside(state) {
  return html`<button class="button skip" @click=${skipToContent}>${t("action.skip")}</button>
    <header class="top">
      <a class="brand" href=${address.home()}>${mark}<span>NeatData</span></a>
      <nav aria-label=${t("nav.label")}>
        ${tab(state, address.home(), t("nav.clean"), ["home", "file"])}
        ${tab(state, address.jobs(), t("nav.jobs"), ["jobs", "job"])}
        ${tab(state, address.keys(), t("nav.keys"), ["keys"])}
      </nav>
      <span class="top-end">
        ${connection(state.connection)}
        <button
          class="button bare"
          title=${t("action.logOut")}
          aria-label=${t("action.logOut")}
          @click=${logOut}
        >
          ${icon("leave")}
        </button>
      </span>
    </header>
    <main id="main" tabindex="-1">${VIEWS[state.route.name](state)}</main>
    ${downloadBar(state.download)}`;
}

function tab(state, href, words, names) {
  return html`<a href=${href} aria-current=${names.includes(state.route.name) ? "page" : "false"}
    >${words}</a
  >`;
}

/** Said in words only when it is not as it should be; the place is kept, so nothing jumps. */
function connection(how) {
  return html`<span
    class="connection connection-${how}"
    role="status"
    title=${t(`connection.${how}.title`)}
  >
    <span class="connection-dot"></span
    ><span class="connection-words">${t(`connection.${how}`)}</span>
  </span>`;
}

function skipToContent() {
  document.getElementById("main").focus();
}
