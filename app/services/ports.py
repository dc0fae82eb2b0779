"""What services need from other rooms, as protocols: the factory hands the real ones in."""

from __future__ import annotations

import uuid
from typing import Any, Protocol


class EngineLane(Protocol):
    """Short interactive work, answered while the caller waits; never behind a long job."""

    def call(
        self, op: str, args: dict[str, Any], *, timeout: float | None = None
    ) -> dict[str, Any]:
        """The result of one engine operation.

        Raises EngineRefusal for what the engine refuses, EngineTimeout, and errors.Busy when no
        process gets free in time.
        """
        ...


class Queue(Protocol):
    def wake(self) -> None:
        """There is something to claim. Must not wait: called after a commit, inside the writer
        lock.
        """
        ...

    def cancel(self, job_id: uuid.UUID) -> None:
        """Stop working on this job now, should it run here. The row says so already."""
        ...


class Publisher(Protocol):
    def announce(self, snapshot: dict[str, Any], owner_id: str) -> None:
        """Tell every watcher. Must not wait: called after a commit, in commit order."""
        ...
