"""The few calls the tour makes of the public API."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import requests
import socketio

ENDED = {"completed", "failed", "cancelled"}
#: Where nothing is heard for this long, the job is asked for over REST.
QUIET_SECONDS = 2.0


class Refused(Exception):
    """The server said no. The text is the problem's own."""


class Client:
    """REST calls with one key, and the events of one job. Every call may raise Refused."""

    def __init__(self, url: str, key: str) -> None:
        self._url = url
        self._key = key
        self._session = requests.Session()
        self._session.headers["X-API-Key"] = key

    def is_empty(self) -> bool:
        """Whether nobody has uploaded anything yet."""
        return bool(self._json("GET", "/v1/db/uploads")["total_uploads"] == 0)

    def upload(self, file: Path) -> dict[str, Any]:
        return self._json(
            "POST", "/v1/upload/csv", files={"file": (file.name, file.read_bytes())}
        )

    def submit(self, upload_id: int, modules: list[Any]) -> dict[str, Any]:
        body = {"upload_id": upload_id, "modules": modules}
        return self._json("POST", "/v1/queue/submit", json=body)

    def follow(self, job_id: str) -> Iterator[dict[str, Any]]:
        """The job's updates as they come, from its first to the one that says how it ended."""
        with socketio.SimpleClient() as socket:
            socket.connect(self._url, auth={"api_key": self._key}, transports=["websocket"])
            ack = socket.call("subscribe", {"job_id": job_id, "after_seq": 0})
            waiting = list(ack["missed"])
            while True:
                for update in waiting:
                    yield update
                    if update["status"] in ENDED:
                        return
                waiting = self._next(socket, job_id)

    def job(self, job_id: str) -> dict[str, Any]:
        return self._json("GET", f"/v1/queue/jobs/{job_id}")

    def report(self, job_id: str) -> dict[str, Any]:
        return self._json("GET", f"/v1/queue/jobs/{job_id}/report")

    def download(self, job_id: str, what: str) -> bytes:
        """`what`: "result" or "rejects"."""
        return self._call("GET", f"/v1/queue/jobs/{job_id}/{what}").content

    def _next(self, socket: socketio.SimpleClient, job_id: str) -> list[dict[str, Any]]:
        try:
            event, update = socket.receive(timeout=QUIET_SECONDS)
        except socketio.exceptions.TimeoutError:
            return [self.job(job_id)]
        return [update] if event == "job_update" else []

    def _json(self, method: str, path: str, **options: Any) -> dict[str, Any]:
        answer: dict[str, Any] = self._call(method, path, **options).json()
        return answer

    def _call(self, method: str, path: str, **options: Any) -> requests.Response:
        answer = self._session.request(method, self._url + path, timeout=120, **options)
        if not answer.ok:
            raise Refused(answer.json()["detail"])
        return answer
