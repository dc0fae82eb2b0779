"""Whether the service can do its work, part by part: a process that lives may still be deaf."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping

import sqlalchemy as sa

from app.errors import NotReady
from app.models import ApiKey
from app.services.database import Database
from app.services.uploads import RESERVED_BYTES
from app.storage import LocalStorage

#: What a part says when it is well.
OK = "ok"

log = logging.getLogger(__name__)


class ReadinessService:
    """Asks every part, each by itself.

    `parts`: the queue's, the engines' and the publisher's: name -> what is wrong with it, or
    None.
    """

    def __init__(
        self,
        database: Database,
        storage: LocalStorage,
        parts: Mapping[str, Callable[[], str | None]],
    ) -> None:
        self._database = database
        self._storage = storage
        self._parts = {"database": self._ask_database, "disk": self._ask_disk, **parts}

    def check(self) -> dict[str, str]:
        """Every part and how it is. Raises NotReady, with `checks`, when one is not well."""
        checks = {name: _asked(name, ask) for name, ask in self._parts.items()}
        failing = [f"{name}: {text}" for name, text in checks.items() if text != OK]
        if failing:
            raise NotReady(" ".join(failing), checks=checks)
        return checks

    def _ask_database(self) -> str | None:
        with self._database.reading() as session:
            found = session.scalar(sa.select(ApiKey.id).limit(1))
        return None if found is not None else "It has no keys."

    def _ask_disk(self) -> str | None:
        free = self._storage.free_bytes()
        if free < RESERVED_BYTES:
            return f"Only {free // 2**20} MiB are free; uploads need {RESERVED_BYTES // 2**20}."
        return None if self._storage.is_writable() else "Nothing can be written."


def _asked(name: str, ask: Callable[[], str | None]) -> str:
    try:
        return ask() or OK
    except Exception:
        # Its text may hold paths, which are for the log alone.
        log.exception("%s could not be looked at", name)
        return "It cannot be used."
