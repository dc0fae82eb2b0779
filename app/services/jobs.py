"""Jobs as their owners see them: submit, look, cancel, repeat."""

from __future__ import annotations

import threading
import time
import uuid
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.errors import Conflict, FieldFault, NotFound, TooManyRequests, Unprocessable
from app.models import ENDED, ApiKey, Job, JobEvent, JobStatus, Scope, Upload
from app.models.types import utc_now
from app.services.database import Database, Transaction
from app.services.idempotency import made
from app.services.moves import JobMoves
from app.services.pipelines import PipelineService
from app.services.ports import Queue

#: A long poll is woken when the job moves. It looks at the row this often all the same: another
#: process may have moved it.
LOOK_SECONDS = 2.0
#: How often a cancel looks whether it has taken effect.
POLL_SECONDS = 0.05
#: A cancel has taken effect by then, or it is answered with 202.
CANCEL_SECONDS = 2.0
#: What a key with too many jobs waiting is told to wait.
RETRY_SECONDS = 10
#: Stored updates sent at most in one answer; a client that missed more starts from the state
#: as it is.
REPLAY_LIMIT = 500


@dataclass(frozen=True, kw_only=True)
class JobOptions:
    """How a job is run, beyond its modules."""

    #: Write every change down.
    change_log: bool = False
    #: Reading settings in place of those the upload was inspected with.
    reading: dict[str, Any] | None = None
    #: Names that the modules use -> columns of the upload.
    column_map: dict[str, str] = field(default_factory=dict)
    recipe_id: int | None = None
    recipe_version: int | None = None
    #: What to warn of, besides what the plan does.
    warnings: tuple[str, ...] = ()


