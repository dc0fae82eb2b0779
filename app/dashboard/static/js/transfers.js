/** Files on their way to the server, one after the other, and the list of those it has. */

import { randomId, request, sendFile } from "./api.js";
import { t } from "./i18n.js";
import { address, go } from "./router.js";
import { announce, change, state } from "./state.js";
import { learnUpload } from "./uploads.js";

const PAGE = 20;

/**
 * A file to be sent: {id, file, settings, name, size, sent, phase, problem, uploadId, abort}.
 * `settings` say how it is to be read, where the reader knows better than detection.
 */
export function newTransfer(file, settings = {}) {
  return {
    id: randomId(),
    file,
    settings,
    name: file.name,
    size: file.size,
    sent: 0,
    phase: "waiting",
    problem: null,
    uploadId: null,
    abort: null,
  };
}

/** Send files. A single one is opened when it has been read; of several, the list shows how each was. */
export function sendFiles(files) {
  const transfers = Array.from(files, (file) => newTransfer(file));
  change((state) => {
    state.transfers = [...transfers, ...state.transfers.filter((one) => one.phase !== "failed")];
  });
  return sendAll(transfers);
}

/** Send a file again whose sending failed. */
export function sendAgain(transfer) {
  change(() => {
    Object.assign(transfer, { phase: "waiting", sent: 0, problem: null });
  });
  return sendAll([transfer]);
}

async function sendAll(transfers) {
  for (const transfer of transfers) {
    if (transfer.phase === "waiting") await send(transfer);
  }
  if (transfers.length === 1 && transfers[0].phase === "done") {
    dismiss(transfers[0]);
    go(address.file(transfers[0].uploadId));
  }
}

/** Stop a file that is on its way, or take one that ended off the list. */
export function dismiss(transfer) {
  transfer.abort?.();
  change((state) => {
    transfer.phase = transfer.phase === "done" ? "done" : "cancelled";
    state.transfers = state.transfers.filter((one) => one !== transfer);
  });
}

/** Send one file; its `phase` tells how that ended. */
export async function send(transfer) {
  const form = new FormData();
  for (const [name, value] of Object.entries(transfer.settings)) form.append(name, String(value));
  form.append("file", transfer.file);
  const { answer, abort } = sendFile("/upload/csv", form, (sent) => {
    change(() => {
      // A multipart body is a little longer than its file.
      transfer.sent = Math.min(sent, transfer.size);
      transfer.phase = sent >= transfer.size ? "reading" : "sending";
    });
  });
  change(() => {
    transfer.phase = "sending";
    transfer.abort = abort;
  });
  try {
    arrived(transfer, await answer);
  } catch (problem) {
    if (problem.name === "AbortError") return;
    change(() => {
      transfer.phase = "failed";
      transfer.problem = problem;
      transfer.abort = null;
    });
    announce(t("announce.uploadFailed", { name: transfer.name }));
  }
}

function arrived(transfer, answer) {
  const { upload_id: id, message: _, status: __, timestamp, ...told } = answer;
  learnUpload({ ...told, id, uploaded_at: timestamp });
  change((state) => {
    transfer.phase = "done";
    transfer.abort = null;
    transfer.uploadId = id;
    state.sources.set(id, { file: transfer.file, settings: transfer.settings });
    if (!state.uploadList.ids.includes(id)) state.uploadList.ids = [id, ...state.uploadList.ids];
  });
  announce(t("announce.uploaded", { name: transfer.name }));
}

export function refreshUploads() {
  return loadUploads(null);
}

export function moreUploads() {
  return loadUploads(state.uploadList.cursor);
}

async function loadUploads(cursor) {
  change((state) => {
    state.uploadList.loading = true;
    state.uploadList.problem = null;
  });
  try {
    const query = new URLSearchParams({ limit: PAGE, ...(cursor === null ? {} : { cursor }) });
    const page = await request(`/db/uploads?${query}`);
    page.uploads.forEach(learnUpload);
    const ids = page.uploads.map((upload) => upload.id);
    change((state) => {
      const known = cursor === null ? [] : state.uploadList.ids;
      state.uploadList.ids = [...new Set([...known, ...ids])];
      state.uploadList.cursor = page.next_cursor ?? null;
    });
  } catch (problem) {
    change((state) => {
      state.uploadList.problem = problem;
    });
  } finally {
    change((state) => {
      state.uploadList.loading = false;
    });
  }
}
