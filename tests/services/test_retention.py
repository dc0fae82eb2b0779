"""What is too old goes, whole; what is in use stays."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from app.models import ApiKey, Job, JobEvent, JobStatus, ProcessingLog, Upload
from app.models.types import utc_now
from app.services import Database, RetentionService, RunService
from app.services import retention as module
from app.storage import LocalStorage
from tests.services.test_runs import summary

MakeJob = Callable[..., Job]
LONG_AGO = utc_now() - timedelta(days=31)
LATELY = utc_now() - timedelta(days=29)


@pytest.fixture
def retention(database: Database, storage: LocalStorage) -> RetentionService:
    return RetentionService(database, storage, days=30)


def count(database: Database, table: type[Any]) -> int:
    with database.reading() as session:
        return session.scalar(sa.select(sa.func.count()).select_from(table)) or 0


def completed(runs: RunService, storage: LocalStorage, make_job: MakeJob) -> Path:
    """A job that has run and left a result: its folder."""
    make_job()
    claim = runs.claim("worker", 60)
    assert claim is not None
    Path(claim.args["target"]).write_text("Name\nAda\n")
    assert runs.complete(claim, summary())
    return storage.result_folder(claim.work_name)


def age(database: Database, table: type[Any], **values: Any) -> None:
    with database.writing() as session:
        session.execute(sa.update(table).values(**values))


def test_an_old_job_goes_with_all_that_hangs_on_it(
    retention: RetentionService,
    runs: RunService,
    storage: LocalStorage,
    make_job: MakeJob,
    database: Database,
) -> None:
    result = completed(runs, storage, make_job)
    age(database, Job, completed_at=LONG_AGO)

    assert retention.sweep_jobs() == 1

    assert [count(database, table) for table in (Job, JobEvent, ProcessingLog)] == [0, 0, 0]
    assert not result.exists()


def test_a_job_that_ended_lately_stays(
    retention: RetentionService,
    runs: RunService,
    storage: LocalStorage,
    make_job: MakeJob,
    database: Database,
) -> None:
    result = completed(runs, storage, make_job)
    age(database, Job, completed_at=LATELY, created_at=LONG_AGO)
    age(database, Upload, uploaded_at=LONG_AGO)

    assert (retention.sweep_jobs(), retention.sweep_uploads()) == (0, 0)

    assert (result / "clean.csv").exists()
    assert count(database, Job) == 1


@pytest.mark.parametrize("status", [JobStatus.PENDING, JobStatus.PROCESSING])
def test_a_job_that_has_not_ended_stays_with_its_upload(
    retention: RetentionService,
    make_job: MakeJob,
    database: Database,
    storage: LocalStorage,
    status: JobStatus,
) -> None:
    job = make_job(status=status, created_at=LONG_AGO)
    age(database, Upload, uploaded_at=LONG_AGO)

    assert (retention.sweep_jobs(), retention.sweep_uploads()) == (0, 0)

    with database.reading() as session:
        upload = session.get_one(Upload, job.upload_id)
    assert storage.upload_path(upload.storage_name).exists()


def test_an_old_upload_goes_once_no_job_refers_to_it(
    retention: RetentionService,
    make_upload: Callable[..., Upload],
    database: Database,
    storage: LocalStorage,
) -> None:
    old, new = make_upload(), make_upload()
    with database.writing() as session:
        session.get_one(Upload, old.id).uploaded_at = LONG_AGO

    assert retention.sweep_uploads() == 1

    assert not storage.upload_path(old.storage_name).exists()
    assert storage.upload_path(new.storage_name).exists()


def test_a_retry_outlives_the_job_it_repeats(
    retention: RetentionService, make_job: MakeJob, stored: Callable[..., Job]
) -> None:
    first = make_job(status=JobStatus.FAILED, completed_at=LONG_AGO)
    again = make_job(retry_of=first.id)

    assert retention.sweep_jobs() == 1

    assert stored(again.id).retry_of is None


def test_many_go_in_short_writes(
    retention: RetentionService,
    make_job: MakeJob,
    database: Database,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "BATCH", 2)
    for _ in range(5):
        make_job(status=JobStatus.CANCELLED, completed_at=LONG_AGO)

    assert retention.sweep_jobs() == 5
    assert count(database, Job) == 0


def test_without_days_everything_is_kept(
    database: Database, storage: LocalStorage, make_job: MakeJob, owner: ApiKey
) -> None:
    make_job(status=JobStatus.FAILED, completed_at=LONG_AGO)
    retention = RetentionService(database, storage, days=0)

    assert (retention.sweep_jobs(), retention.sweep_uploads()) == (0, 0)
    assert count(database, Job) == 1