class JobService:
    def __init__(
        self,
        database: Database,
        pipelines: PipelineService,
        queue: Queue,
        publisher: JobMoves,
        *,
        pending_per_key: int,
    ) -> None:
        self._database = database
        self._pipelines = pipelines
        self._queue = queue
        self._publisher = publisher
        self._pending_per_key = pending_per_key
        self._leaving = threading.Event()

    def submit(
        self,
        owner: ApiKey,
        upload_id: int,
        modules: list[Any],
        options: JobOptions = JobOptions(),
    ) -> Job:
        """Queue a pipeline over an upload. When this returns, the job is durable.

        Raises Unprocessable with every fault of upload, modules, params and columns at once;
        TooManyRequests.
        """
        with self._database.reading() as session:
            upload = session.get(Upload, upload_id)
        if upload is None or not _may_see(owner, upload.owner_id):
            raise _no_upload(upload_id)
        plan = self._plan(upload, modules, options)
        job = self._new(owner, upload, plan["modules"], [*options.warnings, *plan["warnings"]])
        job.change_log = options.change_log
        job.reading = options.reading
        job.recipe_id, job.recipe_version = options.recipe_id, options.recipe_version
        self._store(job)
        return job

    def retry(self, caller: ApiKey, job_id: uuid.UUID) -> Job:
        """A new job that does the same again. Raises NotFound; Conflict while the first has
        not ended; TooManyRequests.
        """
        old = self.get(caller, job_id)
        if not old.has_ended:
            raise Conflict("The job has not ended yet.", code="job-not-ended")
        with self._database.reading() as session:
            upload = session.get_one(Upload, old.upload_id)
        job = self._new(caller, upload, old.modules, old.warnings)
        job.retry_of = old.id
        for name in ("change_log", "reading", "recipe_id", "recipe_version"):
            setattr(job, name, getattr(old, name))
        self._store(job)
        return job

    def get(self, caller: ApiKey, job_id: uuid.UUID) -> Job:
        """Raises NotFound, for someone else's job too."""
        with self._database.reading() as session:
            return _get(session, caller, job_id)

    def wait(
        self, caller: ApiKey, job_id: uuid.UUID, seconds: float, *, after_seq: int | None = None
    ) -> Job:
        """The job as soon as it is past `after_seq` (by default: where it is now) or has ended,
        else as it is after `seconds` or when the server leaves. Raises NotFound.
        """
        job = self.get(caller, job_id)
        known = job.seq if after_seq is None else after_seq
        deadline = time.monotonic() + seconds
        with self._publisher.of(job_id) as moved:
            while True:
                # Cleared before looking, so that no move is slept over.
                moved.clear()
                job = self.get(caller, job_id)
                left = deadline - time.monotonic()
                if job.seq > known or job.has_ended or left <= 0 or self._leaving.is_set():
                    return job
                moved.wait(min(left, LOOK_SECONDS))

    def leave(self) -> None:
        """The server stops: answer every long poll now, so that none of them holds it up."""
        self._leaving.set()
        self._publisher.wake_all()

    def page(
        self,
        caller: ApiKey,
        *,
        status: JobStatus | None = None,
        before: tuple[datetime, uuid.UUID] | None = None,
        limit: int,
    ) -> tuple[list[Job], int]:
        """At most `limit` jobs, the newest first, older than `before`; and how many there are
        in all.
        """
        wanted = [_visible_to(caller)]
        if status is not None:
            wanted.append(Job.status == status)
        page = (
            sa.select(Job)
            .where(*wanted)
            .order_by(Job.created_at.desc(), Job.id.desc())
            .limit(limit)
        )
        if before is not None:
            page = page.where(sa.tuple_(Job.created_at, Job.id) < before)
        with self._database.reading() as session:
            total = session.scalar(sa.select(sa.func.count(Job.id)).where(*wanted))
            return list(session.scalars(page)), total or 0

    def stats(self, caller: ApiKey) -> dict[str, int]:
        """How many jobs there are: total_jobs, and by status."""
        by_status = (
            sa.select(Job.status, sa.func.count(Job.id))
            .where(_visible_to(caller))
            .group_by(Job.status)
        )
        with self._database.reading() as session:
            counts = dict(session.execute(by_status).tuples().all())
        return {
            "total_jobs": sum(counts.values()),
            **{status.value: counts.get(status, 0) for status in JobStatus},
        }

    def cancel(self, caller: ApiKey, job_id: uuid.UUID) -> Job:
        """Stop a job. Returns it cancelled, or after CANCEL_SECONDS as it is, with
        `cancel_requested`.

        Raises NotFound; Conflict when it has already ended, or ends by itself before the stop
        takes effect.
        """
        with self._database.writing() as session:
            job = self._request_cancel(session, caller, job_id)
        if job.status is JobStatus.CANCELLED:
            return job
        self._queue.cancel(job_id)
        deadline = time.monotonic() + CANCEL_SECONDS
        while not job.has_ended and time.monotonic() < deadline:
            time.sleep(POLL_SECONDS)
            job = self.get(caller, job_id)
        if job.has_ended and job.status is not JobStatus.CANCELLED:
            raise _has_ended(job)
        return job

    def events(
        self, caller: ApiKey, job_id: uuid.UUID, *, after_seq: int, limit: int = REPLAY_LIMIT
    ) -> tuple[Job, list[dict[str, Any]]]:
        """The job, and its stored updates after `after_seq` (at most `limit`), in one
        consistent view.
        """
        page = (
            sa.select(JobEvent.payload)
            .where(JobEvent.job_id == job_id, JobEvent.seq > after_seq)
            .order_by(JobEvent.seq)
            .limit(limit)
        )
        with self._database.reading() as session:
            job = _get(session, caller, job_id)
            return job, list(session.scalars(page))

    def moved(self, caller: ApiKey, since: datetime | None) -> list[Job]:
        """Every active job, and every one that moved after `since`."""
        wanted: sa.ColumnElement[bool] = Job.status.not_in(ENDED)
        if since is not None:
            wanted = sa.or_(wanted, Job.updated_at > since)
        with self._database.reading() as session:
            return list(
                session.scalars(
                    sa.select(Job).where(_visible_to(caller), wanted).order_by(Job.created_at)
                )
            )

    def _new(
        self, owner: ApiKey, upload: Upload, modules: list[dict[str, Any]], warnings: list[str]
    ) -> Job:
        now = utc_now()
        return Job(
            id=uuid.uuid4(),
            owner_id=owner.id,
            upload_id=upload.id,
            status=JobStatus.PENDING,
            modules=modules,
            warnings=warnings,
            seq=1,
            attempt=0,
            engine_deaths=0,
            server_deaths=0,
            cancel_requested=False,
            progress_percent=0.0,
            rows_done=0,
            rows_total=upload.rows,
            step_message="Waiting for a free worker",
            created_at=now,
            updated_at=now,
        )

    def _plan(self, upload: Upload, modules: list[Any], options: JobOptions) -> dict[str, Any]:
        if options.reading is None and not options.column_map:
            return self._pipelines.plan(modules, upload.inspection["columns"])
        return self._pipelines.plan_upload(
            upload, modules, reading=options.reading, column_map=options.column_map
        )

    def _store(self, job: Job) -> None:
        with self._database.writing() as session:
            # It may have been deleted while the modules were checked.
            if session.get(Upload, job.upload_id) is None:
                raise _no_upload(job.upload_id)
            self._check_pending(session, job.owner_id)
            if job.retry_of is not None and session.get(Job, job.retry_of) is None:
                job.retry_of = None  # retention has taken it a moment ago
            session.add(job)
            session.flush()
            made(session, job.id)
            session.add(JobEvent(job_id=job.id, seq=job.seq, payload=job.snapshot()))
            session.after_commit(lambda: self._publisher.announce(job.snapshot(), job.owner_id))
            session.after_commit(self._queue.wake)

    def _check_pending(self, session: Transaction, owner_id: str) -> None:
        """Raises TooManyRequests when the key has as many jobs waiting as it may."""
        pending = session.scalar(
            sa.select(sa.func.count(Job.id)).where(
                Job.status == JobStatus.PENDING, Job.owner_id == owner_id
            )
        )
        if (pending or 0) >= self._pending_per_key:
            raise TooManyRequests(
                f"This key has {pending} jobs waiting, and may have {self._pending_per_key}.",
                code="too-many-pending",
                limit=self._pending_per_key,
                retry_after_seconds=RETRY_SECONDS,
            )

    def _request_cancel(self, session: Transaction, caller: ApiKey, job_id: uuid.UUID) -> Job:
        """A pending job ends at once; of a running one, its supervisor is asked through the
        row.
        """
        job = _get(session, caller, job_id)
        if job.has_ended:
            raise _has_ended(job)
        job.cancel_requested = True
        if job.status is JobStatus.PENDING:
            end_cancelled(job)
            session.add(JobEvent(job_id=job.id, seq=job.seq, payload=job.snapshot()))
            session.after_commit(lambda: self._publisher.announce(job.snapshot(), job.owner_id))
        return job


def end_cancelled(job: Job) -> None:
    """Turn a job that is not running into a cancelled one."""
    job.status = JobStatus.CANCELLED
    job.seq += 1
    job.updated_at = job.completed_at = utc_now()
    job.step_message = "Cancelled"


def _get(session: Session, caller: ApiKey, job_id: uuid.UUID) -> Job:
    job = session.get(Job, job_id)
    if job is None or not _may_see(caller, job.owner_id):
        raise NotFound(f"There is no job {job_id}.", code="job-not-found")
    return job


def _no_upload(upload_id: int) -> Unprocessable:
    text = f"There is no upload {upload_id}."
    fault = FieldFault(pointer="/upload_id", message=text)
    return Unprocessable(text, code="upload-not-found", faults=[fault])


def _has_ended(job: Job) -> Conflict:
    return Conflict(f"The job is already {job.status.value}.", code="job-ended")


def _may_see(caller: ApiKey, owner_id: str) -> bool:
    return caller.scope is Scope.ADMIN or caller.id == owner_id


def _visible_to(caller: ApiKey) -> sa.ColumnElement[bool]:
    return sa.true() if caller.scope is Scope.ADMIN else Job.owner_id == caller.id
