"""Uploads: receive a file, read it as a table, keep it."""

from __future__ import annotations

import contextlib
import csv
import errno
import io
from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa

from app.errors import (
    Conflict,
    EngineRefusal,
    EngineTimeout,
    FieldFault,
    NeatDataError,
    NotFound,
    OutOfStorage,
    TooLarge,
    Unprocessable,
    UnsupportedMedia,
)
from app.models import ENDED, ApiKey, Job, ProcessingLog, Scope, Upload
from app.services.database import Database
from app.services.idempotency import made
from app.services.ports import EngineLane
from app.services.retention import forget_jobs
from app.storage import LocalStorage, Receiver, SizeLimitExceeded

#: A look through a whole file: a 2 GiB file takes about a minute.
INSPECT_TIMEOUT = 600.0  # seconds
#: Left free on the disk for the database, running jobs and results.
RESERVED_BYTES = 256 * 1024 * 1024
#: The largest id a row can have; a larger one in a path is one more upload that there is not.
_MAX_ID = 2**63 - 1
#: How a table that came as JSON is written down, and so how it is to be read again.
_JSON_TABLE = {
    "encoding": "utf-8",
    "delimiter": ",",
    "quotechar": '"',
    "header": True,
    "skip_lines": 0,
}
#: Engine codes that mean "this is no table file at all".
_NOT_A_TABLE = {"binary_file", "unsupported_format"}


