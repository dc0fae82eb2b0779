"""Jobs as their owners see them: submitted durably, private, cancelled, repeated."""

from __future__ import annotations

import threading
import time
import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from app.errors import Conflict, NotFound, TooManyRequests, Unprocessable
from app.models import ApiKey, Job, JobEvent, JobStatus, Scope, Upload
from app.queue.lane import Lane
from app.services import Database, JobService, PipelineService, RunService, UploadService
from app.services import jobs as module
from app.services.moves import JobMoves
from app.storage import LocalStorage
from tests.conftest import Announcements
from tests.services.test_runs import summary

MakeKey = Callable[..., ApiKey]
MakeJob = Callable[..., Job]
MakeUpload = Callable[..., Upload]


class Bell:
    """The queue's side of a submit and a cancel: what it was told, and what it does then."""

    def __init__(self) -> None:
        self.woken = 0
        self.cancelled: list[uuid.UUID] = []
        self.on_cancel: Callable[[uuid.UUID], Any] | None = None

    def wake(self) -> None:
        self.woken += 1

    def cancel(self, job_id: uuid.UUID) -> None:
        self.cancelled.append(job_id)
        if self.on_cancel is not None:
            self.on_cancel(job_id)


@pytest.fixture
def bell() -> Bell:
    return Bell()


@pytest.fixture
def jobs(
    database: Database, storage: LocalStorage, lane: Lane, bell: Bell, announced: Announcements
) -> JobService:
    return JobService(
        database, PipelineService(storage, lane), bell, JobMoves(announced), pending_per_key=3
    )


def faults(refusal: Unprocessable) -> list[str]:
    return [fault.pointer for fault in refusal.faults]


def test_a_submitted_job_is_durable_announced_and_rung_for(
    jobs: JobService,
    make_upload: MakeUpload,
    owner: ApiKey,
    bell: Bell,
    announced: Announcements,
    database: Database,
) -> None:
    job = jobs.submit(owner, make_upload().id, ["Trim Spaces", {"key": "drop_duplicates"}])

    with database.reading() as session:
        row = session.get_one(Job, job.id)
        event = session.scalars(sa.select(JobEvent).where(JobEvent.job_id == job.id)).one()
    assert row.status is JobStatus.PENDING
    assert [step["key"] for step in row.modules] == ["trim_spaces", "drop_duplicates"]
    assert (event.seq, event.payload["status"]) == (1, "pending")
    assert [update["job_id"] for update in announced] == [str(job.id)]
    assert bell.woken == 1


def test_every_fault_is_told_at_once_and_nothing_is_stored(
    jobs: JobService, make_upload: MakeUpload, owner: ApiKey, database: Database
) -> None:
    wrong = [
        "no_such",
        {"key": "trim_spaces", "columns": ["Nome"]},
        {"key": "drop_duplicates", "params": {"keep": 7}},
    ]

    with pytest.raises(Unprocessable) as refusal:
        jobs.submit(owner, make_upload().id, wrong)

    assert [pointer.split("/")[2] for pointer in faults(refusal.value)] == ["0", "1", "2"]
    with database.reading() as session:
        assert session.scalars(sa.select(Job)).all() == []


def test_a_risky_order_is_warned_of(
    jobs: JobService, make_upload: MakeUpload, owner: ApiKey
) -> None:
    job = jobs.submit(owner, make_upload().id, ["drop_duplicates", "trim_spaces"])

    assert any("trim_spaces" in warning for warning in job.warnings)


def test_someone_elses_upload_is_as_unknown_as_none(
    jobs: JobService, make_upload: MakeUpload, make_key: MakeKey
) -> None:
    theirs = make_upload().id

    refusals = []
    for upload_id in (theirs, 999):
        with pytest.raises(Unprocessable) as refusal:
            jobs.submit(make_key(), upload_id, ["trim_spaces"])
        refusals.append((refusal.value.code, faults(refusal.value)))

    assert refusals[0] == refusals[1] == ("upload-not-found", ["/upload_id"])


