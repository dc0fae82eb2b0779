/** What is known of uploads: the list tells the least, the upload itself how it was read. */

import { request } from "./api.js";
import { change, state } from "./state.js";

export function learnUpload(upload) {
  change((state) => {
    state.uploads.set(upload.id, { ...state.uploads.get(upload.id), ...upload });
  });
}

/** Throws Problem. */
export async function fetchUpload(uploadId) {
  const { data } = await request(`/db/uploads/${uploadId}`);
  learnUpload(data);
  return data;
}

export function forgetUpload(uploadId) {
  change((state) => {
    state.uploads.delete(uploadId);
    state.sources.delete(uploadId);
    // Its jobs went with it.
    for (const job of state.jobs.values()) if (job.upload_id === uploadId) state.jobs.delete(job.id);
    state.uploadList.ids = state.uploadList.ids.filter((id) => id !== uploadId);
  });
}

/** A job names its upload by id; people know it by its file's name. Throws Problem. */
export async function fetchUploadsOf(jobs) {
  const unknown = new Set(jobs.map((job) => job.upload_id).filter((id) => !state.uploads.has(id)));
  await Promise.all([...unknown].map(fetchUnlessDeleted));
}

async function fetchUnlessDeleted(uploadId) {
  try {
    await fetchUpload(uploadId);
  } catch (problem) {
    // Deleted between the list of jobs and now, its jobs with it.
    if (problem.status !== 404) throw problem;
    forgetUpload(uploadId);
  }
}
