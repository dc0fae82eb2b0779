// Follows jobs through anything, as docs/events.md tells a client to:
//   node follow.js URL KEY
// A line on stdin is a job's id to follow, or "hang up" to lose the connection. Prints each update as it
// came, none dropped, a JSON object a line. Ends when stdin does.
import { createInterface } from "node:readline";
import { io } from "socket.io-client";

const [url, key] = process.argv.slice(2);
const ENDED = new Set(["completed", "failed", "cancelled"]);
const known = new Map(); // job -> newest seq, of the jobs that have not ended
const say = (kind, data) => process.stdout.write(JSON.stringify({ kind, data }) + "\n");
const socket = io(url, {
  auth: { api_key: key },
  transports: ["websocket"],
  reconnectionDelay: 100,
  reconnectionDelayMax: 500,
});

function take(update) {
  say("update", update);
  if (ENDED.has(update.status)) known.delete(update.job_id);
  else known.set(update.job_id, update.seq);
}

function follow(job_id) {
  // Sent now or not at all: a message kept for the next connection would come on top of its own.
  if (!socket.connected) return;
  socket.emit("subscribe", { job_id, after_seq: known.get(job_id) }, (ack) => {
    if (!ack.ok || ack.resync) say("trouble", ack);
    else ack.missed.forEach(take);
  });
}

socket.on("connect", () => {
  say("connect", null);
  [...known.keys()].forEach(follow);
});
socket.on("job_update", take);
socket.on("connect_error", (error) => {
  if (error.data) say("trouble", error.data);
  if (!socket.active) setTimeout(() => socket.connect(), 200);
});
socket.on("disconnect", () => {
  if (!socket.active) setTimeout(() => socket.connect(), 200);
});

const lines = createInterface({ input: process.stdin });
lines.on("line", (line) => {
  if (line === "hang up") {
    socket.io.engine?.close();
  } else {
    known.set(line, 0);
    follow(line);
  }
});
lines.on("close", () => process.exit(0));
