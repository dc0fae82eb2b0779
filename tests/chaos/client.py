"""A caller that relies on the service: it sends every request until it is answered."""

from __future__ import annotations

import random
import threading
import time
import uuid
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import requests

from tests.acceptance.server import Api

ENDED = ("completed", "failed", "cancelled")
#: As many jobs as this under way at the same time.
UNDER_WAY = 8
#: One in so many jobs is cancelled, and one in so many comes with an upload of its own.
CANCEL_EVERY, UPLOAD_EVERY = 12, 10
PATIENCE = 120.0  # seconds


@dataclass
class Accepted:
    """What the server said yes to."""

    #: job -> which table.
    jobs: dict[str, int] = field(default_factory=dict)
    uploads: int = 0
    #: Requests that had to be sent again.
    resent: int = 0
    cancels: int = 0


class Client:
    """Submits jobs over the tables until it is told to stop."""

    def __init__(
        self,
        url: str,
        key: str,
        tables: list[bytes],
        pipeline: list[Any],
        seed: int,
        on_job: Callable[[str], None],
    ) -> None:
        self.accepted = Accepted()
        self._api = Api(url, key)
        self._tables = tables
        self._pipeline = pipeline
        self._random = random.Random(seed)
        self._on_job = on_job
        self._uploads: list[int] = []
        self._leaving = threading.Event()
        self._pool = ThreadPoolExecutor(1)
        self._stream: Future[None] | None = None

    def send(self, method: str, path: str, **options: Any) -> requests.Response:
        """The answer, however often it has to be asked for."""
        deadline = time.monotonic() + PATIENCE
        if method == "post":
            options["headers"] = {"Idempotency-Key": uuid.uuid4().hex}
        while True:
            try:
                answer: requests.Response = getattr(self._api, method)(path, **options)
                if answer.status_code < 500 and not _in_progress(answer):
                    return answer
            except requests.RequestException:
                if time.monotonic() > deadline:
                    raise
            assert time.monotonic() < deadline, answer.text
            self.accepted.resent += 1
            time.sleep(0.1)

    def submit(self, table: int) -> str:
        body = {"upload_id": self._uploads[table], "modules": self._pipeline}
        answer = self.send("post", "/v1/queue/submit", json=body)
        assert answer.status_code == 201, answer.text
        job_id: str = answer.json()["id"]
        self.accepted.jobs[job_id] = table
        self._on_job(job_id)
        return job_id

    def upload(self, table: int) -> int:
        files = {"file": ("table.csv", self._tables[table])}
        answer = self.send("post", "/v1/upload/csv", files=files)
        assert answer.status_code == 200, answer.text
        self.accepted.uploads += 1
        upload_id: int = answer.json()["upload_id"]
        return upload_id

    def upload_all(self) -> None:
        self._uploads = [self.upload(table) for table in range(len(self._tables))]

    def ended(self, job_id: str, seconds: float = PATIENCE) -> dict[str, Any]:
        deadline = time.monotonic() + seconds
        while True:
            job: dict[str, Any] = self.send("get", f"/v1/queue/jobs/{job_id}?wait=5").json()
            if job["status"] in ENDED:
                return job
            assert time.monotonic() < deadline, f"job {job_id} is stuck: {job}"

    def under_way(self) -> int:
        stats = self.send("get", "/v1/queue/stats").json()
        count: int = stats["pending"] + stats["processing"]
        return count

    def start(self) -> None:
        self._stream = self._pool.submit(self._submit_jobs)

    def leave(self) -> None:
        """Stop submitting, and raise what went wrong meanwhile."""
        self._leaving.set()
        if self._stream is not None:
            self._stream.result()

    def close(self) -> None:
        self._leaving.set()
        self._pool.shutdown()
        self._api.close()

    def _submit_jobs(self) -> None:
        while not self._leaving.wait(self._random.uniform(0.02, 0.3)):
            if self.under_way() < UNDER_WAY:
                self._work()

    def _work(self) -> None:
        table = self._random.randrange(len(self._tables))
        if self._random.randrange(UPLOAD_EVERY) == 0:
            self._uploads[table] = self.upload(table)
        job_id = self.submit(table)
        if self._random.randrange(CANCEL_EVERY) == 0:
            answer = self.send("post", f"/v1/queue/jobs/{job_id}/cancel")
            assert answer.status_code in (200, 202, 409), answer.text
            self.accepted.cancels += 1


def _in_progress(answer: requests.Response) -> bool:
    return answer.status_code == 409 and answer.json()["code"] == "request-in-progress"
