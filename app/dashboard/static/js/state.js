/**
 * The state of the page, in one place. Views read it and return templates; everything else changes
 * it through `change`, which has the page drawn once per frame however often it is called.
 */

export const state = {
  /** The API key; null while nobody is logged in. */
  key: null,
  /** Why the last key was refused (Problem), shown at the log-in. */
  refusal: null,
  /** A key is being tried. */
  loggingIn: false,
  /** Of the socket: "offline", "connecting", "online" or "reconnecting". */
  connection: "offline",
  /** What the address says: {name, id}. */
  route: { name: "home", id: null },
  /** Modules by key, in the order of a good pipeline; null until they were fetched. */
  catalogue: null,
  /** Uploads by id, as far as known. */
  uploads: new Map(),
  /** Files this tab has sent, by upload id: {file, settings}, to be read again in another way. */
  sources: new Map(),
  /** Which uploads the home view lists, and where the next page begins. */
  uploadList: { ids: [], cursor: null, loading: false, problem: null },
  /** Files on their way to the server: {id, name, size, sent, phase, problem, abort}. */
  transfers: [],
  /** The file that is open: see file_actions.js. */
  file: null,
  /** Jobs by id, each the newest of what REST and the socket told. */
  jobs: new Map(),
  /** What the list of jobs shows. */
  jobList: { filter: null, cursor: null, loading: false, problem: null, stats: null },
  /** The job that is open: see job_actions.js. */
  job: null,
  /** API keys, for admins: see key_actions.js. */
  keys: null,
  /** A download on its way: {name, received, total, abort}. */
  download: null,
  /** Counts minutes, so that "just now" does not stay for ever. */
  minute: 0,
  /** The last sentence for screen readers. */
  announcement: "",
};

let draw = () => {};
let waiting = false;

/** Edit the state; the page follows with the next frame. */
export function change(edit) {
  edit(state);
  if (waiting) return;
  waiting = true;
  requestAnimationFrame(() => {
    waiting = false;
    draw();
  });
}

/** Call `function_` once the page shows what has been changed. */
export function afterDraw(function_) {
  change(() => {});
  requestAnimationFrame(() => function_());
}

/** Name the function that draws the page. */
export function drawWith(function_) {
  draw = function_;
  change(() => {});
}

/** Have screen readers say a sentence when they are done with the last one. */
export function announce(sentence) {
  change((state) => {
    state.announcement = sentence;
  });
}
