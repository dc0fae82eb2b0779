/**
 * Downloads. The key goes in a header, never in a URL, so a plain link cannot fetch a result: the
 * file is fetched, counted on its way, and handed to the browser to save.
 */

import { open } from "./api.js";
import { t } from "./i18n.js";
import { announce, change, state } from "./state.js";

/** Fetch `path` and save it under the name the server gives it. Shows a Problem where it fails. */
export async function save(path) {
  if (state.download !== null && state.download.problem === null) return;
  const controller = new AbortController();
  const download = {
    path,
    received: 0,
    total: null,
    problem: null,
    abort: () => controller.abort(),
  };
  change((state) => {
    state.download = download;
  });
  try {
    const answer = await open(path, { headers: { Accept: "*/*" }, signal: controller.signal });
    download.total = Number(answer.headers.get("Content-Length")) || null;
    const name = fileName(answer.headers.get("Content-Disposition")) ?? "neatdata";
    hand(await counted(answer, download).blob(), name);
    finish(download);
    announce(t("announce.downloaded", { name }));
  } catch (problem) {
    if (problem.name === "AbortError") finish(download);
    else
      change(() => {
        download.problem = problem;
      });
  }
}

/** Have the browser save a text that is here already. */
export function saveText(name, text, type) {
  hand(new Blob([text], { type }), name);
  announce(t("announce.downloaded", { name }));
}

export function finish(download) {
  change((state) => {
    if (state.download === download) state.download = null;
  });
}

function counted(answer, download) {
  const counter = new TransformStream({
    transform(chunk, controller) {
      change(() => {
        download.received += chunk.byteLength;
      });
      controller.enqueue(chunk);
    },
  });
  return new Response(answer.body.pipeThrough(counter), {
    headers: { "Content-Type": answer.headers.get("Content-Type") },
  });
}

function hand(blob, name) {
  const url = URL.createObjectURL(blob);
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  // The browser has read the blob's address by then, not the blob itself.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

/** The name in a Content-Disposition header: RFC 6266, the encoded form first. */
export function fileName(disposition) {
  const encoded = /filename\*=UTF-8''([^;]+)/i.exec(disposition ?? "");
  if (encoded !== null) return decodeURIComponent(encoded[1]);
  const plain = /filename="?([^";]+)"?/i.exec(disposition ?? "");
  return plain === null ? null : plain[1];
}
