"""Uploads: read as tables by a real engine, kept whole or not at all."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa

from app.errors import Conflict, NotFound, OutOfStorage, TooLarge, UnsupportedMedia
from app.models import ApiKey, Job, JobEvent, JobStatus, Scope, Upload
from app.queue.lane import Lane
from app.services import Database, RunService, UploadService
from app.services import uploads as module
from app.storage import LocalStorage
from tests.conftest import TABLE
from tests.services.test_runs import summary

MakeKey = Callable[..., ApiKey]


@pytest.fixture
def uploads(database: Database, storage: LocalStorage, lane: Lane) -> UploadService:
    return UploadService(database, storage, lane, max_bytes=1000)


def send(uploads: UploadService, owner: ApiKey, content: bytes, name: str = "t.csv") -> Upload:
    with uploads.receiving(len(content)) as receiver:
        receiver.write(content)
        return uploads.accept(owner, name, receiver)


def files(storage: LocalStorage) -> list[Path]:
    return [path for path in storage._root.rglob("*") if path.is_file()]


def test_a_file_is_kept_as_it_came_with_what_was_found_in_it(
    uploads: UploadService, owner: ApiKey, storage: LocalStorage
) -> None:
    upload = send(uploads, owner, TABLE)

    assert storage.upload_path(upload.storage_name).read_bytes() == TABLE
    assert upload.sha256 == hashlib.sha256(TABLE).hexdigest()
    assert (upload.rows, upload.columns, upload.rejected) == (2, 2, 0)
    assert upload.inspection["delimiter"] == ";"
    assert uploads.get(owner, upload.id).filename == "t.csv"


def test_what_is_no_table_leaves_neither_row_nor_file(
    uploads: UploadService, owner: ApiKey, storage: LocalStorage
) -> None:
    with pytest.raises(UnsupportedMedia):
        send(uploads, owner, bytes(range(256)) * 3, "picture.png")

    assert uploads.page(owner, before_id=None, limit=10) == ([], 0)
    assert files(storage) == []


@pytest.mark.parametrize(
    "announced", [pytest.param(2000, id="said"), pytest.param(0, id="unsaid")]
)
def test_a_file_over_the_limit_is_refused_with_the_limit(
    uploads: UploadService, storage: LocalStorage, announced: int
) -> None:
    with pytest.raises(TooLarge) as refusal, uploads.receiving(announced) as receiver:
        receiver.write(b"x" * 2000)

    assert refusal.value.extra == {"limit_bytes": 1000}
    assert files(storage) == []


def test_a_disk_without_room_refuses_before_the_first_byte(
    uploads: UploadService, storage: LocalStorage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "RESERVED_BYTES", storage.free_bytes() * 2)

    with pytest.raises(OutOfStorage), uploads.receiving(10):
        raise AssertionError("it must not get this far")

    assert files(storage) == []


def test_a_row_that_cannot_be_written_takes_its_file_with_it(
    uploads: UploadService, storage: LocalStorage, database: Database
) -> None:
    stranger = ApiKey(id="not stored", name="x", scope=Scope.WRITE)

    with pytest.raises(sa.exc.IntegrityError):
        send(uploads, stranger, TABLE)

    assert files(storage) == []


def test_an_upload_is_its_owners_and_an_admins(
    uploads: UploadService, owner: ApiKey, make_key: MakeKey
) -> None:
    upload = send(uploads, owner, TABLE)
    stranger = make_key()

    assert uploads.get(make_key(Scope.ADMIN), upload.id).id == upload.id
    with pytest.raises(NotFound):
        uploads.get(stranger, upload.id)
    with pytest.raises(NotFound):
        uploads.logs(stranger, upload.id, after_id=None, limit=10)
    with pytest.raises(NotFound):
        uploads.delete(stranger, upload.id)
    assert uploads.page(stranger, before_id=None, limit=10) == ([], 0)


def test_pages_go_from_the_newest_to_the_oldest(uploads: UploadService, owner: ApiKey) -> None:
    ids = [send(uploads, owner, TABLE).id for _ in range(3)]

    first, total = uploads.page(owner, before_id=None, limit=2)
    second, _ = uploads.page(owner, before_id=first[-1].id, limit=2)

    assert total == 3
    assert [upload.id for upload in first + second] == ids[::-1]


def test_an_upload_in_use_cannot_be_deleted(
    uploads: UploadService, make_job: Callable[..., Job], owner: ApiKey
) -> None:
    job = make_job()

    with pytest.raises(Conflict):
        uploads.delete(owner, job.upload_id)

    assert uploads.get(owner, job.upload_id)


def test_a_deleted_upload_takes_jobs_results_events_and_logs_with_it(
    uploads: UploadService,
    make_job: Callable[..., Job],
    owner: ApiKey,
    runs: RunService,
    database: Database,
    storage: LocalStorage,
) -> None:
    job = make_job()
    taken = runs.claim("worker", 30)
    assert taken is not None
    runs.complete(taken, summary())
    make_job(status=JobStatus.FAILED, retry_of=job.id)

    uploads.delete(owner, job.upload_id)

    with database.reading() as session:
        assert session.scalars(sa.select(Job)).all() == []
        assert session.scalars(sa.select(JobEvent)).all() == []
    assert files(storage) == []
    assert list((storage._root / "results").iterdir()) == []
    with pytest.raises(NotFound):
        uploads.get(owner, job.upload_id)


def test_the_id_of_a_deleted_upload_never_comes_back(
    uploads: UploadService, owner: ApiKey
) -> None:
    first = send(uploads, owner, TABLE)
    uploads.delete(owner, first.id)

    assert send(uploads, owner, TABLE).id > first.id
