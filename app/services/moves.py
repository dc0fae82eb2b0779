"""Waiting for a job to move, without asking the database over and over."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from app.services.ports import Publisher


class JobMoves:
    """Stands between the services and the publisher, and wakes whoever waits for the job that
    an announcement is about.
    """

    def __init__(self, publisher: Publisher) -> None:
        self._publisher = publisher
        self._waiting: dict[str, set[threading.Event]] = {}
        self._lock = threading.Lock()

    def announce(self, snapshot: dict[str, Any], owner_id: str) -> None:
        self._publisher.announce(snapshot, owner_id)
        with self._lock:
            for moved in self._waiting.get(snapshot["job_id"], ()):
                moved.set()

    @contextmanager
    def of(self, job_id: uuid.UUID) -> Iterator[threading.Event]:
        """An event that is set whenever the job moves, for as long as the block lasts."""
        moved = threading.Event()
        name = str(job_id)
        with self._lock:
            self._waiting.setdefault(name, set()).add(moved)
        try:
            yield moved
        finally:
            with self._lock:
                self._waiting[name].discard(moved)
                if not self._waiting[name]:
                    del self._waiting[name]

    def wake_all(self) -> None:
        """Have everyone who waits look now."""
        with self._lock:
            for events in self._waiting.values():
                for moved in events:
                    moved.set()
