"""Jobs as their workers see them: claim, report, end, hand back.

Every write after the claim names the attempt it was given (the fencing token) and only touches
a job that is processing, so a worker that lost its lease changes nothing, and an ended job
never moves again.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import timedelta
from enum import Enum
from typing import Any

import sqlalchemy as sa

from app.models import ApiKey, Job, JobEvent, JobStatus, ProcessingLog, Upload
from app.models.types import utc_now
from app.services.database import Database, Transaction
from app.services.pipelines import reading_of
from app.services.ports import Publisher
from app.storage import LocalStorage

#: Attempts whose engine died or ran over its limits, before the job is given up.
MAX_ENGINE_DEATHS = 3
#: Attempts lost together with the server. Apart from the former, since the job is seldom to
#: blame.
MAX_SERVER_DEATHS = 20


class Verdict(Enum):
    """What a worker is to do, learned from the write it just made."""

    GO_ON = "go on"
    #: The owner asked for a stop.
    CANCEL = "cancel"
    #: The lease went to someone else, or the job has ended: drop everything, write nothing.
    LOST = "lost"


@dataclass(frozen=True, kw_only=True)
class Claim:
    """The right to work on one job: `attempt` is the fencing token. `args` go to the engine as
    they are.
    """

    job_id: uuid.UUID
    attempt: int
    args: dict[str, Any]

    @property
    def work_name(self) -> str:
        return f"{self.job_id}.{self.attempt}"


class RunService:
    def __init__(
        self,
        database: Database,
        storage: LocalStorage,
        publisher: Publisher,
        *,
        running_per_key: int,
    ) -> None:
        self._database = database
        self._storage = storage
        self._publisher = publisher
        self._running_per_key = running_per_key

    def claim(self, worker: str, lease_seconds: float) -> Claim | None:
        """Take the next pending job, or None.

        Fair between keys: the key with the fewest running jobs comes first, then the one
        served longest ago; a key at its running limit waits. Of one key, the oldest job.
        """
        now = utc_now()
        with self._database.writing() as session:
            job_id = session.scalar(_next_pending(self._running_per_key))
            if job_id is None:
                return None
            job = session.scalars(
                sa.update(Job)
                .where(Job.id == job_id, Job.status == JobStatus.PENDING)
                .values(
                    status=JobStatus.PROCESSING,
                    attempt=Job.attempt + 1,
                    worker=worker,
                    lease_until=now + timedelta(seconds=lease_seconds),
                    started_at=sa.func.coalesce(Job.started_at, now),
                    progress_percent=0.0,
                    rows_done=0,
                    rows_per_second=None,
                    eta_seconds=None,
                    current_step="starting",
                    step_message="Starting",
                    **_moved(),
                )
                .returning(Job)
            ).one_or_none()
            if job is None:
                return None
            session.execute(
                sa.update(ApiKey).where(ApiKey.id == job.owner_id).values(last_claim_at=now)
            )
            self._tell(session, job, stored=True)
            upload = session.get_one(Upload, job.upload_id)
        return self._claim(job, upload)

    def progress(
        self, claim: Claim, *, stored: bool, lease_seconds: float, **state: Any
    ) -> Verdict:
        """Write how far the run is, renew the lease, and learn whether to go on.

        `stored` keeps the update for those who are away: true when the step changed. `state`:
        columns of Job.
        """
        with self._database.writing() as session:
            job = self._update(
                session, claim, lease_until=_in(lease_seconds), **_moved(), **state
            )
            if job is None:
                return Verdict.LOST
            self._tell(session, job, stored=stored)
        return Verdict.CANCEL if job.cancel_requested else Verdict.GO_ON

    def heartbeat(self, claim: Claim, *, lease_seconds: float) -> Verdict:
        """Renew the lease where there is nothing to tell."""
        with self._database.writing() as session:
            job = self._update(session, claim, lease_until=_in(lease_seconds))
            if job is None:
                return Verdict.LOST
        return Verdict.CANCEL if job.cancel_requested else Verdict.GO_ON

    def complete(self, claim: Claim, summary: dict[str, Any]) -> bool:
        """Publish what the attempt wrote and end the job, both or neither. False when the
        lease was lost.

        `summary`: the engine's answer to `clean`.
        """
        name = claim.work_name
        self._storage.keep_result(name)
        modules = summary.pop("modules")
        with self._database.writing() as session:
            job = self._update(
                session,
                claim,
                **_ended(JobStatus.COMPLETED),
                progress_percent=100.0,
                current_step="done",
                step_message="Done",
                rows_done=summary["rows_in"],
                rows_total=summary["rows_in"],
                eta_seconds=0.0,
                result_name=name,
                summary=summary,
            )
            if job is not None:
                session.add_all(_log(job, module) for module in modules)
                self._tell(session, job, stored=True)
        if job is None:
            self._storage.delete_result(name)
        return job is not None

    def fail(self, claim: Claim, error: dict[str, Any]) -> bool:
        """End the job as failed. `error`: {"code", "message", ...}; the message is for the
        owner.
        """
        self._storage.drop_work(claim.work_name)
        with self._database.writing() as session:
            job = self._update(session, claim, **_failed(error))
            if job is not None:
                if "module" in error:
                    session.add(_failed_log(job, error))
                self._tell(session, job, stored=True)
        return job is not None

    def cancel(self, claim: Claim) -> bool:
        self._storage.drop_work(claim.work_name)
        with self._database.writing() as session:
            job = self._update(
                session, claim, **_ended(JobStatus.CANCELLED), step_message="Cancelled"
            )
            if job is not None:
                self._tell(session, job, stored=True)
        return job is not None

    def engine_died(self, claim: Claim, error: dict[str, Any]) -> None:
        """The engine process died or was killed for its limits: try again, or give up after
        MAX_ENGINE_DEATHS.
        """
        self._storage.drop_work(claim.work_name)
        with self._database.writing() as session:
            job = self._update(session, claim, engine_deaths=Job.engine_deaths + 1, **_moved())
            if job is None:
                return
            if job.engine_deaths >= MAX_ENGINE_DEATHS and not job.cancel_requested:
                tried = {
                    **error,
                    "message": f"{error['message']} It was tried {job.engine_deaths} times.",
                }
                _set(job, _failed(tried, seq=job.seq))
            else:
                _set(job, _handed_back(job, f"Waiting to be tried again: {error['message']}"))
            self._tell(session, job, stored=True)

    def release(self, claim: Claim) -> None:
        """Hand the job back unharmed: the server is stopping. Counts as no attempt lost."""
        self._storage.drop_work(claim.work_name)
        with self._database.writing() as session:
            job = self._update(session, claim, **_moved())
            if job is not None:
                _set(job, _handed_back(job, "Waiting for the server to come back"))
                self._tell(session, job, stored=True)

    def reap(self) -> int:
        """Take back every job whose lease has run out. How many there were."""
        return self._take_back(Job.lease_until < utc_now())

    def recover(self) -> int:
        """At a start, with the instance's lock held: whatever is processing was lost with the
        last server.
        """
        return self._take_back(sa.true())

    def stored_names(self) -> tuple[list[str], list[str]]:
        """Every upload and every result a row names, for the storage to sweep the rest."""
        with self._database.reading() as session:
            uploads = list(session.scalars(sa.select(Upload.storage_name)))
            results = [
                name for name in session.scalars(sa.select(Job.result_name)) if name is not None
            ]
        return uploads, results

    def _take_back(self, lost: sa.ColumnElement[bool]) -> int:
        with self._database.writing() as session:
            jobs = list(
                session.scalars(sa.select(Job).where(Job.status == JobStatus.PROCESSING, lost))
            )
            for job in jobs:
                job.server_deaths += 1
                _set(job, _taken_back(job))
                self._tell(session, job, stored=True)
        return len(jobs)

    def _claim(self, job: Job, upload: Upload) -> Claim:
        folder = self._storage.work_folder(f"{job.id}.{job.attempt}")
        args = {
            "source": str(self._storage.upload_path(upload.storage_name)),
            "filename": upload.filename,
            "reading": job.reading or reading_of(upload.inspection),
            "modules": job.modules,
            "target": str(folder / "clean.csv"),
            "format": "csv",
            "rejects": str(folder / "rejects.csv"),
            "report": str(folder / "report.json"),
            "rows_total": upload.rows,
            "changes": str(folder / "changes.parquet") if job.change_log else None,
        }
        return Claim(job_id=job.id, attempt=job.attempt, args=args)

    def _update(self, session: Transaction, claim: Claim, **values: Any) -> Job | None:
        """The fenced UPDATE: None when this attempt no longer owns the job."""
        return session.scalars(
            sa.update(Job)
            .where(
                Job.id == claim.job_id,
                Job.attempt == claim.attempt,
                Job.status == JobStatus.PROCESSING,
            )
            .values(**values)
            .returning(Job)
        ).one_or_none()

    def _tell(self, session: Transaction, job: Job, *, stored: bool) -> None:
        snapshot = job.snapshot()
        if stored:
            session.add(JobEvent(job_id=job.id, seq=job.seq, payload=snapshot))
        session.after_commit(lambda: self._publisher.announce(snapshot, job.owner_id))


def _next_pending(running_per_key: int) -> sa.Select[tuple[uuid.UUID]]:
    running = (
        sa.select(Job.owner_id, sa.func.count().label("running"))
        .where(Job.status == JobStatus.PROCESSING)
        .group_by(Job.owner_id)
        .subquery()
    )
    waiting = (
        sa.select(Job.owner_id, sa.func.min(Job.created_at).label("since"))
        .where(Job.status == JobStatus.PENDING)
        .group_by(Job.owner_id)
        .subquery()
    )
    count = sa.func.coalesce(running.c.running, 0)
    owner = (
        sa.select(waiting.c.owner_id)
        .join(ApiKey, ApiKey.id == waiting.c.owner_id)
        .outerjoin(running, running.c.owner_id == waiting.c.owner_id)
        .where(count < running_per_key)
        .order_by(count, ApiKey.last_claim_at.nulls_first(), waiting.c.since)
        .limit(1)
        .scalar_subquery()
    )
    return (
        sa.select(Job.id)
        .where(Job.status == JobStatus.PENDING, Job.owner_id == owner)
        .order_by(Job.created_at)
        .limit(1)
    )


def _in(seconds: float) -> Any:
    return utc_now() + timedelta(seconds=seconds)


def _moved(seq: int | None = None) -> dict[str, Any]:
    return {"seq": Job.seq + 1 if seq is None else seq + 1, "updated_at": utc_now()}


def _ended(status: JobStatus, seq: int | None = None) -> dict[str, Any]:
    return {
        "status": status,
        "completed_at": utc_now(),
        "worker": None,
        "lease_until": None,
        **_moved(seq),
    }


def _failed(error: dict[str, Any], seq: int | None = None) -> dict[str, Any]:
    return {
        **_ended(JobStatus.FAILED, seq),
        "error_message": error["message"],
        "error_details": error,
        "step_message": error["message"],
    }


def _handed_back(job: Job, message: str) -> dict[str, Any]:
    """A job that no one works on any more waits again; one that was to stop has stopped."""
    if job.cancel_requested:
        return {**_ended(JobStatus.CANCELLED, job.seq), "step_message": "Cancelled"}
    return {
        "status": JobStatus.PENDING,
        "worker": None,
        "lease_until": None,
        "current_step": None,
        "step_message": message,
        **_moved(job.seq),
    }


def _taken_back(job: Job) -> dict[str, Any]:
    """What becomes of a job whose worker is gone."""
    if job.server_deaths >= MAX_SERVER_DEATHS and not job.cancel_requested:
        message = f"The server ended {job.server_deaths} times during this job."
        return _failed({"code": "server_lost", "message": message}, job.seq)
    return _handed_back(job, "Waiting: the server was interrupted")


def _set(job: Job, values: dict[str, Any]) -> None:
    for name, value in values.items():
        setattr(job, name, value)


def _log(job: Job, module: dict[str, Any]) -> ProcessingLog:
    return ProcessingLog(
        upload_id=job.upload_id,
        job_id=job.id,
        module_name=module["key"],
        module_origin=module["origin"],
        status=module["status"],
        execution_time_ms=module["execution_time_ms"],
        error_message=module["error_message"],
        rows_in=module["rows_in"],
        rows_out=module["rows_out"],
        cells_changed=module["cells_changed"],
    )


def _failed_log(job: Job, error: dict[str, Any]) -> ProcessingLog:
    return ProcessingLog(
        upload_id=job.upload_id,
        job_id=job.id,
        module_name=error["module"],
        module_origin=error.get("origin", "core"),
        status="failed",
        execution_time_ms=0.0,
        error_message=error["message"],
        rows_in=0,
        rows_out=0,
        cells_changed=0,
    )
