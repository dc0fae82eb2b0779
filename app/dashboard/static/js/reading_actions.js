/**
 * Reading a file in another way: it is sent again with what the reader knows better, and takes the
 * place of the first reading. state.file.transfer is that sending, see transfers.js.
 */

import { request } from "./api.js";
import { carrySteps } from "./file_actions.js";
import { address } from "./router.js";
import { change, state } from "./state.js";
import { newTransfer, send } from "./transfers.js";
import { forgetUpload } from "./uploads.js";

/** `settings`: {encoding, delimiter, header, skip_lines, sheet}, those that are to be as said. */
export async function readAgain(uploadId, file, settings) {
  const transfer = newTransfer(file, { ...state.sources.get(uploadId)?.settings, ...settings });
  change((state) => {
    state.file.transfer = transfer;
  });
  await send(transfer);
  if (transfer.phase !== "done") return;
  carrySteps(uploadId, transfer.uploadId);
  // Not `go`: the way back must not lead to a reading that is gone.
  if (state.file?.id === uploadId) location.replace(address.file(transfer.uploadId));
  await dropUnused(uploadId);
}

/** The first reading goes, unless a job has used it. */
async function dropUnused(uploadId) {
  const { total_logs: used } = await request(`/db/logs/${uploadId}?limit=1`);
  if (used > 0) return;
  try {
    await request(`/db/uploads/${uploadId}`, { method: "DELETE" });
    forgetUpload(uploadId);
  } catch (problem) {
    // A job is just using it: so it stays.
    if (problem.status !== 409) throw problem;
  }
}
