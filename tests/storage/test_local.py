"""Files on this machine: bounded, whole, and swept when no row names them."""

from __future__ import annotations

import hashlib
import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from app.storage import LocalStorage, SizeLimitExceeded


@contextmanager
def file_size_limit(limit: int) -> Iterator[None]:
    """A disk with room for `limit` more bytes of one file, as the kernel can play it."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def names(storage: LocalStorage, folder: str) -> list[str]:
    return sorted(path.name for path in (storage._root / folder).iterdir())


def test_a_received_file_is_hashed_counted_and_kept_whole(storage: LocalStorage) -> None:
    with storage.receive(limit=100) as receiver:
        receiver.write(b"Name\n")
        receiver.write(b"Ada\n")
        name = storage.keep_upload(receiver)

    assert storage.upload_path(name).read_bytes() == b"Name\nAda\n"
    assert (receiver.size, receiver.sha256) == (9, hashlib.sha256(b"Name\nAda\n").hexdigest())
    assert names(storage, "incoming") == []


def test_what_is_not_kept_is_gone(storage: LocalStorage) -> None:
    with storage.receive(limit=100) as receiver:
        receiver.write(b"Name\n")

    assert names(storage, "incoming") == names(storage, "uploads") == []


def test_the_limit_is_enforced_while_receiving(storage: LocalStorage) -> None:
    with pytest.raises(SizeLimitExceeded), storage.receive(limit=10) as receiver:
        receiver.write(b"0123456789")
        receiver.write(b"0")

    assert names(storage, "incoming") == []


def test_a_disk_that_takes_half_a_write_does_not_pass_for_one_that_took_it_all(
    storage: LocalStorage,
) -> None:
    with (
        storage.receive(limit=5000) as receiver,
        file_size_limit(1000),
        pytest.raises(OSError, match="too large"),
    ):
        receiver.write(b"x" * 1500)

    assert names(storage, "incoming") == []


def test_a_work_folder_of_an_earlier_life_is_emptied(storage: LocalStorage) -> None:
    (storage.work_folder("job.1") / "clean.csv").write_text("half")

    assert list(storage.work_folder("job.1").iterdir()) == []


def test_a_start_clears_what_was_half_made_and_nothing_else(storage: LocalStorage) -> None:
    storage.work_folder("job.1")
    (storage.work_folder("job.2") / "clean.csv").write_text("whole")
    storage.keep_result("job.2")
    storage.temporary_path(".xlsx").write_bytes(b"half")

    storage.prepare()

    assert names(storage, "work") == names(storage, "incoming") == []
    assert names(storage, "results") == ["job.2"]


def test_a_sweep_deletes_only_what_no_row_names(storage: LocalStorage, tmp_path: Path) -> None:
    for name in ("job.1", "job.2"):
        storage.work_folder(name)
        storage.keep_result(name)
    storage.upload_path("known").write_bytes(b"a")
    storage.upload_path("unknown").write_bytes(b"b")

    storage.sweep(["known"], ["job.2"])

    assert names(storage, "uploads") == ["known"]
    assert names(storage, "results") == ["job.2"]


def test_deleting_twice_is_the_same_as_once(storage: LocalStorage) -> None:
    storage.work_folder("job.1")
    storage.keep_result("job.1")
    for _ in range(2):
        storage.delete_result("job.1")
        storage.delete_upload("none")

    assert names(storage, "results") == []
