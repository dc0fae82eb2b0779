// Watches jobs and prints what it sees, a JSON object a line:
//   node watch.js URL KEY JOB_ID [AFTER_SEQ]      follows one job until it has ended
//   node watch.js URL KEY all SECONDS             follows every job for a while
import { io } from "socket.io-client";

const [url, key, what, extra] = process.argv.slice(2);
const ENDED = new Set(["completed", "failed", "cancelled"]);
const say = (kind, data) => process.stdout.write(JSON.stringify({ kind, data }) + "\n");
const socket = io(url, {
  auth: { api_key: key },
  transports: [process.env.TRANSPORT || "websocket"],
  reconnection: false,
});

function leave() {
  socket.close();
  process.exit(0);
}

socket.on("connect_error", (error) => {
  say("connect_error", { message: error.message, data: error.data });
  leave();
});
socket.on("job_update", (update) => {
  say("job_update", update);
  if (ENDED.has(update.status)) leave();
});
socket.on("jobs_update", (updates) => say("jobs_update", updates));
socket.on("connect", async () => {
  say("connect", null);
  if (what === "all") {
    say("ack", await socket.emitWithAck("subscribe_all", {}));
    setTimeout(leave, Number(extra) * 1000);
    return;
  }
  const request = { job_id: what };
  if (extra !== undefined) request.after_seq = Number(extra);
  const ack = await socket.emitWithAck("subscribe", request);
  say("ack", ack);
  if (!ack.ok || ENDED.has(ack.job.status)) leave();
});
