"""What must hold afterwards, seen from outside: over REST, in the folder, in the database file
and by a client that watched.
"""

from __future__ import annotations

import hashlib
import itertools
import sqlite3
import time
from collections import Counter
from pathlib import Path
from typing import Any

from tests.chaos.client import ENDED, Client

#: Statuses that may follow one another. Staying is a change of step.
FOLLOWS = {
    "pending": {"processing", "cancelled", "failed"},
    "processing": {"processing", "pending", *ENDED},
}
MAX_ENGINE_DEATHS = 3
TRIED_AGAIN = "Waiting to be tried again"


class Stillness:
    """Notes which jobs have ended, and finds the one that moves afterwards."""

    def __init__(self) -> None:
        self._ended: dict[str, tuple[Any, ...]] = {}

    def look(self, jobs: list[dict[str, Any]]) -> None:
        for job in jobs:
            state = (job["status"], job["seq"], job["attempt"], job["completed_at"])
            known = self._ended.get(job["id"])
            assert known in (None, state), f"{job['id']} moved from {known} to {state}"
            if job["status"] in ENDED:
                self._ended[job["id"]] = state


def all_jobs(client: Client) -> list[dict[str, Any]]:
    jobs: list[dict[str, Any]] = []
    cursor = ""
    while cursor is not None:
        page = client.send("get", f"/v1/queue/jobs?limit=1000{cursor}").json()
        jobs += page["jobs"]
        cursor = page["next_cursor"] and f"&cursor={page['next_cursor']}"
    return jobs


def events(client: Client, job_id: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = client.send(
        "get", f"/v1/queue/jobs/{job_id}/events?limit=500"
    ).json()["events"]
    return found


def fingerprint(client: Client, job_id: str) -> str:
    """Of the clean file and of the refused records."""
    digest = hashlib.sha256()
    for kind in ("result", "rejects"):
        answer = client.send("get", f"/v1/queue/jobs/{job_id}/{kind}")
        assert answer.status_code == 200, answer.text
        digest.update(answer.content)
    return digest.hexdigest()


def check_events(job: dict[str, Any], stored: list[dict[str, Any]]) -> None:
    """Each change of status and step stored once, in order, and nothing after the end."""
    where = f"{job['id']}: {[(e['seq'], e['status'], e['current_step']) for e in stored]}"
    seqs = [event["seq"] for event in stored]
    assert seqs == sorted(set(seqs)), where
    assert stored[0]["status"] == "pending" and stored[0]["seq"] == 1, where
    assert (stored[-1]["status"], stored[-1]["seq"]) == (job["status"], job["seq"]), where
    for before, after in itertools.pairwise(stored):
        assert after["status"] in FOLLOWS.get(before["status"], set()), where
        began = after["attempt"] - before["attempt"]
        assert began == (before["status"] == "pending" and after["status"] == "processing"), (
            where
        )
        assert _state(before) != _state(after), f"stored twice: {where}"
    starts = [
        event["attempt"]
        for event in stored
        if (event["status"], event["current_step"]) == ("processing", "starting")
    ]
    assert starts == list(range(1, job["attempt"] + 1)), where
    if job["status"] == "failed":
        tried = sum(TRIED_AGAIN in (event["step_message"] or "") for event in stored)
        assert tried == MAX_ENGINE_DEATHS - 1, f"failed for no reason: {where}, {job}"


def check_watched(stored: list[dict[str, Any]], seen: list[dict[str, Any]]) -> None:
    """The watcher saw every stored update, each once, in order; progress never went back."""
    job_id = stored[0]["job_id"]
    seqs = [update["seq"] for update in seen]
    assert seqs == sorted(set(seqs)), f"{job_id}: out of order or twice: {seqs}"
    missing = {event["seq"] for event in stored} - set(seqs)
    assert not missing, f"{job_id}: the watcher missed {sorted(missing)}, and saw {seqs}"
    by_seq = {update["seq"]: update for update in seen}
    assert all(by_seq[event["seq"]] == event for event in stored), job_id
    for before, after in itertools.pairwise(seen):
        if before["attempt"] == after["attempt"] and after["status"] == "processing":
            assert after["progress_percent"] >= before["progress_percent"], (before, after)


def check_files(instance: Path, jobs: list[dict[str, Any]], uploads: int) -> None:
    """One folder of results for each completed job and none besides; nothing half-made."""
    files = instance / "files"
    made = Counter(path.name.rpartition(".")[0] for path in (files / "results").iterdir())
    completed = Counter(job["id"] for job in jobs if job["status"] == "completed")
    assert made == completed, f"{made - completed} too many, {completed - made} missing"
    assert len(list((files / "uploads").iterdir())) == uploads
    deadline = time.monotonic() + 5
    while left := [str(p) for name in ("incoming", "work") for p in (files / name).iterdir()]:
        assert time.monotonic() < deadline, f"left behind: {left}"
        time.sleep(0.1)


def check_database(instance: Path) -> None:
    connection = sqlite3.connect(instance / "neatdata.db")
    try:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
        running = "SELECT count(*) FROM idempotent_requests WHERE running"
        assert connection.execute(running).fetchone() == (0,), "a request runs for ever"
    finally:
        connection.close()


def _state(event: dict[str, Any]) -> tuple[Any, ...]:
    return event["status"], event["current_step"], event["attempt"], event["step_message"]
