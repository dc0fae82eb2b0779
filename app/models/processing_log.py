"""What each module of each job did, a row a module."""

from __future__ import annotations

import uuid
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import Base
from app.models.types import UtcDateTime, utc_now


class ProcessingLog(Base):
    __tablename__ = "processing_logs"

    id: Mapped[int] = mapped_column(primary_key=True)
    upload_id: Mapped[int] = mapped_column(sa.ForeignKey("uploads.id"), index=True)
    job_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("jobs.id"), index=True)
    module_name: Mapped[str] = mapped_column(sa.String(100))
    #: "core" or "custom".
    module_origin: Mapped[str] = mapped_column(sa.String(16))
    #: "completed", "skipped" or "failed".
    status: Mapped[str] = mapped_column(sa.String(16))
    execution_time_ms: Mapped[float]
    error_message: Mapped[str | None] = mapped_column(sa.Text)
    rows_in: Mapped[int] = mapped_column(sa.BigInteger)
    rows_out: Mapped[int] = mapped_column(sa.BigInteger)
    cells_changed: Mapped[int] = mapped_column(sa.BigInteger)
    processed_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
