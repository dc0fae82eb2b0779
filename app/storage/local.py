"""Files in a folder of this machine.

    <root>/incoming/    uploads being received, conversions being written: never referred to by
    a row
    <root>/work/        one folder per running attempt, `<job>.<attempt>`
    <root>/uploads/     received files, under random names
    <root>/results/     one folder per finished job, `<job>.<attempt>`

A file is written under a temporary name and renamed once it is whole, so what a row names is
always complete.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import uuid
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType


class SizeLimitExceeded(Exception):
    """More bytes came than `limit` allows."""

    def __init__(self, limit: int) -> None:
        super().__init__(f"more than {limit} bytes")
        self.limit = limit


class Receiver:
    """Takes an upload's bytes as they come: straight to disk, hashed, counted, bounded.

    A context manager: what was not kept when the block ends is deleted.
    """

    def __init__(self, path: Path, limit: int) -> None:
        self.path = path
        self.size = 0
        self._limit = limit
        self._hash = hashlib.sha256()
        self._file = path.open("xb", buffering=0)

    @property
    def sha256(self) -> str:
        return self._hash.hexdigest()

    def write(self, data: bytes) -> int:
        """Raises SizeLimitExceeded as soon as the limit is passed; OSError (ENOSPC) when the
        disk is full.
        """
        self.size += len(data)
        if self.size > self._limit:
            raise SizeLimitExceeded(self._limit)
        self._hash.update(data)
        rest = memoryview(data)
        while rest:
            # An unbuffered write may take less than it was given, on a disk about to be full.
            rest = rest[self._file.write(rest) :]
        return len(data)

    def close(self) -> None:
        self._file.close()

    def __enter__(self) -> Receiver:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()
        self.path.unlink(missing_ok=True)


class LocalStorage:
    def __init__(self, root: Path) -> None:
        self._root = root

    def prepare(self) -> None:
        """Make the folders and clear what a sudden end left half-made."""
        for name in ("incoming", "work"):
            shutil.rmtree(self._root / name, ignore_errors=True)
        for name in ("incoming", "work", "uploads", "results"):
            (self._root / name).mkdir(parents=True, exist_ok=True)

    def free_bytes(self) -> int:
        return shutil.disk_usage(self._root).free

    def is_writable(self) -> bool:
        """Whether the folders are there and take files."""
        return all(
            os.access(self._root / name, os.W_OK | os.X_OK)
            for name in ("incoming", "work", "uploads", "results")
        )

    def receive(self, limit: int) -> Receiver:
        """A place for an upload of at most `limit` bytes."""
        return Receiver(self._temporary(), limit)

    def keep_upload(self, receiver: Receiver) -> str:
        """Move a received file to its final place; the name to find it by. Its bytes are
        synced already.
        """
        name = uuid.uuid4().hex
        receiver.close()
        receiver.path.rename(self.upload_path(name))
        _sync_folder(self._root / "uploads")
        return name

    def upload_path(self, name: str) -> Path:
        return self._root / "uploads" / name

    def delete_upload(self, name: str) -> None:
        self.upload_path(name).unlink(missing_ok=True)

    def work_folder(self, name: str) -> Path:
        """An empty folder for one attempt."""
        folder = self._root / "work" / name
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        return folder

    def drop_work(self, name: str) -> None:
        shutil.rmtree(self._root / "work" / name, ignore_errors=True)

    def keep_result(self, name: str) -> None:
        """Turn an attempt's work folder into a result. Its files are synced already."""
        (self._root / "work" / name).rename(self.result_folder(name))
        _sync_folder(self._root / "results")

    def result_folder(self, name: str) -> Path:
        return self._root / "results" / name

    def delete_result(self, name: str) -> None:
        shutil.rmtree(self.result_folder(name), ignore_errors=True)

    def temporary_path(self, suffix: str = "") -> Path:
        """A fresh name under incoming/, for a file that is made aside and then renamed."""
        return self._temporary(suffix)

    def sweep(self, uploads: Iterable[str], results: Iterable[str]) -> None:
        """Delete what no row names: the leftovers of a crash between a rename and its
        commit.
        """
        for folder, known in (("uploads", set(uploads)), ("results", set(results))):
            for path in (self._root / folder).iterdir():
                if path.name not in known:
                    shutil.rmtree(path) if path.is_dir() else path.unlink()

    def _temporary(self, suffix: str = "") -> Path:
        return self._root / "incoming" / (uuid.uuid4().hex + suffix)


def _sync_folder(folder: Path) -> None:
    """A rename is durable once the folder that holds the name is synced."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
