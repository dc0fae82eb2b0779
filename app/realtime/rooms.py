"""Rooms: their names, and who is in the house.

job:{id}        every update of one job
owner:{key id}  the newest update of each job of one key
jobs            the newest update of each job there is, for admins
"""

from __future__ import annotations

import threading
import uuid

from app.models import ApiKey, Scope

ALL_JOBS = "jobs"


def job_room(job_id: uuid.UUID | str) -> str:
    return f"job:{job_id}"


def owner_room(key_id: str) -> str:
    return f"owner:{key_id}"


def global_room(key: ApiKey) -> str:
    """The room `subscribe_all` means for this key."""
    return ALL_JOBS if key.scope is Scope.ADMIN else owner_room(key.id)


class Sockets:
    """Which socket came in with which key, so that a revoked key can be shown the door."""

    def __init__(self) -> None:
        self._keys: dict[str, str] = {}
        self._lock = threading.Lock()

    def add(self, sid: str, key_id: str) -> None:
        with self._lock:
            self._keys[sid] = key_id

    def remove(self, sid: str) -> None:
        with self._lock:
            self._keys.pop(sid, None)

    def key_of(self, sid: str) -> str | None:
        return self._keys.get(sid)

    def key_ids(self) -> set[str]:
        with self._lock:
            return set(self._keys.values())

    def of_keys(self, key_ids: set[str]) -> list[str]:
        with self._lock:
            return [sid for sid, key_id in self._keys.items() if key_id in key_ids]

    def __len__(self) -> int:
        return len(self._keys)
