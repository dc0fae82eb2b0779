"""What tests of several rooms stand on: a database in a file, a storage in a folder, factories.

Every part is the real one. Factories fill in what a test is not about.
"""

from __future__ import annotations

import itertools
import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from app.extensions import Base
from app.models import ApiKey, Job, JobEvent, JobStatus, Scope, Upload
from app.queue.lane import Lane
from app.services import Database, KeyService, RunService
from app.services.database import prepare_sqlite
from app.storage import LocalStorage

INSPECTION = {
    "encoding": "utf-8",
    "delimiter": ";",
    "quotechar": '"',
    "header": True,
    "skip_lines": 0,
    "sheet": None,
    "columns": ["Name", "City"],
    "rows": 2,
    "rejected": 0,
}
BEGINNING = datetime(2026, 1, 1, tzinfo=UTC)
TABLE = b"Name;City\n Ada ;London\nBob;Paris\n"


class Announcements(list[dict[str, Any]]):
    """A publisher that keeps what it is told."""

    def announce(self, snapshot: dict[str, Any], owner_id: str) -> None:
        self.append(snapshot)


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    engine = sa.create_engine(f"sqlite:///{tmp_path / 'neatdata.db'}")
    prepare_sqlite(engine)
    Base.metadata.create_all(engine)
    yield Database(engine)
    engine.dispose()


@pytest.fixture
def storage(tmp_path: Path) -> LocalStorage:
    storage = LocalStorage(tmp_path / "files")
    storage.prepare()
    return storage


@pytest.fixture
def announced() -> Announcements:
    return Announcements()


@pytest.fixture
def keys(database: Database) -> KeyService:
    return KeyService(database)


@pytest.fixture
def make_key(keys: KeyService) -> Callable[..., ApiKey]:
    def make(scope: Scope = Scope.WRITE) -> ApiKey:
        return keys.create("someone", scope).key

    return make


@pytest.fixture
def owner(make_key: Callable[..., ApiKey]) -> ApiKey:
    return make_key()


@pytest.fixture
def make_upload(
    database: Database, storage: LocalStorage, owner: ApiKey
) -> Callable[..., Upload]:
    def make(owner: ApiKey = owner, content: bytes = TABLE) -> Upload:
        name = uuid.uuid4().hex
        storage.upload_path(name).write_bytes(content)
        upload = Upload(
            owner_id=owner.id,
            filename="table.csv",
            file_size=len(content),
            sha256="0" * 64,
            storage_name=name,
            rows=2,
            columns=2,
            rejected=0,
            inspection=INSPECTION,
        )
        with database.writing() as session:
            session.add(upload)
        return upload

    return make


@pytest.fixture(scope="session")
def lane() -> Iterator[Lane]:
    """The interactive lane, with real engines, shared by all who only ask questions."""
    lane = Lane(memory_bytes=1024 * 1024 * 1024, modules_dir=None)
    yield lane
    lane.stop()


@pytest.fixture
def runs(database: Database, storage: LocalStorage, announced: Announcements) -> RunService:
    return RunService(database, storage, announced, running_per_key=2)


@pytest.fixture
def make_job(
    database: Database, make_upload: Callable[..., Upload], owner: ApiKey
) -> Callable[..., Job]:
    """A pending job, submitted as JobService would; each later than the one before."""
    upload = make_upload()
    moments = itertools.count()

    def make(owner: ApiKey = owner, **columns: Any) -> Job:
        moment = BEGINNING + timedelta(seconds=next(moments))
        job = Job(
            id=uuid.uuid4(),
            owner_id=owner.id,
            upload_id=upload.id,
            status=JobStatus.PENDING,
            modules=[{"key": "trim_spaces", "params": {}, "on_error": "fail"}],
            warnings=[],
            seq=1,
            attempt=0,
            engine_deaths=0,
            server_deaths=0,
            cancel_requested=False,
            progress_percent=0.0,
            rows_done=0,
            rows_total=2,
            created_at=moment,
            updated_at=moment,
        )
        for name, value in columns.items():
            setattr(job, name, value)
        with database.writing() as session:
            session.add(job)
            session.flush()
            session.add(JobEvent(job_id=job.id, seq=job.seq, payload=job.snapshot()))
        return job

    return make


@pytest.fixture
def stored(database: Database) -> Callable[[uuid.UUID], Job]:
    """The job as the database has it."""

    def read(job_id: uuid.UUID) -> Job:
        with database.reading() as session:
            return session.get_one(Job, job_id)

    return read
