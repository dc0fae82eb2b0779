"""One run: a quiet one for comparison, then a storm, then the checks."""

from __future__ import annotations

import contextlib
import os
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

from tests.acceptance.server import Server
from tests.acceptance.tables import MESSY, PIPELINE, large
from tests.chaos.checks import (
    Stillness,
    all_jobs,
    check_database,
    check_events,
    check_files,
    check_watched,
    events,
    fingerprint,
)
from tests.chaos.client import Client
from tests.chaos.faults import Faults
from tests.chaos.watcher import Watcher

ROWS = (2_000, 30_000, 100_000)


@dataclass(frozen=True, kw_only=True)
class Figures:
    """What a run came to. That there is one says that nothing was lost."""

    seed: int
    runtime: str
    seconds: float
    faults: dict[str, int]
    kills: int
    jobs: int
    ended: dict[str, int]
    attempts: int
    events: int
    updates_seen: int
    reconnects: int
    requests_resent: int

    def __str__(self) -> str:
        lines = [f"{name.replace('_', ' '):>16}  {value}" for name, value in vars(self).items()]
        return "\n".join([*lines, f"{'losses':>16}  0"])


def storm(
    folder: Path, runtime: str, node: str, *, seed: int, seconds: float, long_freezes: bool
) -> Figures:
    """Run jobs for `seconds` under faults. Raises AssertionError for anything lost, stuck,
    twice, out of order or left behind.
    """
    server = Server(folder / "instance", runtime, workers="2").start()
    watcher = Watcher(node, server.url, server.admin_key, folder / "seen.jsonl")
    tables = [MESSY, *(large(rows) for rows in ROWS)]
    client = Client(server.url, server.admin_key, tables, PIPELINE, seed, watcher.follow)
    try:
        return _storm(server, watcher, client, runtime, seed, seconds, long_freezes)
    finally:
        watcher.stop()
        client.close()
        if server.process.poll() is None:
            server.kill()


def _storm(
    server: Server,
    watcher: Watcher,
    client: Client,
    runtime: str,
    seed: int,
    seconds: float,
    long_freezes: bool,
) -> Figures:
    expected = _quiet(client)
    faults = Faults(server, watcher, seed, long_freezes=long_freezes)
    stillness = Stillness()
    began = time.monotonic()
    client.start()
    try:
        while time.monotonic() - began < seconds:
            faults.wait()
            faults.inject()
            assert server.process.poll() is None, server.log()[-3000:]
            stillness.look(all_jobs(client))
    finally:
        client.leave()
    for job_id in client.accepted.jobs:
        client.ended(job_id)
    took = time.monotonic() - began

    jobs = all_jobs(client)
    stillness.look(jobs)
    assert {job["id"] for job in jobs} == set(client.accepted.jobs), "lost, or made twice"
    stored = {job["id"]: events(client, job["id"]) for job in jobs}
    _wait_for(watcher, stored)
    seen = watcher.updates()
    for job in jobs:
        check_events(job, stored[job["id"]])
        check_watched(stored[job["id"]], seen.get(job["id"], []))
        if job["status"] == "completed":
            assert fingerprint(client, job["id"]) == expected[client.accepted.jobs[job["id"]]]
    kinds = Counter(line["kind"] for line in watcher.seen())
    assert kinds["trouble"] == 0, [x for x in watcher.seen() if x["kind"] == "trouble"]
    check_files(server.instance, jobs, client.accepted.uploads)
    client.close()
    assert server.stop() == 0
    check_database(server.instance)
    _check_gone(faults.groups)
    return Figures(
        seed=seed,
        runtime=runtime,
        seconds=round(took, 1),
        faults=dict(faults.done),
        kills=faults.kills,
        jobs=len(jobs),
        ended=dict(Counter(job["status"] for job in jobs)),
        attempts=sum(job["attempt"] for job in jobs),
        events=sum(map(len, stored.values())),
        updates_seen=sum(map(len, seen.values())),
        reconnects=kinds["connect"] - 1,
        requests_resent=client.accepted.resent,
    )


def _quiet(client: Client) -> list[str]:
    """Each table cleaned once, undisturbed: what comes out."""
    client.upload_all()
    results = []
    for table in range(1 + len(ROWS)):
        job_id = client.submit(table)
        assert client.ended(job_id)["status"] == "completed"
        results.append(fingerprint(client, job_id))
    return results


def _wait_for(watcher: Watcher, stored: dict[str, list[dict[str, Any]]]) -> None:
    """Give the watcher the time to come back and catch up."""
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        seen = watcher.updates()
        if all(seen.get(job_id, [{}])[-1] == last[-1] for job_id, last in stored.items()):
            return
        time.sleep(0.2)


def _check_gone(groups: set[int]) -> None:
    """No process of any server there was is left."""
    left = []
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.NoSuchProcess, ProcessLookupError):
            # One that has ended and that nobody has asked about yet is no trouble.
            gone = process.status() == psutil.STATUS_ZOMBIE
            if not gone and os.getpgid(process.pid) in groups:
                left.append(process)
    assert not left, f"outlived their server: {left}"
