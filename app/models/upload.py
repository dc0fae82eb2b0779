"""Files people sent."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import Base
from app.models.types import UtcDateTime, utc_now


class Upload(Base):
    """A file that was received whole and read as a table. One that could not be read leaves no
    row.
    """

    __tablename__ = "uploads"
    __table_args__ = (
        sa.Index("ix_uploads_owner", "owner_id", "id"),
        # The id of a deleted upload never comes back as someone else's.
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    owner_id: Mapped[str] = mapped_column(sa.ForeignKey("api_keys.id"))
    #: The name the user gave it, made safe for headers and file systems.
    filename: Mapped[str] = mapped_column(sa.String(255))
    #: Bytes.
    file_size: Mapped[int] = mapped_column(sa.BigInteger)
    #: Hex SHA-256 of the bytes received.
    sha256: Mapped[str] = mapped_column(sa.String(64))
    #: Where the storage keeps it.
    storage_name: Mapped[str] = mapped_column(sa.String(255))
    status: Mapped[str] = mapped_column(sa.String(16), default="ready")
    rows: Mapped[int]
    columns: Mapped[int]
    rejected: Mapped[int]
    #: What the engine found: encoding, delimiter, header, column names, ... (engine
    #: Inspection).
    inspection: Mapped[dict[str, Any]] = mapped_column(sa.JSON)
    uploaded_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
