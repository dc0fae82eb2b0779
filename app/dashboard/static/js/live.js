/**
 * The socket: one for the page. It is in the room of all jobs while logged in, and in the rooms of
 * the jobs being watched. After a break each subscription is made again with the last seq known,
 * so nothing that was stored meanwhile is missed.
 */

import { io } from "../vendor/socket.io-client/socket.io.esm.min.js";
import { learnUpdate, newestSeq } from "./jobs.js";
import { Problem } from "./problem.js";
import { forgetKey } from "./session.js";
import { change } from "./state.js";

const ACK_MILLISECONDS = 10_000;
const MOST_MILLISECONDS_APART = 4000;
const OPTIONS = {
  reconnectionDelay: 500,
  reconnectionDelayMax: MOST_MILLISECONDS_APART,
  // Polling is for networks that let no WebSocket through.
  transports: ["websocket", "polling"],
  tryAllTransports: true,
};

let socket = null;
/** The time of the newest thing told, from which the room of all jobs is caught up. */
let toldUntil = null;
const watched = new Set();

export function connect(key) {
  disconnect();
  say("connecting");
  socket = io({ auth: { api_key: key }, ...OPTIONS });
  socket.on("connect", catchUp);
  socket.on("disconnect", (reason) => lost(reason));
  socket.on("connect_error", (error) => refused(error));
  socket.on("job_update", learnUpdate);
  socket.on("jobs_update", (updates) => updates.forEach(learn));
}

export function disconnect() {
  socket?.disconnect();
  socket = null;
  toldUntil = null;
  watched.clear();
  say("offline");
}

/** Follow one job with every step, until `unwatch`. */
export function watch(jobId) {
  watched.add(jobId);
  if (socket?.connected) subscribe(jobId);
}

export function unwatch(jobId) {
  watched.delete(jobId);
  if (socket?.connected) socket.emit("unsubscribe", { job_id: jobId });
}

async function catchUp() {
  const all = await ask("subscribe_all", toldUntil === null ? {} : { since: toldUntil });
  if (all === null) return;
  say("online");
  all.jobs.forEach(learn);
  toldUntil = all.timestamp;
  watched.forEach(subscribe);
}

async function subscribe(jobId) {
  const seq = newestSeq(jobId);
  const ack = await ask(
    "subscribe",
    seq === null ? { job_id: jobId } : { job_id: jobId, after_seq: seq },
  );
  if (ack === null) return;
  ack.missed.forEach(learnUpdate);
  // Percentages are not stored: the row itself may be ahead of the last one that was.
  learnUpdate(ack.job, { trusted: ack.resync });
}

/** An acknowledged answer, or null: the connection broke, or the request is refused (REST says why). */
async function ask(event, payload) {
  try {
    const ack = await socket.timeout(ACK_MILLISECONDS).emitWithAck(event, payload);
    return ack.ok ? ack : null;
  } catch {
    // Asked again on the next connect; a server that is silent is not connected for long.
    return null;
  }
}

function learn(update) {
  if (toldUntil !== null && update.timestamp > toldUntil) toldUntil = update.timestamp;
  learnUpdate(update);
}

function lost(reason) {
  if (reason === "io client disconnect") return;
  say("reconnecting");
  // The client only comes back by itself when it was the connection that broke. Shown the door by
  // the server, it must knock: a revoked key then learns so.
  if (reason === "io server disconnect") socket.connect();
}

function refused(error) {
  if (error.data?.status === 401) {
    forgetKey(new Problem(error.data));
    return;
  }
  say("reconnecting");
  // A refusal ends the client's own attempts.
  if (!socket.active) setTimeout(() => socket?.connect(), MOST_MILLISECONDS_APART);
}

function say(connection) {
  change((state) => {
    state.connection = connection;
  });
}
