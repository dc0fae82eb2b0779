"""What is kept no longer: ended jobs past their days, with all that hangs on them, and uploads
that no job refers to.
"""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.models import ENDED, Job, JobEvent, ProcessingLog, Upload
from app.models.types import utc_now
from app.services.database import Database
from app.storage import LocalStorage

#: Deleted in one write: each must be short, for others wait.
BATCH = 100


def forget_jobs(session: Session, jobs: sa.Select[tuple[uuid.UUID]]) -> None:
    """Delete the rows of `jobs` (a SELECT of ids), their events and logs. Their files are the
    caller's to delete, after the commit.
    """
    session.execute(sa.delete(JobEvent).where(JobEvent.job_id.in_(jobs)))
    session.execute(sa.delete(ProcessingLog).where(ProcessingLog.job_id.in_(jobs)))
    session.execute(sa.update(Job).where(Job.retry_of.in_(jobs)).values(retry_of=None))
    session.execute(
        sa.delete(Job).where(Job.id.in_(jobs)).execution_options(synchronize_session=False)
    )


class RetentionService:
    """Deletes what is older than `days`; 0 keeps everything for ever.

    Rows go first, then files: a crash in between leaves files that no row names, which the next
    start sweeps away.
    """

    def __init__(self, database: Database, storage: LocalStorage, *, days: int) -> None:
        self._database = database
        self._storage = storage
        self._days = days

    def sweep_jobs(self) -> int:
        """Delete jobs that ended too long ago, with results, events and logs. How many."""
        count = 0
        while self._days and (batch := self._delete_jobs()):
            count += batch
        return count

    def sweep_uploads(self) -> int:
        """Delete uploads that came too long ago and that no job refers to, whatever its state.
        How many.
        """
        count = 0
        while self._days and (batch := self._delete_uploads()):
            count += batch
        return count

    def _delete_jobs(self) -> int:
        old = (
            sa.select(Job.id, Job.result_name)
            .where(Job.status.in_(ENDED), Job.completed_at < self._oldest())
            .limit(BATCH)
        )
        # An ended job stays one, so it may be looked for before the write begins.
        with self._database.reading() as session:
            jobs = session.execute(old).tuples().all()
        if jobs:
            ids = [job_id for job_id, _ in jobs]
            with self._database.writing() as session:
                forget_jobs(session, sa.select(Job.id).where(Job.id.in_(ids)))
        for _, result in jobs:
            if result is not None:
                self._storage.delete_result(result)
        return len(jobs)

    def _delete_uploads(self) -> int:
        old = (
            sa.select(Upload.id, Upload.storage_name)
            .where(
                Upload.uploaded_at < self._oldest(),
                ~sa.exists().where(Job.upload_id == Upload.id),
            )
            .limit(BATCH)
        )
        with self._database.reading() as session:
            if session.execute(old).first() is None:
                return 0
        # Looked for again: a job may have been submitted over one of them by now.
        with self._database.writing() as session:
            uploads = session.execute(old).tuples().all()
            ids = [upload_id for upload_id, _ in uploads]
            session.execute(sa.delete(ProcessingLog).where(ProcessingLog.upload_id.in_(ids)))
            session.execute(sa.delete(Upload).where(Upload.id.in_(ids)))
        for _, name in uploads:
            self._storage.delete_upload(name)
        return len(uploads)

    def _oldest(self) -> datetime:
        return utc_now() - timedelta(days=self._days)
