/** Programs that do what a job did, as text. */

import { ownParams } from "./steps.js";

/** {curl, Python, JavaScript}; the key comes from the environment. */
export function snippets({ origin, filename, modules }) {
  return {
    curl: curl(origin, filename, modules),
    Python: python(origin, filename, modules),
    JavaScript: javascript(origin, filename, modules),
  };
}

/** A planned pipeline as short as a request may say it: a key alone where all is as usual. */
export function slim(pipeline, catalogue) {
  return pipeline.map((module) => {
    const { key, on_error } = module;
    const params = ownParams(module, catalogue);
    const set = {
      ...(Object.keys(params).length > 0 && { params }),
      ...(on_error !== "fail" && { on_error }),
    };
    return Object.keys(set).length === 0 ? key : { key, ...set };
  });
}

function curl(origin, filename, steps) {
  const body = `{"upload_id": '$UPLOAD', "modules": ${inQuotes(JSON.stringify(steps))}}`;
  return `export NEATDATA_KEY=nd_...
UPLOAD=$(curl -s ${origin}/v1/upload/csv -H "X-API-Key: $NEATDATA_KEY" \\
  -F file=@'${inQuotes(filename)}' | python3 -c 'import json, sys; print(json.load(sys.stdin)["upload_id"])')
JOB=$(curl -s ${origin}/v1/queue/submit -H "X-API-Key: $NEATDATA_KEY" -H "Content-Type: application/json" \\
  -d '${body}' | python3 -c 'import json, sys; print(json.load(sys.stdin)["id"])')
curl -s "${origin}/v1/queue/jobs/$JOB?wait=60" -H "X-API-Key: $NEATDATA_KEY"
curl -s ${origin}/v1/queue/jobs/$JOB/result -H "X-API-Key: $NEATDATA_KEY" -o clean.csv
`;
}

function python(origin, filename, steps) {
  return `import os, requests

api = requests.Session()
api.headers["X-API-Key"] = os.environ["NEATDATA_KEY"]
v1 = "${origin}/v1"

with open(${JSON.stringify(filename)}, "rb") as file:
    upload = api.post(f"{v1}/upload/csv", files={"file": file}).json()
job = api.post(f"{v1}/queue/submit", json={
    "upload_id": upload["upload_id"],
    "modules": ${inPython(steps)},
}).json()
while job["status"] in ("pending", "processing"):
    job = api.get(f"{v1}/queue/jobs/{job['id']}?wait=30").json()
with open("clean.csv", "wb") as target:
    target.write(api.get(f"{v1}/queue/jobs/{job['id']}/result").content)
`;
}

function javascript(origin, filename, steps) {
  return `import { openAsBlob } from "node:fs";
import { writeFile } from "node:fs/promises";

const v1 = "${origin}/v1";
const headers = { "X-API-Key": process.env.NEATDATA_KEY };

const form = new FormData();
form.append("file", await openAsBlob(${JSON.stringify(filename)}), ${JSON.stringify(filename)});
const upload = await (await fetch(\`\${v1}/upload/csv\`, { method: "POST", headers, body: form })).json();
let job = await (
  await fetch(\`\${v1}/queue/submit\`, {
    method: "POST",
    headers: { ...headers, "Content-Type": "application/json" },
    body: JSON.stringify({ upload_id: upload.upload_id, modules: ${JSON.stringify(steps)} }),
  })
).json();
while (["pending", "processing"].includes(job.status)) {
  job = await (await fetch(\`\${v1}/queue/jobs/\${job.id}?wait=30\`, { headers })).json();
}
const result = await fetch(\`\${v1}/queue/jobs/\${job.id}/result\`, { headers });
await writeFile("clean.csv", Buffer.from(await result.arrayBuffer()));
`;
}

/** Text inside single quotes of a shell. */
function inQuotes(text) {
  return text.replaceAll("'", "'\\''");
}

function inPython(value) {
  if (value === null) return "None";
  if (value === true) return "True";
  if (value === false) return "False";
  if (Array.isArray(value)) return `[${value.map(inPython).join(", ")}]`;
  if (typeof value === "object") {
    return `{${Object.entries(value)
      .map(([name, one]) => `${JSON.stringify(name)}: ${inPython(one)}`)
      .join(", ")}}`;
  }
  return JSON.stringify(value);
}
