/** The REST API, version 1: the only way this page knows anything, besides the socket. */

import { forgetKey } from "./session.js";
import { Problem } from "./problem.js";
import { state } from "./state.js";

const BASE = "/v1";
const RETRY_MILLISECONDS = 1000;

/** The JSON of an answer. Throws Problem; a refused key also logs out. */
export async function request(path, options = {}) {
  const answer = await open(path, options);
  return answer.status === 204 ? null : parsed(answer.status, await answer.text());
}

/** The answer itself, once it is a success. Throws as `request`. */
export async function open(path, { method = "GET", body, headers = {}, key, signal } = {}) {
  const sent = { Accept: "application/json", "X-API-Key": key ?? state.key, ...headers };
  if (body !== undefined) sent["Content-Type"] = "application/json";
  let answer;
  try {
    answer = await fetch(BASE + path, {
      method,
      headers: sent,
      body: body === undefined ? undefined : JSON.stringify(body),
      credentials: "omit",
      cache: "no-store",
      signal,
    });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw Problem.unreachable();
  }
  if (answer.ok) return answer;
  throw refused(Problem.fromText(answer.status, await answer.text()), key);
}

/**
 * Create something with a POST. When the answer is lost on the way it is sent once more, with the
 * same Idempotency-Key: the server then answers with what it made the first time.
 */
export async function create(path, body) {
  const options = { method: "POST", body, headers: { "Idempotency-Key": randomId() } };
  try {
    return await request(path, options);
  } catch (problem) {
    if (problem.code !== "unreachable") throw problem;
    await new Promise((resolve) => setTimeout(resolve, RETRY_MILLISECONDS));
    return request(path, options);
  }
}

/** Not crypto.randomUUID, which is missing where a page comes over plain HTTP. */
export function randomId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/**
 * Send a file. `onProgress(bytesSent)`; returns {answer: Promise<JSON>, abort()}. An
 * XMLHttpRequest, since fetch does not tell how far an upload is.
 */
export function sendFile(path, form, onProgress) {
  const xhr = new XMLHttpRequest();
  const loaded = new Promise((resolve, reject) => {
    xhr.upload.addEventListener("progress", (event) => onProgress(event.loaded));
    xhr.addEventListener("error", () => reject(Problem.unreachable()));
    xhr.addEventListener("abort", () => reject(new DOMException("cancelled", "AbortError")));
    xhr.addEventListener("load", resolve);
  });
  const answer = loaded.then(() => {
    if (xhr.status < 300) return parsed(xhr.status, xhr.responseText);
    throw refused(Problem.fromText(xhr.status, xhr.responseText));
  });
  xhr.open("POST", BASE + path);
  xhr.setRequestHeader("X-API-Key", state.key);
  xhr.setRequestHeader("Accept", "application/json");
  xhr.send(form);
  return { answer, abort: () => xhr.abort() };
}

/** A success that is no JSON came from something in between, a proxy's own page, say. */
function parsed(status, text) {
  try {
    return JSON.parse(text);
  } catch {
    throw Problem.fromText(status, text);
  }
}

function refused(problem, triedKey) {
  // A key that is only being tried is the log-in's business.
  if (problem.status === 401 && triedKey === undefined) forgetKey(problem);
  return problem;
}
