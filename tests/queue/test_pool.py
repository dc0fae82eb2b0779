"""The pool with real engines, real rows and real files."""

from __future__ import annotations

import os
import signal
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from app.models import ENDED, Job, JobStatus, Upload
from app.queue import pool as module
from app.queue.pool import WorkerPool
from app.services import Database, RunService
from app.storage import LocalStorage
from tests.conftest import Announcements
from tests.queue.conftest import PLENTY

Stored = Callable[[uuid.UUID], Job]
MakeJob = Callable[..., Job]


def modules(*keys: str) -> list[dict[str, Any]]:
    return [{"key": key, "params": {}, "on_error": "fail"} for key in keys]


@pytest.fixture
def start_pool(runs: RunService, modules_dir: Path) -> Iterator[Callable[..., WorkerPool]]:
    pools: list[WorkerPool] = []

    def start(workers: int = 1) -> WorkerPool:
        pool = WorkerPool(runs, workers=workers, limits=PLENTY, modules_dir=modules_dir)
        pools.append(pool)
        pool.start()
        return pool

    yield start
    for pool in pools:
        pool.stop(0)


def until(stored: Stored, job: Job, *statuses: JobStatus) -> Job:
    deadline = time.monotonic() + 30
    while (found := stored(job.id)).status not in statuses:
        assert time.monotonic() < deadline, found.status
        time.sleep(0.01)
    return found


def ended(stored: Stored, job: Job) -> Job:
    return until(stored, job, *ENDED)


def test_pending_jobs_are_worked_off_from_the_start(
    start_pool: Callable[..., WorkerPool],
    make_job: MakeJob,
    stored: Stored,
    storage: LocalStorage,
    announced: Announcements,
) -> None:
    jobs = [make_job(), make_job()]

    start_pool(workers=2)

    for job in jobs:
        found = ended(stored, job)
        assert found.status is JobStatus.COMPLETED, found.error_message
        assert found.result_name is not None
        clean = storage.result_folder(found.result_name) / "clean.csv"
        assert clean.read_text() == "Name,City\nAda,London\nBob,Paris\n"
    percents = [
        update["progress_percent"]
        for update in announced
        if update["job_id"] == str(jobs[0].id)
    ]
    assert percents == sorted(percents)
    assert percents[-1] == 100
    assert all(percent < 100 for percent in percents[:-1])


def test_a_sleeping_worker_hears_a_wake_up(
    start_pool: Callable[..., WorkerPool],
    make_job: MakeJob,
    stored: Stored,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "POLL_SECONDS", 3600.0)
    first = make_job()
    pool = start_pool()
    ended(stored, first)

    second = make_job()
    pool.wake()

    assert ended(stored, second).status is JobStatus.COMPLETED


def test_a_worker_looks_for_itself_should_a_wake_up_go_missing(
    start_pool: Callable[..., WorkerPool], make_job: MakeJob, stored: Stored
) -> None:
    start_pool()
    ended(stored, make_job())

    assert ended(stored, make_job()).status is JobStatus.COMPLETED


def test_a_cancelled_job_stops_and_frees_the_worker(
    start_pool: Callable[..., WorkerPool], make_job: MakeJob, stored: Stored, database: Database
) -> None:
    job = make_job(modules=modules("sleepy"))
    pool = start_pool()
    until(stored, job, JobStatus.PROCESSING)
    with database.writing() as session:
        session.get_one(Job, job.id).cancel_requested = True

    began = time.monotonic()
    pool.cancel(job.id)

    assert ended(stored, job).status is JobStatus.CANCELLED
    assert time.monotonic() - began < 2
    assert ended(stored, make_job()).status is JobStatus.COMPLETED


def test_a_cancel_that_went_past_the_run_is_learned_from_the_row(
    start_pool: Callable[..., WorkerPool], make_job: MakeJob, stored: Stored, database: Database
) -> None:
    job = make_job(modules=modules("sleepy"))
    start_pool()
    until(stored, job, JobStatus.PROCESSING)

    began = time.monotonic()
    with database.writing() as session:
        session.get_one(Job, job.id).cancel_requested = True

    assert ended(stored, job).status is JobStatus.CANCELLED
    assert time.monotonic() - began < 6


def test_stopping_hands_running_jobs_back(
    start_pool: Callable[..., WorkerPool],
    make_job: MakeJob,
    stored: Stored,
    storage: LocalStorage,
) -> None:
    job = make_job(modules=modules("sleepy"))
    pool = start_pool()
    until(stored, job, JobStatus.PROCESSING)

    pool.stop(0)

    back = stored(job.id)
    assert back.status is JobStatus.PENDING
    assert (back.engine_deaths, back.server_deaths) == (0, 0)
    assert list((storage._root / "work").iterdir()) == []
    assert not any(engine.is_alive for engine in pool._engines)


def test_stopping_lets_a_job_end_within_the_grace(
    start_pool: Callable[..., WorkerPool], make_job: MakeJob, stored: Stored
) -> None:
    job = make_job()
    pool = start_pool()
    until(stored, job, JobStatus.PROCESSING, *ENDED)

    pool.stop(10)

    assert stored(job.id).status is JobStatus.COMPLETED


def test_a_job_that_kills_its_engine_is_given_up_after_three_attempts(
    start_pool: Callable[..., WorkerPool], make_job: MakeJob, stored: Stored
) -> None:
    job = make_job(modules=modules("deadly"))

    start_pool()

    found = ended(stored, job)
    assert (found.status, found.attempt) == (JobStatus.FAILED, 3)
    assert "It was tried 3 times." in (found.error_message or "")


def test_a_job_whose_file_is_gone_fails_in_words(
    start_pool: Callable[..., WorkerPool],
    make_job: MakeJob,
    stored: Stored,
    database: Database,
    storage: LocalStorage,
) -> None:
    job = make_job()
    with database.reading() as session:
        storage.delete_upload(session.get_one(Upload, job.upload_id).storage_name)

    start_pool()

    found = ended(stored, job)
    assert found.status is JobStatus.FAILED
    assert found.error_message
    assert "Traceback" not in found.error_message
    assert str(storage._root) not in found.error_message


def test_an_idle_engine_that_dies_is_replaced(
    start_pool: Callable[..., WorkerPool], make_job: MakeJob, stored: Stored
) -> None:
    pool = start_pool()
    ended(stored, make_job())
    process = pool._engines[0]._process
    assert process is not None

    os.kill(process.pid, signal.SIGKILL)
    process.wait(5)

    found = ended(stored, make_job())
    assert (found.status, found.attempt) == (JobStatus.COMPLETED, 1)


def test_a_worker_outlives_an_unforeseen_error(
    start_pool: Callable[..., WorkerPool],
    make_job: MakeJob,
    stored: Stored,
    database: Database,
    storage: LocalStorage,
    runs: RunService,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "ERROR_SECONDS", 0.01)
    # A file where the attempt's folder should be: it cannot be made.
    job = make_job()
    (storage._root / "work" / f"{job.id}.1").write_text("in the way")
    start_pool()
    until(stored, job, JobStatus.PROCESSING)

    assert ended(stored, make_job()).status is JobStatus.COMPLETED
    assert stored(job.id).status is JobStatus.PROCESSING, "its lease will run out"