class UploadService:
    def __init__(
        self, database: Database, storage: LocalStorage, lane: EngineLane, *, max_bytes: int
    ) -> None:
        self._database = database
        self._storage = storage
        self._lane = lane
        #: Largest file accepted.
        self.max_bytes = max_bytes

    @contextlib.contextmanager
    def receiving(self, announced_bytes: int | None = None) -> Iterator[Receiver]:
        """A receiver for one file; what is not accepted by the end of the block is gone.

        `announced_bytes`: how large the file is at least, where that is known before it comes.
        Raises TooLarge (with limit_bytes) as soon as the limit is sure to be passed;
        OutOfStorage before or while the disk fills.
        """
        if (announced_bytes or 0) > self.max_bytes:
            raise _too_large(self.max_bytes)
        if self._storage.free_bytes() - (announced_bytes or 0) < RESERVED_BYTES:
            raise OutOfStorage("The disk has no room for this file.")
        try:
            with self._storage.receive(self.max_bytes) as receiver:
                yield receiver
        except SizeLimitExceeded as error:
            raise _too_large(error.limit) from None
        except OSError as error:
            if error.errno in (errno.ENOSPC, errno.EDQUOT):
                raise OutOfStorage("The disk is full.") from None
            raise

    def accept(
        self,
        owner: ApiKey,
        filename: str,
        receiver: Receiver,
        reading: dict[str, Any] | None = None,
    ) -> Upload:
        """Read a received file as a table and keep it.

        `reading` overrides what detection would find (see engine ReadingOptions).
        Raises UnsupportedMedia or Unprocessable, with the engine's reason as code; then
        nothing is kept.
        """
        receiver.close()
        inspection = self._inspect(receiver, filename, reading or {})
        name = self._storage.keep_upload(receiver)
        upload = Upload(
            owner_id=owner.id,
            filename=filename,
            file_size=receiver.size,
            sha256=receiver.sha256,
            storage_name=name,
            rows=inspection["rows"],
            columns=len(inspection["columns"]),
            rejected=inspection["rejected"],
            inspection=inspection,
        )
        try:
            with self._database.writing() as session:
                session.add(upload)
                session.flush()
                made(session, upload.id)
        except BaseException:
            self._storage.delete_upload(name)
            raise
        return upload

    def accept_table(self, owner: ApiKey, data: dict[str, list[Any]]) -> Upload:
        """Keep a table that came as {column: [cells]} like a file. Raises as `receiving` and
        `accept`.
        """
        text = io.StringIO()
        # With this end csv quotes carriage returns too: bare ones end a record for readers.
        writer = csv.writer(text, lineterminator="\r\n")
        writer.writerow(data)
        writer.writerows(zip(*data.values(), strict=True))
        with self.receiving() as receiver:
            receiver.write(text.getvalue().encode())
            return self.accept(owner, "data.csv", receiver, _JSON_TABLE)

    def get(self, caller: ApiKey, upload_id: int) -> Upload:
        """Raises NotFound, for someone else's upload too."""
        with self._database.reading() as session:
            upload = session.scalar(
                sa.select(Upload).where(
                    Upload.id == min(upload_id, _MAX_ID), _visible_to(caller)
                )
            )
        if upload is None:
            raise NotFound(f"There is no upload {upload_id}.", code="upload-not-found")
        return upload

    def page(
        self, caller: ApiKey, *, before_id: int | None, limit: int
    ) -> tuple[list[Upload], int]:
        """At most `limit` uploads, the newest first, older than `before_id`; and how many
        there are in all.
        """
        newest_first = (
            sa.select(Upload).where(_visible_to(caller)).order_by(Upload.id.desc()).limit(limit)
        )
        if before_id is not None:
            newest_first = newest_first.where(Upload.id < before_id)
        with self._database.reading() as session:
            total = session.scalar(
                sa.select(sa.func.count(Upload.id)).where(_visible_to(caller))
            )
            return list(session.scalars(newest_first)), total or 0

    def logs(
        self, caller: ApiKey, upload_id: int, *, after_id: int | None, limit: int
    ) -> tuple[list[ProcessingLog], int]:
        """What modules did to the upload, the oldest first; and how many entries there are.
        Raises NotFound.
        """
        self.get(caller, upload_id)
        of_upload = ProcessingLog.upload_id == upload_id
        page = sa.select(ProcessingLog).where(of_upload).order_by(ProcessingLog.id).limit(limit)
        if after_id is not None:
            page = page.where(ProcessingLog.id > after_id)
        with self._database.reading() as session:
            total = session.scalar(sa.select(sa.func.count(ProcessingLog.id)).where(of_upload))
            return list(session.scalars(page)), total or 0

    def delete(self, caller: ApiKey, upload_id: int) -> None:
        """Delete the file, its jobs, their results and events. Raises NotFound; Conflict while
        a job uses it.
        """
        upload = self.get(caller, upload_id)
        with self._database.writing() as session:
            jobs = list(session.scalars(sa.select(Job).where(Job.upload_id == upload_id)))
            if any(job.status not in ENDED for job in jobs):
                raise Conflict("A job is still using this upload.", code="upload-in-use")
            # A subquery: one upload may have had more jobs than a statement takes values.
            ids = sa.select(Job.id).where(Job.upload_id == upload_id)
            forget_jobs(session, ids)
            session.execute(
                sa.delete(ProcessingLog).where(ProcessingLog.upload_id == upload_id)
            )
            session.execute(sa.delete(Upload).where(Upload.id == upload_id))
        # Rows first: a crash here leaves files no row names, which the next start sweeps away.
        for job in jobs:
            if job.result_name is not None:
                self._storage.delete_result(job.result_name)
        self._storage.delete_upload(upload.storage_name)

    def _inspect(
        self, receiver: Receiver, filename: str, reading: dict[str, Any]
    ) -> dict[str, Any]:
        try:
            return self._lane.call(
                "inspect",
                {"path": str(receiver.path), "filename": filename, "reading": reading},
                timeout=INSPECT_TIMEOUT,
            )
        except EngineRefusal as error:
            raise _refused(error) from None
        except EngineTimeout as error:
            raise Unprocessable(
                f"The file could not be read within its limits. {error}",
                code="file-beyond-limits",
            ) from None


def _refused(error: EngineRefusal) -> NeatDataError:
    code = error.error["code"]
    if code == "internal_error":
        return NeatDataError(str(error))
    kind = UnsupportedMedia if code in _NOT_A_TABLE else Unprocessable
    fault = FieldFault(pointer="/file", message=str(error))
    return kind(str(error), code=code.replace("_", "-"), faults=[fault])


def _too_large(limit: int) -> TooLarge:
    return TooLarge(
        f"The file is larger than {limit} bytes.", code="file-too-large", limit_bytes=limit
    )


def _visible_to(caller: ApiKey) -> sa.ColumnElement[bool]:
    return sa.true() if caller.scope is Scope.ADMIN else Upload.owner_id == caller.id
