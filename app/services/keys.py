"""API keys: make, check, rotate, revoke."""

from __future__ import annotations

import hmac
import threading
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import sqlalchemy as sa

from app.errors import Conflict, NotFound, Unauthenticated
from app.models import ApiKey, KeySecret, Scope
from app.models.types import utc_now
from app.services.database import Database
from app.services.idempotency import made
from app.services.key_format import KeyText, parse

#: How long the old secret still opens after a rotation, unless the caller says otherwise.
ROTATION_OVERLAP = timedelta(days=7)


@dataclass(frozen=True)
class IssuedKey:
    """A key and its text, which exists only here and now: at rest there is a digest."""

    key: ApiKey
    #: Not in the repr, which may end in a log.
    text: str = field(repr=False)


class KeyService:
    def __init__(self, database: Database) -> None:
        self._database = database
        self._used: dict[str, datetime] = {}
        self._used_lock = threading.Lock()

    def authenticate(self, text: str | None) -> ApiKey:
        """The key behind `text`.

        Raises Unauthenticated with a code: missing-key, malformed-key (refused before any
        query), unknown-key, expired-key, revoked-key.
        """
        if not text:
            raise Unauthenticated("Send an API key in X-API-Key.", code="missing-key")
        given = parse(text.strip())
        if given is None:
            raise Unauthenticated(
                "The API key is not in the right format.", code="malformed-key"
            )
        now = utc_now()
        with self._database.reading() as session:
            key = session.get(ApiKey, given.id)
        if key is None or not _opens(key, given, now):
            raise Unauthenticated("The API key is not known.", code="unknown-key")
        if key.revoked_at is not None:
            raise Unauthenticated("The API key has been revoked.", code="revoked-key")
        if not key.is_live(now):
            raise Unauthenticated("The API key has expired.", code="expired-key")
        with self._used_lock:
            self._used[key.id] = now
        return key

    def live(self, key_id: str) -> ApiKey:
        """The key, if it still opens. Raises Unauthenticated: it may be revoked by now."""
        with self._database.reading() as session:
            key = session.get(ApiKey, key_id)
        if key is None or not key.is_live(utc_now()):
            raise Unauthenticated("The API key no longer opens.", code="revoked-key")
        return key

    def create(
        self, name: str, scope: Scope, *, expires_in_days: int | None = None
    ) -> IssuedKey:
        text = KeyText.new()
        now = utc_now()
        key = ApiKey(
            id=text.id,
            name=name,
            scope=scope,
            created_at=now,
            expires_at=None
            if expires_in_days is None
            else now + timedelta(days=expires_in_days),
            secrets=[KeySecret(digest=text.digest)],
        )
        with self._database.writing() as session:
            session.add(key)
            made(session, key.id)
        return IssuedKey(key, text.reveal())

    def get(self, key_id: str) -> ApiKey:
        """Raises NotFound."""
        with self._database.reading() as session:
            return self._get(session, key_id)

    def all(self) -> list[ApiKey]:
        """Every key, the newest first."""
        with self._database.reading() as session:
            newest_first = sa.select(ApiKey).order_by(ApiKey.created_at.desc(), ApiKey.id)
            return list(session.scalars(newest_first))

    def page(
        self, *, before: tuple[datetime, str] | None, limit: int
    ) -> tuple[list[ApiKey], int]:
        """At most `limit` keys, the newest first, older than `before`; and how many there are
        in all.
        """
        newest_first = sa.select(ApiKey).order_by(ApiKey.created_at.desc(), ApiKey.id.desc())
        if before is not None:
            newest_first = newest_first.where(sa.tuple_(ApiKey.created_at, ApiKey.id) < before)
        with self._database.reading() as session:
            total = session.scalar(sa.select(sa.func.count(ApiKey.id)))
            return list(session.scalars(newest_first.limit(limit))), total or 0

    def rotate(self, key_id: str, *, overlap: timedelta = ROTATION_OVERLAP) -> IssuedKey:
        """Give the key a second secret; the first goes on opening for `overlap`, then no more.

        Raises NotFound; Conflict when the key is revoked or has expired: no secret would open.
        """
        text = KeyText.new(key_id)
        now = utc_now()
        with self._database.writing() as session:
            key = self._get(session, key_id)
            if key.revoked_at is not None:
                raise Conflict("A revoked key cannot be rotated.", code="key-revoked")
            if not key.is_live(now):
                raise Conflict("An expired key cannot be rotated.", code="key-expired")
            end = now + overlap
            for secret in key.secrets:
                secret.expires_at = (
                    end if secret.expires_at is None else min(end, secret.expires_at)
                )
            key.secrets.append(KeySecret(digest=text.digest))
        return IssuedKey(key, text.reveal())

    def revoke(self, key_id: str) -> ApiKey:
        """End the key for good. Revoking twice is the same as once. Raises NotFound."""
        with self._database.writing() as session:
            key = self._get(session, key_id)
            key.revoked_at = key.revoked_at or utc_now()
        return key

    def live_among(self, key_ids: Iterable[str]) -> set[str]:
        """Those of `key_ids` that still open: neither revoked nor expired."""
        now = utc_now()
        with self._database.reading() as session:
            keys = session.scalars(sa.select(ApiKey).where(ApiKey.id.in_(list(key_ids))))
            return {key.id for key in keys if key.is_live(now)}

    def flush_last_used(self) -> None:
        """Store when keys were last used. Called in the background, so that no request writes
        for it.
        """
        with self._used_lock:
            used, self._used = self._used, {}
        if not used:
            return
        with self._database.writing() as session:
            for key_id, moment in used.items():
                session.execute(
                    sa.update(ApiKey).where(ApiKey.id == key_id).values(last_used_at=moment)
                )

    def ensure_admin(self, given: str | None, file: Path) -> None:
        """On a first start (no key yet) store the admin key, `given` or new, and write it to
        `file` (0600).

        Raises ValueError when `given` is not in our format.
        """
        text = KeyText.new() if given is None else parse(given)
        if text is None:
            raise ValueError(
                "NEATDATA_ADMIN_KEY is not a key in the format of `flask keys generate`"
            )
        with self._database.writing() as session:
            if session.scalar(sa.select(ApiKey.id).limit(1)) is not None:
                return
            session.add(
                ApiKey(
                    id=text.id,
                    name="admin",
                    scope=Scope.ADMIN,
                    secrets=[KeySecret(digest=text.digest)],
                )
            )
            # Inside the transaction: a key whose text nobody has must not exist.
            _write_secret(file, text.reveal() + "\n")

    @staticmethod
    def _get(session: sa.orm.Session, key_id: str) -> ApiKey:
        key = session.get(ApiKey, key_id)
        if key is None:
            raise NotFound(f"There is no key {key_id}.", code="key-not-found")
        return key


def _opens(key: ApiKey, given: KeyText, now: datetime) -> bool:
    digest = given.digest
    opened = False
    for secret in key.secrets:
        # No early exit: how long it takes tells nothing about which secret matched.
        live = secret.expires_at is None or secret.expires_at > now
        opened |= live and hmac.compare_digest(secret.digest, digest)
    return opened


def _write_secret(file: Path, text: str) -> None:
    file.unlink(missing_ok=True)
    file.touch(mode=0o600)
    file.write_text(text, encoding="ascii")
