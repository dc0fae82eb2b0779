/** Where it begins: the key, the address, the socket, and the view that belongs to them. */

import { render } from "../vendor/lit-html/lit-html.js";
import { closeFile, openFile, redo, undo } from "./file_actions.js";
import { closeJob, jobEnded, openJob } from "./job_actions.js";
import { openJobList, refreshStatsSoon } from "./job_list.js";
import { closeKeys, openKeys } from "./key_actions.js";
import { whenJobEnds } from "./jobs.js";
import { logIn, startSession } from "./log_in.js";
import { startRouter } from "./router.js";
import { disconnect } from "./live.js";
import { keyFromAddress, whenKeyIsForgotten } from "./session.js";
import { afterDraw, change, drawWith, state } from "./state.js";
import { refreshUploads } from "./transfers.js";
import { page, titleOf } from "./views/page.js";

const MINUTE_MILLISECONDS = 60_000;
const OPEN = {
  home: refreshUploads,
  file: (id) => openFile(id),
  jobs: openJobList,
  job: (id) => openJob(id),
  keys: openKeys,
};

/** Whether a view was open before: then the new one gets the focus, as a new page would. */
let arrived = false;

/** Leave what was open and open what the address names; only a key opens anything. */
function arrive({ name, id }) {
  const pasted = keyFromAddress();
  if (pasted !== null) {
    logIn(pasted);
    return;
  }
  closeFile();
  closeJob();
  closeKeys();
  if (state.key === null) return;
  OPEN[name](id);
  if (arrived) afterDraw(() => document.querySelector("h1")?.focus());
  arrived = true;
}

function onKey(event) {
  const typing = event.target.closest("input, textarea, select") !== null;
  if (state.file?.draft == null || typing || !(event.ctrlKey || event.metaKey)) return;
  const key = event.key.toLowerCase();
  if (key !== "z" && key !== "y") return;
  event.preventDefault();
  if (key === "y" || event.shiftKey) redo();
  else undo();
}

whenKeyIsForgotten(disconnect);
whenJobEnds((job) => {
  jobEnded(job);
  if (state.route.name === "jobs") refreshStatsSoon();
});
addEventListener("keydown", onKey);
setInterval(() => change((state) => void (state.minute += 1)), MINUTE_MILLISECONDS);
drawWith(() => {
  render(page(state), document.getElementById("app"));
  document.title = titleOf(state);
});
startSession(keyFromAddress());
startRouter(arrive);
