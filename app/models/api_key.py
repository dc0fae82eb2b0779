"""API keys and their secrets."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.extensions import Base
from app.models.types import UtcDateTime, stored_values, utc_now


class Scope(StrEnum):
    """What a key may do; each scope includes the ones before it."""

    #: Look at its own uploads and jobs.
    READ = "read"
    #: Upload, submit, cancel, delete what is its own.
    WRITE = "write"
    #: See and do everything, keys included.
    ADMIN = "admin"

    def includes(self, other: Scope) -> bool:
        order = list(Scope)
        return order.index(self) >= order.index(other)


class ApiKey(Base):
    """Who a caller is. Uploads and jobs belong to a key, so rotation keeps the row and changes
    its secrets.
    """

    __tablename__ = "api_keys"

    #: The public part of the key's text: nd_<id>_<secret><checksum>.
    id: Mapped[str] = mapped_column(sa.String(16), primary_key=True)
    name: Mapped[str] = mapped_column(sa.String(100))
    scope: Mapped[Scope] = mapped_column(
        sa.Enum(Scope, native_enum=False, length=8, values_callable=stored_values)
    )
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
    expires_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    #: Written in the background, at most every few seconds: a GET never writes.
    last_used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    #: When a job of this key was last claimed: of two keys, the one served longer ago is next.
    last_claim_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    secrets: Mapped[list[KeySecret]] = relationship(
        back_populates="key", lazy="selectin", order_by="KeySecret.id"
    )

    def is_live(self, now: datetime) -> bool:
        return self.revoked_at is None and (self.expires_at is None or self.expires_at > now)


class KeySecret(Base):
    """One secret of a key; two while a rotation overlaps."""

    __tablename__ = "api_key_secrets"

    id: Mapped[int] = mapped_column(primary_key=True)
    key_id: Mapped[str] = mapped_column(sa.ForeignKey("api_keys.id"), index=True)
    #: SHA-256 of the secret. 190 random bits need no slow hash.
    digest: Mapped[bytes] = mapped_column(sa.LargeBinary(32))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
    #: Set by a rotation: until then the old secret still opens.
    expires_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    key: Mapped[ApiKey] = relationship(back_populates="secrets")
