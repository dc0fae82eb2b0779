"""A job's life as its workers see it: claimed once, fenced, taken back, ended for good."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from app.models import ApiKey, Job, JobEvent, JobStatus, ProcessingLog
from app.models.types import utc_now
from app.services import Database, RunService
from app.services.runs import MAX_ENGINE_DEATHS, MAX_SERVER_DEATHS, Claim, Verdict
from app.storage import LocalStorage
from tests.conftest import Announcements

Stored = Callable[[uuid.UUID], Job]
MakeJob = Callable[..., Job]
DEATH = {"code": "engine_died", "message": "The engine process ended unexpectedly."}


def claim(runs: RunService, lease_seconds: float = 30) -> Claim:
    found = runs.claim("worker", lease_seconds)
    assert found is not None
    return found


def summary(**changes: Any) -> dict[str, Any]:
    """What the engine answers to `clean`."""
    module = {
        "key": "trim_spaces",
        "origin": "core",
        "status": "completed",
        "execution_time_ms": 1.5,
        "error_message": None,
        "rows_in": 2,
        "rows_out": 2,
        "cells_changed": 1,
    }
    return {"rows_in": 2, "rows_out": 2, "removed": 0, "rejected": 0, "modules": [module]} | (
        changes
    )


def events(database: Database, job_id: uuid.UUID) -> list[JobEvent]:
    with database.reading() as session:
        of_job = sa.select(JobEvent).where(JobEvent.job_id == job_id).order_by(JobEvent.seq)
        return list(session.scalars(of_job))


def steal(runs: RunService, database: Database, job_id: uuid.UUID) -> Claim:
    """Let the lease run out and give the job to another worker."""
    with database.writing() as session:
        session.get_one(Job, job_id).lease_until = utc_now() - timedelta(seconds=1)
    assert runs.reap() == 1
    return claim(runs)


def test_a_claim_takes_the_oldest_job_and_raises_the_attempt(
    runs: RunService, make_job: MakeJob, stored: Stored
) -> None:
    first, second = make_job(), make_job()

    taken = claim(runs)

    assert (taken.job_id, taken.attempt) == (first.id, 1)
    assert stored(first.id).status is JobStatus.PROCESSING
    assert stored(first.id).started_at is not None
    assert stored(second.id).status is JobStatus.PENDING


def test_nothing_to_do_is_no_claim(runs: RunService) -> None:
    assert runs.claim("worker", 30) is None


def test_many_workers_never_get_the_same_job(
    runs: RunService, make_key: Any, make_job: MakeJob
) -> None:
    jobs = {make_job(owner=make_key()).id for _ in range(12)}
    taken: list[uuid.UUID] = []
    gate = threading.Barrier(6)

    def work() -> None:
        gate.wait()
        while (found := runs.claim("worker", 30)) is not None:
            taken.append(found.job_id)

    threads = [threading.Thread(target=work) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(taken) == sorted(jobs)


def test_a_key_at_its_running_limit_waits_and_others_do_not(
    runs: RunService, make_key: Callable[..., ApiKey], make_job: MakeJob
) -> None:
    busy, other = make_key(), make_key()
    for _ in range(4):
        make_job(owner=busy)
    late = make_job(owner=other)

    taken = [claim(runs).job_id for _ in range(3)]

    assert taken[1] == late.id, "the key with fewer running jobs comes first"
    assert runs.claim("worker", 30) is None, "two of one key run, the rest of it waits"


def test_keys_take_turns_even_with_a_single_worker(
    runs: RunService, make_key: Callable[..., ApiKey], make_job: MakeJob, stored: Stored
) -> None:
    first, second = make_key(), make_key()
    for _ in range(3):
        make_job(owner=first)
    for _ in range(2):
        make_job(owner=second)

    served = []
    while (found := runs.claim("worker", 30)) is not None:
        served.append(stored(found.job_id).owner_id)
        runs.complete(found, summary())

    assert served == [first.id, second.id, first.id, second.id, first.id]


def test_progress_renews_the_lease_and_moves_the_seq(
    runs: RunService, make_job: MakeJob, stored: Stored, announced: Announcements
) -> None:
    job = make_job()
    taken = claim(runs, lease_seconds=1)
    before = stored(job.id)

    verdict = runs.progress(taken, stored=False, lease_seconds=60, progress_percent=40.0)

    after = stored(job.id)
    assert verdict is Verdict.GO_ON
    assert after.seq == before.seq + 1
    assert after.lease_until is not None
    assert before.lease_until is not None
    assert after.lease_until > before.lease_until + timedelta(seconds=30)
    assert announced[-1]["progress_percent"] == 40.0


def test_only_steps_are_stored_for_those_who_are_away(
    runs: RunService, make_job: MakeJob, database: Database
) -> None:
    job = make_job()
    taken = claim(runs)

    runs.progress(taken, stored=True, lease_seconds=30, current_step="trim_spaces")
    runs.progress(taken, stored=False, lease_seconds=30, progress_percent=50.0)

    assert [event.seq for event in events(database, job.id)] == [1, 2, 3]


def test_a_heartbeat_renews_the_lease_and_tells_no_one(
    runs: RunService, make_job: MakeJob, stored: Stored, announced: Announcements
) -> None:
    job = make_job()
    taken = claim(runs, lease_seconds=1)
    told, seq = len(announced), stored(job.id).seq

    assert runs.heartbeat(taken, lease_seconds=60) is Verdict.GO_ON

    assert (len(announced), stored(job.id).seq) == (told, seq)


def test_a_completed_job_has_its_result_and_its_logs(
    runs: RunService,
    make_job: MakeJob,
    stored: Stored,
    storage: LocalStorage,
    database: Database,
) -> None:
    job = make_job()
    taken = claim(runs)
    (storage._root / "work" / taken.work_name / "clean.csv").write_text("Name,City\n")

    assert runs.complete(taken, summary()) is True

    ended = stored(job.id)
    assert (ended.status, ended.progress_percent) == (JobStatus.COMPLETED, 100.0)
    assert ended.result_name is not None
    assert (storage.result_folder(ended.result_name) / "clean.csv").exists()
    with database.reading() as session:
        assert [log.module_name for log in session.scalars(sa.select(ProcessingLog))] == [
            "trim_spaces"
        ]


def test_a_worker_that_lost_its_lease_changes_nothing(
    runs: RunService,
    make_job: MakeJob,
    stored: Stored,
    storage: LocalStorage,
    database: Database,
    announced: Announcements,
) -> None:
    job = make_job()
    lost = claim(runs)
    taken = steal(runs, database, job.id)
    before, told = stored(job.id), len(announced)

    assert runs.progress(lost, stored=True, lease_seconds=30) is Verdict.LOST
    assert runs.heartbeat(lost, lease_seconds=30) is Verdict.LOST
    assert runs.fail(lost, DEATH) is False
    assert runs.cancel(lost) is False
    runs.release(lost)
    runs.engine_died(lost, DEATH)

    after = stored(job.id)
    assert (after.seq, after.status, after.attempt) == (before.seq, JobStatus.PROCESSING, 2)
    assert len(announced) == told
    assert runs.complete(taken, summary()) is True


def test_the_result_of_a_worker_that_lost_its_lease_is_dropped(
    runs: RunService,
    make_job: MakeJob,
    stored: Stored,
    storage: LocalStorage,
    database: Database,
) -> None:
    job = make_job()
    lost = claim(runs)
    taken = steal(runs, database, job.id)
    runs.complete(taken, summary())

    assert runs.complete(lost, summary()) is False

    assert stored(job.id).result_name == taken.work_name
    assert [path.name for path in (storage._root / "results").iterdir()] == [taken.work_name]


def test_a_crash_between_the_rename_and_the_commit_leaves_nothing_behind(
    runs: RunService, make_job: MakeJob, stored: Stored, storage: LocalStorage
) -> None:
    job = make_job()
    crashed = claim(runs)
    storage.keep_result(crashed.work_name)  # and here the power went

    storage.prepare()
    assert runs.recover() == 1
    storage.sweep(*runs.stored_names())
    runs.complete(claim(runs), summary())

    assert stored(job.id).status is JobStatus.COMPLETED
    assert [path.name for path in (storage._root / "results").iterdir()] == [f"{job.id}.2"]


def test_a_commit_that_fails_is_tried_again_by_the_next_attempt(
    runs: RunService,
    make_job: MakeJob,
    stored: Stored,
    database: Database,
    storage: LocalStorage,
) -> None:
    job = make_job()
    taken = claim(runs)
    with pytest.raises(KeyError):
        runs.complete(taken, summary(modules=[{"key": "no more than this"}]))
    assert stored(job.id).status is JobStatus.PROCESSING

    again = steal(runs, database, job.id)

    assert runs.complete(again, summary()) is True
    assert stored(job.id).result_name == again.work_name


def test_an_ended_job_never_moves_again(
    runs: RunService, make_job: MakeJob, stored: Stored, announced: Announcements
) -> None:
    job = make_job()
    taken = claim(runs)
    runs.fail(taken, {"code": "module_failed", "message": "Module x: no.", "module": "x"})
    before, told = stored(job.id), len(announced)

    assert runs.progress(taken, stored=True, lease_seconds=30) is Verdict.LOST
    assert runs.cancel(taken) is False
    assert runs.reap() == 0
    assert runs.recover() == 0

    after = stored(job.id)
    assert (after.status, after.seq) == (JobStatus.FAILED, before.seq)
    assert len(announced) == told


def test_a_failed_job_says_why_in_a_sentence(
    runs: RunService, make_job: MakeJob, stored: Stored, database: Database
) -> None:
    job = make_job()

    runs.fail(claim(runs), {"code": "module_failed", "message": "Module x: no.", "module": "x"})

    assert stored(job.id).error_message == "Module x: no."
    with database.reading() as session:
        (log,) = session.scalars(sa.select(ProcessingLog))
    assert (log.module_name, log.status, log.error_message) == ("x", "failed", "Module x: no.")


def test_a_job_whose_engine_keeps_dying_is_given_up_in_words(
    runs: RunService, make_job: MakeJob, stored: Stored
) -> None:
    job = make_job()

    for _ in range(MAX_ENGINE_DEATHS):
        runs.engine_died(claim(runs), DEATH)

    ended = stored(job.id)
    assert (ended.status, ended.attempt) == (JobStatus.FAILED, MAX_ENGINE_DEATHS)
    assert ended.error_message == f"{DEATH['message']} It was tried {MAX_ENGINE_DEATHS} times."


def test_a_job_lost_with_the_server_time_and_again_is_given_up(
    runs: RunService, make_job: MakeJob, stored: Stored
) -> None:
    job = make_job(server_deaths=MAX_SERVER_DEATHS - 1)
    claim(runs)

    runs.recover()

    assert stored(job.id).status is JobStatus.FAILED
    assert str(MAX_SERVER_DEATHS) in (stored(job.id).error_message or "")


def test_a_graceful_stop_counts_as_no_attempt_lost(
    runs: RunService, make_job: MakeJob, stored: Stored
) -> None:
    job = make_job()

    runs.release(claim(runs))

    back = stored(job.id)
    assert back.status is JobStatus.PENDING
    assert (back.engine_deaths, back.server_deaths) == (0, 0)
    assert claim(runs).attempt == 2


@pytest.mark.parametrize(
    "hand_back",
    [
        pytest.param(lambda runs, taken: runs.release(taken), id="server-stops"),
        pytest.param(lambda runs, taken: runs.engine_died(taken, DEATH), id="engine-died"),
        pytest.param(lambda runs, taken: runs.recover(), id="server-was-killed"),
    ],
)
def test_a_job_that_was_to_stop_is_not_run_again(
    runs: RunService,
    make_job: MakeJob,
    stored: Stored,
    database: Database,
    hand_back: Callable[[RunService, Claim], Any],
) -> None:
    job = make_job()
    taken = claim(runs)
    with database.writing() as session:
        session.get_one(Job, job.id).cancel_requested = True

    hand_back(runs, taken)

    assert stored(job.id).status is JobStatus.CANCELLED
    assert runs.claim("worker", 30) is None


def test_a_worker_learns_of_a_cancel_from_the_write_it_makes(
    runs: RunService, make_job: MakeJob, database: Database
) -> None:
    job = make_job()
    taken = claim(runs)
    with database.writing() as session:
        session.get_one(Job, job.id).cancel_requested = True

    assert runs.heartbeat(taken, lease_seconds=30) is Verdict.CANCEL
    assert runs.progress(taken, stored=False, lease_seconds=30) is Verdict.CANCEL


def test_only_leases_that_ran_out_are_reaped(
    runs: RunService, make_job: MakeJob, stored: Stored
) -> None:
    alive, gone = make_job(), make_job()
    claim(runs, lease_seconds=30)
    claim(runs, lease_seconds=-1)

    assert runs.reap() == 1

    assert stored(alive.id).status is JobStatus.PROCESSING
    assert stored(gone.id).status is JobStatus.PENDING
    assert stored(gone.id).server_deaths == 1


def test_the_seq_only_grows_and_events_follow_it_through_a_whole_life(
    runs: RunService, make_job: MakeJob, database: Database, announced: Announcements
) -> None:
    job = make_job()
    runs.engine_died(claim(runs), DEATH)
    runs.release(claim(runs))
    claim(runs)
    runs.recover()
    runs.complete(claim(runs), summary())

    told = [update["seq"] for update in announced]
    kept = [event.seq for event in events(database, job.id)]
    assert told == sorted(set(told))
    assert kept == sorted(set(kept))
    assert set(told) <= set(kept)