def test_an_upload_deleted_while_the_modules_are_checked_is_a_refusal(
    database: Database,
    storage: LocalStorage,
    lane: Lane,
    bell: Bell,
    announced: Announcements,
    make_upload: MakeUpload,
    owner: ApiKey,
) -> None:
    upload = make_upload()

    class Meanwhile(PipelineService):
        """A plan that takes long enough for someone to delete the upload."""

        def plan(self, modules: list[Any], columns: list[str]) -> dict[str, Any]:
            plan = super().plan(modules, columns)
            UploadService(database, storage, lane, max_bytes=1).delete(owner, upload.id)
            return plan

    jobs = JobService(
        database, Meanwhile(storage, lane), bell, JobMoves(announced), pending_per_key=3
    )

    with pytest.raises(Unprocessable) as refusal:
        jobs.submit(owner, upload.id, ["trim_spaces"])

    assert refusal.value.code == "upload-not-found"


def test_a_job_is_its_owners_and_an_admins(
    jobs: JobService, make_job: MakeJob, make_key: MakeKey, owner: ApiKey
) -> None:
    job = make_job()

    assert jobs.get(owner, job.id).id == job.id
    assert jobs.get(make_key(Scope.ADMIN), job.id).id == job.id
    stranger = make_key()
    for look in (
        lambda: jobs.get(stranger, job.id),
        lambda: jobs.cancel(stranger, job.id),
        lambda: jobs.retry(stranger, job.id),
        lambda: jobs.events(stranger, job.id, after_seq=0),
        lambda: jobs.wait(stranger, job.id, 0),
    ):
        with pytest.raises(NotFound):
            look()
    assert jobs.page(stranger, limit=10) == ([], 0)
    assert jobs.stats(stranger)["total_jobs"] == 0
    assert jobs.moved(stranger, None) == []


def test_a_pending_job_is_cancelled_at_once(
    jobs: JobService, make_job: MakeJob, owner: ApiKey, bell: Bell, announced: Announcements
) -> None:
    job = make_job()

    cancelled = jobs.cancel(owner, job.id)

    assert (cancelled.status, cancelled.seq) == (JobStatus.CANCELLED, 2)
    assert announced[-1]["status"] == "cancelled"
    assert bell.cancelled == []
    with pytest.raises(Conflict, match="already cancelled"):
        jobs.cancel(owner, job.id)


def test_a_running_job_is_cancelled_by_its_worker(
    jobs: JobService, make_job: MakeJob, owner: ApiKey, bell: Bell, runs: RunService
) -> None:
    job = make_job()
    taken = runs.claim("worker", 30)
    assert taken is not None
    bell.on_cancel = lambda _: runs.cancel(taken)

    assert jobs.cancel(owner, job.id).status is JobStatus.CANCELLED
    assert bell.cancelled == [job.id]


def test_a_cancel_that_takes_its_time_leaves_a_request_that_stands(
    jobs: JobService,
    make_job: MakeJob,
    owner: ApiKey,
    runs: RunService,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "CANCEL_SECONDS", 0.05)
    job = make_job()
    runs.claim("worker", 30)

    still = jobs.cancel(owner, job.id)

    assert (still.status, still.cancel_requested) == (JobStatus.PROCESSING, True)


def test_a_job_that_completes_before_the_cancel_takes_effect_is_a_conflict(
    jobs: JobService, make_job: MakeJob, owner: ApiKey, bell: Bell, runs: RunService
) -> None:
    job = make_job()
    taken = runs.claim("worker", 30)
    assert taken is not None
    bell.on_cancel = lambda _: runs.complete(taken, summary())

    with pytest.raises(Conflict, match="already completed"):
        jobs.cancel(owner, job.id)

    assert jobs.get(owner, job.id).status is JobStatus.COMPLETED


def test_a_retry_is_a_new_job_of_the_same_pipeline(
    jobs: JobService, make_job: MakeJob, owner: ApiKey
) -> None:
    first = make_job()
    with pytest.raises(Conflict):
        jobs.retry(owner, first.id)
    jobs.cancel(owner, first.id)

    again = jobs.retry(owner, first.id)

    assert again.id != first.id
    assert (again.retry_of, again.modules) == (first.id, first.modules)
    assert (again.status, again.attempt, again.seq) == (JobStatus.PENDING, 0, 1)


def test_a_long_poll_ends_when_the_job_moves(
    jobs: JobService, make_job: MakeJob, owner: ApiKey, runs: RunService
) -> None:
    job = make_job()
    timer = threading.Timer(0.1, runs.claim, ("worker", 30))
    timer.start()

    began = time.monotonic()
    moved = jobs.wait(owner, job.id, 20)

    timer.join()
    assert moved.status is JobStatus.PROCESSING
    assert time.monotonic() - began < 5


