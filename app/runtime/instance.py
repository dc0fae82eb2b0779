"""The instance folder's lock: one server per folder.

Two servers on one folder would each take the other's running jobs for lost.
"""

from __future__ import annotations

import fcntl
import os
import time
from pathlib import Path


class InstanceInUse(Exception):
    """Another server works on this folder."""


class InstanceUnusable(Exception):
    """The folder cannot be made, or not be written to. The text is one line."""


class InstanceLock:
    """An flock on `INSTANCE_DIR/server.lock`. The kernel lets go of it however the process
    ends.
    """

    def __init__(self, folder: Path) -> None:
        self._path = folder / "server.lock"
        self._descriptor: int | None = None

    def acquire(self, wait_seconds: float) -> None:
        """Raises InstanceInUse when another process still holds it after `wait_seconds`;
        InstanceUnusable.
        """
        descriptor = self._open()
        deadline = time.monotonic() + wait_seconds
        while not _try_lock(descriptor):
            if time.monotonic() >= deadline:
                os.close(descriptor)
                raise InstanceInUse(
                    f"another server is running on the instance folder {self._path.parent}"
                )
            time.sleep(0.1)
        self._descriptor = descriptor

    def _open(self) -> int:
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            # Not inherited by engine processes: one that lingers must not keep it locked.
            return os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise InstanceUnusable(
                f"the instance folder {self._path.parent} cannot be used: {error.strerror}"
            ) from None

    def release(self) -> None:
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None


def _try_lock(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
