"""Requests that came with an Idempotency-Key, so that a second one does nothing twice."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import Base
from app.models.types import UtcDateTime, utc_now


class IdempotentRequest(Base):
    """One request, from its beginning until its answer is no longer kept. A failed one leaves
    no row.
    """

    __tablename__ = "idempotent_requests"
    __table_args__ = (sa.Index("ix_idempotent_requests_created", "created_at"),)

    owner_id: Mapped[str] = mapped_column(
        sa.String(16), sa.ForeignKey("api_keys.id"), primary_key=True
    )
    #: As the caller chose it.
    key: Mapped[str] = mapped_column(sa.String(255), primary_key=True)
    #: What was asked for: the name of the route.
    operation: Mapped[str] = mapped_column(sa.String(255))
    running: Mapped[bool] = mapped_column(default=True)
    #: Hex SHA-256 of what was sent, written with `made`.
    fingerprint: Mapped[str | None] = mapped_column(sa.String(64))
    #: Id of what the request made, written in the transaction that made it.
    made: Mapped[str | None] = mapped_column(sa.String(64))
    #: {"status", "headers", "body"}; none while it runs, and when the server died between
    #: making and answering.
    answer: Mapped[dict[str, Any] | None] = mapped_column(sa.JSON(none_as_null=True))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