def test_a_long_poll_ends_when_the_server_leaves(
    jobs: JobService, make_job: MakeJob, owner: ApiKey
) -> None:
    job = make_job()
    timer = threading.Timer(0.1, jobs.leave)
    timer.start()

    began = time.monotonic()
    same = jobs.wait(owner, job.id, 20)

    timer.join()
    assert same.seq == job.seq
    assert time.monotonic() - began < 5


def test_an_ended_job_is_not_waited_for(
    jobs: JobService, make_job: MakeJob, owner: ApiKey
) -> None:
    job = make_job(status=JobStatus.COMPLETED)

    began = time.monotonic()
    jobs.wait(owner, job.id, 20)

    assert time.monotonic() - began < 1


def test_pages_follow_each_other_without_gap_or_repetition(
    jobs: JobService, make_job: MakeJob, owner: ApiKey
) -> None:
    moment = datetime(2026, 5, 1, tzinfo=UTC)
    made = {make_job(created_at=moment).id for _ in range(5)} | {make_job().id}
    seen: list[uuid.UUID] = []

    page, total = jobs.page(owner, limit=2)
    while page:
        seen += [job.id for job in page]
        last = page[-1]
        page, total = jobs.page(owner, limit=2, before=(last.created_at, last.id))

    assert total == 6
    assert len(seen) == len(set(seen))
    assert set(seen) == made


def test_counts_are_by_status(jobs: JobService, make_job: MakeJob, owner: ApiKey) -> None:
    for status in (JobStatus.PENDING, JobStatus.PENDING, JobStatus.FAILED):
        make_job(status=status)

    assert jobs.stats(owner) == {
        "total_jobs": 3,
        "pending": 2,
        "processing": 0,
        "completed": 0,
        "failed": 1,
        "cancelled": 0,
    }
    assert jobs.page(owner, status=JobStatus.FAILED, limit=10)[1] == 1


def test_events_after_a_seq_come_in_order_and_only_those(
    jobs: JobService, make_job: MakeJob, owner: ApiKey, runs: RunService
) -> None:
    job = make_job()
    taken = runs.claim("worker", 30)
    assert taken is not None
    runs.fail(taken, {"code": "module_failed", "message": "no"})

    now, missed = jobs.events(owner, job.id, after_seq=1)

    assert [event["seq"] for event in missed] == [2, 3]
    assert now.seq == 3
    assert jobs.events(owner, job.id, after_seq=1, limit=1)[1] == missed[:1]


def test_what_moved_is_what_is_active_and_what_changed_since(
    jobs: JobService, make_job: MakeJob, owner: ApiKey
) -> None:
    active = make_job()
    ended = make_job(status=JobStatus.COMPLETED)

    before = ended.updated_at - timedelta(milliseconds=1)

    assert [job.id for job in jobs.moved(owner, None)] == [active.id]
    assert [job.id for job in jobs.moved(owner, ended.updated_at)] == [active.id]
    assert [job.id for job in jobs.moved(owner, before)] == [active.id, ended.id]


def test_a_key_may_have_so_many_jobs_waiting_and_no_more(
    jobs: JobService,
    make_upload: MakeUpload,
    owner: ApiKey,
    make_key: MakeKey,
    runs: RunService,
) -> None:
    upload, stranger = make_upload(), make_key()
    waiting = [jobs.submit(owner, upload.id, ["trim_spaces"]) for _ in range(3)]

    with pytest.raises(TooManyRequests) as refusal:
        jobs.submit(owner, upload.id, ["trim_spaces"])

    assert (refusal.value.code, refusal.value.extra["limit"]) == ("too-many-pending", 3)
    jobs.submit(stranger, make_upload(owner=stranger).id, ["trim_spaces"])
    jobs.cancel(owner, waiting[0].id)
    jobs.submit(owner, upload.id, ["trim_spaces"])
    with pytest.raises(TooManyRequests):
        jobs.retry(owner, waiting[0].id)
    # A job that runs waits no more.
    assert runs.claim("worker", 60) is not None
    assert runs.claim("worker", 60) is not None
    assert jobs.retry(owner, waiting[0].id).status is JobStatus.PENDING
