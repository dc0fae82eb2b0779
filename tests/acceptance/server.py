"""A real server in a process of its own, and the few calls that tests make of it."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import psutil
import requests
import socketio

ROOT = Path(__file__).resolve().parents[2]
START_SECONDS = 40.0


class Server:
    """`python wsgi.py` on a free loopback port with an instance folder of its own."""

    def __init__(self, instance: Path, runtime: str, **settings: str) -> None:
        self.instance = instance
        self.runtime = runtime
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._settings = settings
        self._process: subprocess.Popen[bytes] | None = None
        self._apis: list[Api] = []

    def start(self) -> Server:
        """Start and wait until it answers."""
        self.launch()
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            assert self.process.poll() is None, self.log()
            try:
                if requests.get(f"{self.url}/v1/health", timeout=1).ok:
                    return self
            except requests.RequestException:
                time.sleep(0.05)
        raise AssertionError(f"the server did not answer in {START_SECONDS} s:\n{self.log()}")

    def launch(self, *arguments: str) -> subprocess.Popen[bytes]:
        """Start without waiting; `arguments` replace wsgi.py."""
        environ = {name: value for name, value in os.environ.items() if "NEATDATA" not in name}
        environ |= {
            "NEATDATA_INSTANCE_DIR": str(self.instance),
            "NEATDATA_PORT": str(self.port),
            "NEATDATA_ASYNC_MODE": self.runtime,
            "NEATDATA_SHUTDOWN_GRACE_SECONDS": "1",
            **{f"NEATDATA_{name.upper()}": value for name, value in self._settings.items()},
        }
        self.instance.mkdir(parents=True, exist_ok=True)
        with (self.instance / "server.log").open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, *(arguments or ("wsgi.py",))],
                cwd=ROOT,
                env=environ,
                stdout=log,
                stderr=log,
                # A group of its own, so that a test can kill the server with its engines, or
                # without.
                start_new_session=True,
            )
        return self._process

    @property
    def process(self) -> subprocess.Popen[bytes]:
        assert self._process is not None
        return self._process

    @property
    def admin_key(self) -> str:
        return (self.instance / "admin.key").read_text().strip()

    def log(self) -> str:
        return (self.instance / "server.log").read_text(errors="replace")

    def family(self) -> list[psutil.Process]:
        """The master and everything below it."""
        master = psutil.Process(self.process.pid)
        return [master, *master.children(recursive=True)]

    def engines(self) -> list[psutil.Process]:
        return [process for process in self.family() if "app.engine" in process.cmdline()]

    def stop(self) -> int:
        """SIGTERM, and the exit status."""
        self._hang_up()
        if self.process.poll() is None:
            self.process.terminate()
        return self.process.wait(30)

    def kill(self) -> None:
        """SIGKILL to the server and all of its processes at once, as a power cut would."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(10)
        self._hang_up()

    def api(self, key: str | None = None) -> Api:
        self._apis.append(Api(self.url, key or self.admin_key))
        return self._apis[-1]

    def _hang_up(self) -> None:
        for api in self._apis:
            api.close()

    def flask(self, *arguments: str) -> str:
        """Standard output of a `flask` command over this instance."""
        return subprocess.run(
            [sys.executable, "-W", "ignore", "-m", "flask", "--app", "wsgi", *arguments],
            cwd=ROOT,
            env={**os.environ, "NEATDATA_INSTANCE_DIR": str(self.instance)},
            check=True,
            capture_output=True,
            text=True,
            timeout=60,
        ).stdout


class Api:
    """REST calls with one key."""

    def __init__(self, url: str, key: str) -> None:
        self.url = url
        self.key = key
        self._session = requests.Session()
        self._session.headers["X-API-Key"] = key

    def close(self) -> None:
        """Close idle connections; the next call opens one."""
        self._session.close()

    def get(self, path: str, **options: Any) -> requests.Response:
        return self._session.get(self.url + path, timeout=60, **options)

    def post(self, path: str, **options: Any) -> requests.Response:
        return self._session.post(self.url + path, timeout=120, **options)

    def upload(self, content: bytes | Path, name: str = "table.csv") -> int:
        data = content.read_bytes() if isinstance(content, Path) else content
        answer = self.post("/v1/upload/csv", files={"file": (name, data)})
        assert answer.ok, answer.text
        upload_id: int = answer.json()["upload_id"]
        return upload_id

    def submit(self, upload_id: int, *modules: Any) -> dict[str, Any]:
        answer = self.post(
            "/v1/queue/submit", json={"upload_id": upload_id, "modules": list(modules)}
        )
        assert answer.status_code == 201, answer.text
        job: dict[str, Any] = answer.json()
        return job

    def job(self, job_id: str) -> dict[str, Any]:
        job: dict[str, Any] = self.get(f"/v1/queue/jobs/{job_id}").json()
        return job

    def ended(self, job_id: str, seconds: float = 60) -> dict[str, Any]:
        """The job once it has ended, by long polls."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            job: dict[str, Any] = self.get(f"/v1/queue/jobs/{job_id}?wait=5").json()
            if job["status"] in ("completed", "failed", "cancelled"):
                return job
        raise AssertionError(f"job {job_id} did not end: {job}")

    def result(self, job_id: str) -> bytes:
        answer = self.get(f"/v1/queue/jobs/{job_id}/result")
        assert answer.ok, answer.text
        return answer.content

    def watch(self, **auth: Any) -> socketio.SimpleClient:
        """A connected Socket.IO client."""
        client = socketio.SimpleClient()
        client.connect(self.url, auth=auth or {"api_key": self.key}, transports=["websocket"])
        return client


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
