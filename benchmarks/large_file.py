"""A 500 MB file through the running server: `python -m benchmarks.large_file [--rows N]`.

The real server, as `python wsgi.py` starts it, gets the file by a real upload and cleans it in
a job, while someone asks `GET /v1/health` all the time on a connection of his own. Memory is
that of the server process, and of the largest of its engine processes.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil

from benchmarks.tables import TABLES

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "build" / "benchmarks"
PIPELINE = [
    "standardize_headers",
    "text_normalize",
    "trim_spaces",
    "drop_duplicates",
    "handle_missing",
    "convert_types",
]
HEALTH_SECONDS = 0.02  # between two questions
MEMORY_SECONDS = 0.05  # between two looks
MB = 1_000_000


class Health(threading.Thread):
    """Asks whether the server is up, over and over, and keeps how long each answer took."""

    def __init__(self, port: int) -> None:
        super().__init__(daemon=True)
        self._port = port
        self._stopped = threading.Event()
        self.milliseconds: list[float] = []
        self.failures = 0

    def run(self) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=30)
        while not self.milliseconds or not self._stopped.wait(HEALTH_SECONDS):
            began = time.perf_counter()
            try:
                connection.request("GET", "/v1/health")
                self.failures += connection.getresponse().read()[:1] != b"{"
            except (OSError, http.client.HTTPException):
                self.failures += 1
                connection.close()
            self.milliseconds.append((time.perf_counter() - began) * 1000)
        connection.close()

    def stop(self) -> None:
        self._stopped.set()
        self.join()


class Memory(threading.Thread):
    """Looks at the processes of the server, over and over, and keeps the peaks in bytes."""

    def __init__(self, master: int) -> None:
        super().__init__(daemon=True)
        self._master = psutil.Process(master)
        self._stopped = threading.Event()
        self.server = self.engine = 0

    def run(self) -> None:
        while not self._stopped.wait(MEMORY_SECONDS):
            for process in self._master.children(recursive=True):
                try:
                    memory = process.memory_info()
                    is_engine = "app.engine" in process.cmdline()
                except psutil.Error:
                    continue  # it has just ended
                if is_engine:
                    # Files that Polars maps are the system's to drop, as in the server's limit.
                    self.engine = max(self.engine, memory.rss - memory.shared)
                else:
                    self.server = max(self.server, memory.rss)

    def stop(self) -> None:
        self._stopped.set()
        self.join()


class Api:
    """The few calls this needs; the file is streamed, so that this process stays small."""

    def __init__(self, port: int, key: str) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=900)
        self._key = key

    def call(self, method: str, path: str, body: Any = None) -> dict[str, Any]:
        headers = {"X-API-Key": self._key, "Content-Type": "application/json"}
        self._connection.request(method, path, json.dumps(body) if body else None, headers)
        return self._answer()

    def upload(self, file: Path) -> dict[str, Any]:
        head = (
            "--b\r\nContent-Disposition: form-data; "
            f'name="file"; filename="{file.name}"\r\n\r\n'
        ).encode()
        tail = b"\r\n--b--\r\n"
        size = len(head) + file.stat().st_size + len(tail)
        self._connection.putrequest("POST", "/v1/upload/csv")
        self._connection.putheader("X-API-Key", self._key)
        self._connection.putheader("Content-Type", "multipart/form-data; boundary=b")
        self._connection.putheader("Content-Length", str(size))
        self._connection.endheaders(head)
        with file.open("rb") as source:
            while piece := source.read(1 << 20):
                self._connection.send(piece)
        self._connection.send(tail)
        return self._answer()

    def download(self, path: str) -> int:
        """How many bytes came."""
        self._connection.request("GET", path, headers={"X-API-Key": self._key})
        answer, size = self._connection.getresponse(), 0
        while piece := answer.read(1 << 20):
            size += len(piece)
        return size

    def _answer(self) -> dict[str, Any]:
        answer = self._connection.getresponse()
        document: dict[str, Any] = json.loads(answer.read())
        if answer.status >= 400:
            sys.exit(f"the server refused: {document['detail']}")
        return document


@contextmanager
def server(instance: Path, runtime: str) -> Iterator[tuple[int, int]]:
    """A running server's pid and port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    environ = {name: value for name, value in os.environ.items() if "NEATDATA" not in name}
    environ |= {
        "NEATDATA_INSTANCE_DIR": str(instance),
        "NEATDATA_PORT": str(port),
        "NEATDATA_ASYNC_MODE": runtime,
        "NEATDATA_LOG_LEVEL": "warning",
    }
    process = subprocess.Popen([sys.executable, "wsgi.py"], cwd=ROOT, env=environ)
    try:
        wait_until_up(port)
        yield process.pid, port
    finally:
        process.terminate()
        process.wait()


def wait_until_up(port: int) -> None:
    while True:
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
            connection.request("GET", "/v1/health")
            connection.getresponse().read()
            connection.close()
            return
        except OSError:
            time.sleep(0.1)


def clean(api: Api, upload_id: int) -> dict[str, Any]:
    """The job, once it has ended."""
    job = api.call("POST", "/v1/queue/submit", {"upload_id": upload_id, "modules": PIPELINE})
    while job["status"] in ("pending", "processing"):
        job = api.call("GET", f"/v1/queue/jobs/{job['id']}?wait=30")
    if job["status"] != "completed":
        sys.exit(f"the job {job['status']}: {job['error_message']}")
    return job


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=5_700_000)
    parser.add_argument("--runtime", choices=["eventlet", "threading"], default="eventlet")
    arguments = parser.parse_args()
    source = TABLES["messy"].make(FOLDER / f"messy-{arguments.rows}.csv", arguments.rows)
    size = source.stat().st_size
    print(f"{size / MB:,.0f} MB, {arguments.rows:,} rows, {arguments.runtime}", flush=True)
    with (
        tempfile.TemporaryDirectory(dir=FOLDER) as instance,
        server(Path(instance), arguments.runtime) as (pid, port),
    ):
        measure(Path(instance), source, pid, port)


def measure(instance: Path, source: Path, pid: int, port: int) -> None:
    size = source.stat().st_size
    api = Api(port, (instance / "admin.key").read_text().strip())
    memory = Memory(pid)
    memory.start()
    health = under_way(port)
    began = time.perf_counter()
    upload = api.upload(source)
    row("upload", began, size, health)

    health = under_way(port)
    began = time.perf_counter()
    job = clean(api, upload["upload_id"])
    row("clean", began, size, health)

    health = under_way(port)
    began = time.perf_counter()
    received = api.download(f"/v1/queue/jobs/{job['id']}/result")
    row("download", began, received, health)
    memory.stop()
    result = job["result"]
    print(
        f"{result['rows_in']:,} rows in, {result['rows_out']:,} out; peak memory: "
        f"server {memory.server / MB:.0f} MB, engine {memory.engine / MB:.0f} MB"
    )


def under_way(port: int) -> Health:
    health = Health(port)
    health.start()
    return health


def row(label: str, began: float, size: int, health: Health) -> None:
    took = time.perf_counter() - began
    health.stop()
    answers = sorted(health.milliseconds)
    p99 = answers[min(len(answers) - 1, int(len(answers) * 0.99))]
    print(
        f"{label:9} {took:6.1f} s {size / MB / took:6.0f} MB/s   "
        f"health: {len(answers)} answers, {health.failures} failed, "
        f"p50 {statistics.median(answers):.1f} ms, p99 {p99:.1f} ms, max {answers[-1]:.1f} ms",
        flush=True,
    )


if __name__ == "__main__":
    main()
