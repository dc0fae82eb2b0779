"""Requests that may be sent again: the same Idempotency-Key never makes a thing twice.

The id of what a request makes is written in the transaction that makes it. So a server that
dies between that commit and its answer still knows, when it is asked again, that the thing is
there and which it is.
"""

from __future__ import annotations

from contextvars import ContextVar
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.errors import Conflict, Unprocessable
from app.models import ApiKey, IdempotentRequest
from app.models.types import utc_now
from app.services.database import Database

#: How long an answer is kept.
KEEP = timedelta(hours=24)
#: How soon a request that found its first still running may ask again.
RETRY_SECONDS = 1


@dataclass(kw_only=True)
class Attempt:
    """A request under way that has a key. `known`: the one before it, which did the work."""

    owner_id: str
    key: str
    operation: str
    known: IdempotentRequest | None = None
    fingerprint: str | None = None
    settled: bool = False

    @property
    def row(self) -> tuple[sa.ColumnElement[bool], ...]:
        return IdempotentRequest.owner_id == self.owner_id, IdempotentRequest.key == self.key

    def identify(self, fingerprint: str) -> None:
        """Say what was sent. Raises Unprocessable when the key stood for something else."""
        self.fingerprint = fingerprint
        if self.known is not None and self.known.fingerprint != fingerprint:
            raise _reused(self.key)


_current: ContextVar[Attempt | None] = ContextVar("idempotent_attempt", default=None)


def made(session: Session, thing_id: object) -> None:
    """To be called in the transaction that makes what a request asked for."""
    attempt = _current.get()
    if attempt is not None:
        session.execute(
            sa.update(IdempotentRequest)
            .where(*attempt.row)
            .values(made=str(thing_id), fingerprint=attempt.fingerprint)
        )


class IdempotencyService:
    def __init__(self, database: Database) -> None:
        self._database = database

    def begin(self, owner: ApiKey, key: str, operation: str) -> Attempt:
        """Take `key` for the request under way, or find the one that had it.

        Raises Conflict while that one is running; Unprocessable when it asked for something
        else. To be followed by `leave`.
        """
        attempt = Attempt(owner_id=owner.id, key=key, operation=operation)
        with self._database.writing() as session:
            known = session.get(IdempotentRequest, (owner.id, key))
            if known is not None and not known.running and known.created_at < utc_now() - KEEP:
                session.delete(known)
                session.flush()
                known = None
            if known is None:
                session.add(IdempotentRequest(owner_id=owner.id, key=key, operation=operation))
        if known is not None:
            _check(known, operation)
        attempt.known = known
        _current.set(attempt)
        return attempt

    def keep(self, attempt: Attempt, answer: dict[str, Any]) -> None:
        """Keep the answer of a request that did what it was asked for."""
        with self._database.writing() as session:
            session.execute(
                sa.update(IdempotentRequest)
                .where(*attempt.row)
                .values(answer=answer, running=False, fingerprint=attempt.fingerprint)
            )
        attempt.settled = True

    def leave(self, attempt: Attempt) -> None:
        """The request has ended. One that made nothing gives its key free."""
        _current.set(None)
        if attempt.known is None and not attempt.settled:
            with self._database.writing() as session:
                _end(session, *attempt.row)

    def recover(self) -> None:
        """At a start: what was running was lost with the last server."""
        with self._database.writing() as session:
            _end(session, IdempotentRequest.running.is_(True))

    def sweep(self) -> int:
        """Forget what is older than KEEP. How many there were."""
        with self._database.writing() as session:
            old = session.scalars(
                sa.delete(IdempotentRequest)
                .where(
                    IdempotentRequest.created_at < utc_now() - KEEP,
                    IdempotentRequest.running.is_(False),
                )
                .returning(IdempotentRequest.key)
            )
            return len(old.all())


def _end(session: Session, *which: sa.ColumnElement[bool]) -> None:
    session.execute(
        sa.delete(IdempotentRequest).where(*which, IdempotentRequest.made.is_(None))
    )
    session.execute(sa.update(IdempotentRequest).where(*which).values(running=False))


def _check(known: IdempotentRequest, operation: str) -> None:
    if known.operation != operation:
        raise _reused(known.key)
    if known.running:
        raise Conflict(
            "The first request with this Idempotency-Key is still running.",
            code="request-in-progress",
            retry_after_seconds=RETRY_SECONDS,
        )


def _reused(key: str) -> Unprocessable:
    return Unprocessable(
        f"The Idempotency-Key {key!r} was used for another request.",
        code="idempotency-key-reused",
    )
