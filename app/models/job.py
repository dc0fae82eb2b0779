"""Jobs: the truth about every piece of work, from submission to its end."""

from __future__ import annotations

import uuid
from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import Base
from app.models.types import UtcDateTime, iso, stored_values, utc_now


class JobStatus(StrEnum):
    #: Committed, waiting to be claimed.
    PENDING = "pending"
    #: Claimed under a lease that its supervisor renews.
    PROCESSING = "processing"
    #: The clean file is there.
    COMPLETED = "completed"
    #: It cannot be done; error_message says why.
    FAILED = "failed"
    #: The owner stopped it.
    CANCELLED = "cancelled"


class ResultFormat(StrEnum):
    """What a clean table can be fetched as."""

    CSV = "csv"
    XLSX = "xlsx"
    PARQUET = "parquet"
    JSONL = "jsonl"


#: Final in SQL: no UPDATE touches a job in one of these.
ENDED = (JobStatus.COMPLETED, JobStatus.FAILED, JobStatus.CANCELLED)


class Job(Base):
    __tablename__ = "jobs"
    __table_args__ = (
        sa.Index("ix_jobs_claim", "status", "owner_id", "created_at"),
        sa.Index("ix_jobs_owner", "owner_id", "created_at"),
        sa.Index("ix_jobs_upload", "upload_id"),
        sa.Index("ix_jobs_moved", "updated_at"),
    )

    #: Random, so that one id never gives away another.
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    owner_id: Mapped[str] = mapped_column(sa.ForeignKey("api_keys.id"))
    upload_id: Mapped[int] = mapped_column(sa.ForeignKey("uploads.id"))
    #: The job this one repeats.
    retry_of: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("jobs.id"))
    status: Mapped[JobStatus] = mapped_column(
        sa.Enum(JobStatus, native_enum=False, length=16, values_callable=stored_values),
        default=JobStatus.PENDING,
    )
    #: Normalised by the plan: [{"key", "params", "on_error"}].
    modules: Mapped[list[dict[str, Any]]] = mapped_column(sa.JSON)
    #: The recipe it follows, which may be gone by now, and in which version.
    recipe_id: Mapped[int | None]
    recipe_version: Mapped[int | None]
    #: Reading settings other than those the upload was inspected with.
    reading: Mapped[dict[str, Any] | None] = mapped_column(sa.JSON(none_as_null=True))
    #: Whether every change is written down.
    change_log: Mapped[bool] = mapped_column(default=False, server_default=sa.false())
    #: What the plan warned of, such as a risky order.
    warnings: Mapped[list[str]] = mapped_column(sa.JSON, default=list)

    #: Given by every UPDATE that changes what watchers see; only grows, restarts included.
    seq: Mapped[int] = mapped_column(default=1)
    #: Raised by every claim; later writes must name it (fencing token).
    attempt: Mapped[int] = mapped_column(default=0)
    #: Attempts whose engine died or timed out under a living supervisor.
    engine_deaths: Mapped[int] = mapped_column(default=0)
    #: Attempts lost together with the server.
    server_deaths: Mapped[int] = mapped_column(default=0)
    #: Host, pid and boot of the server that works on it.
    worker: Mapped[str | None] = mapped_column(sa.String(120))
    lease_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    cancel_requested: Mapped[bool] = mapped_column(default=False)

    #: 0 to 100, measured in rows.
    progress_percent: Mapped[float] = mapped_column(default=0.0)
    current_step: Mapped[str | None] = mapped_column(sa.Text)
    step_message: Mapped[str | None] = mapped_column(sa.Text)
    rows_done: Mapped[int] = mapped_column(sa.BigInteger, default=0)
    rows_total: Mapped[int | None] = mapped_column(sa.BigInteger)
    rows_per_second: Mapped[float | None]
    eta_seconds: Mapped[float | None]
    #: One sentence for the owner; never a traceback.
    error_message: Mapped[str | None] = mapped_column(sa.Text)
    #: Machine-readable: {"code", ...}.
    error_details: Mapped[dict[str, Any] | None] = mapped_column(sa.JSON)

    #: Folder of clean.csv, rejects.csv, report.json and, if asked for, changes.parquet in the
    #: storage; set in the transaction
    #: that says completed.
    result_name: Mapped[str | None] = mapped_column(sa.String(255))
    #: Counts, columns, types and file sizes of the result.
    summary: Mapped[dict[str, Any] | None] = mapped_column(sa.JSON)

    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
    started_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    completed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    #: When `seq` last moved.
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)

    @property
    def has_ended(self) -> bool:
        return self.status in ENDED

    def snapshot(self) -> dict[str, Any]:
        """What a watcher is told (ProgressUpdate): the whole state, never a delta."""
        return {
            "job_id": str(self.id),
            "status": self.status.value,
            "progress_percent": self.progress_percent,
            "current_step": self.current_step,
            "step_message": self.step_message,
            "timestamp": iso(self.updated_at),
            "error_details": self.error_details,
            "seq": self.seq,
            "attempt": self.attempt,
            "rows_done": self.rows_done,
            "rows_total": self.rows_total,
            "rows_per_second": self.rows_per_second,
            "eta_seconds": self.eta_seconds,
        }
