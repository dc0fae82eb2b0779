"""Results: the files a completed job left."""

from __future__ import annotations

import contextlib
import json
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path, PurePath
from typing import Any

from app.engine.report_page import POLICY, render
from app.errors import Conflict, EngineRefusal, FieldFault, NotFound, Unprocessable
from app.models import ApiKey, Job, JobStatus, ResultFormat, Upload
from app.services.database import Database
from app.services.jobs import JobService
from app.services.pipelines import refused
from app.services.ports import EngineLane
from app.storage import LocalStorage

#: Turning a clean CSV into another format.
CONVERT_TIMEOUT = 600.0  # seconds

MEDIA_TYPES = {
    ResultFormat.CSV: "text/csv; charset=utf-8",
    ResultFormat.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ResultFormat.PARQUET: "application/vnd.apache.parquet",
    ResultFormat.JSONL: "application/x-ndjson",
}


@dataclass(frozen=True, kw_only=True)
class ResultFile:
    path: Path
    media_type: str
    #: What a browser should call it.
    download_name: str
    #: Cells that were marked as texts, where that was asked for.
    marked: int | None = None


@dataclass(frozen=True, kw_only=True)
class ResultPage:
    html: str
    #: All that the page may do: a Content-Security-Policy.
    policy: str


class ResultService:
    def __init__(
        self, database: Database, storage: LocalStorage, lane: EngineLane, jobs: JobService
    ) -> None:
        self._database = database
        self._storage = storage
        self._lane = lane
        self._jobs = jobs

    def clean_file(self, caller: ApiKey, job_id: uuid.UUID, format: ResultFormat) -> ResultFile:
        """The clean table. Formats other than csv are made on first demand, and kept.

        Raises NotFound; Conflict while there is no result; Unprocessable when a format cannot
        hold the table.
        """
        job, folder = self._completed(caller, job_id)
        path = folder / f"clean.{format}"
        if not path.exists():
            self._convert(job, folder, format, path)
        return self._file(job, path, "clean", format)

    def safe_file(self, caller: ApiKey, job_id: uuid.UUID, format: ResultFormat) -> ResultFile:
        """The clean table for people who open it in a spreadsheet: what would be taken for a
        formula is marked as text, and counted. Made on first demand, and kept.

        Raises as `clean_file`; Unprocessable for a format that no spreadsheet computes.
        """
        if format not in (ResultFormat.CSV, ResultFormat.XLSX):
            message = f"Goes with csv and xlsx, not with {format.value}."
            fault = FieldFault(pointer="/spreadsheet_safe", message=message)
            raise Unprocessable(message, code="invalid-input", faults=[fault])
        job, folder = self._completed(caller, job_id)
        # The count is part of the name, so that both are there at once or not at all.
        path = next(folder.glob(f"safe.*.{format}"), None) or self._make_safe(
            job, folder, format
        )
        return replace(
            self._file(job, path, "clean", format), marked=int(path.name.split(".")[1])
        )

    def rejects(self, caller: ApiKey, job_id: uuid.UUID) -> ResultFile:
        """Records that were set aside, as CSV: record, line, module, reason, raw. Raises as
        `clean_file`.
        """
        job, folder = self._completed(caller, job_id)
        return self._file(job, folder / "rejects.csv", "rejects", ResultFormat.CSV)

    def changes(self, caller: ApiKey, job_id: uuid.UUID) -> ResultFile:
        """Every change, as Parquet. Raises NotFound, also for a job that was not asked to
        write changes down; Conflict while there is no result.
        """
        job, folder = self._completed(caller, job_id)
        if not job.change_log:
            raise NotFound(
                "The job wrote no changes down: submit it with change_log.",
                code="no-change-log",
            )
        return self._file(job, folder / "changes.parquet", "changes", ResultFormat.PARQUET)

    def report(self, caller: ApiKey, job_id: uuid.UUID) -> dict[str, Any]:
        """What changed, counted exactly (engine Report). Raises as `clean_file`."""
        _, folder = self._completed(caller, job_id)
        report: dict[str, Any] = json.loads((folder / "report.json").read_bytes())
        return report

    def report_page(self, caller: ApiKey, job_id: uuid.UUID) -> ResultPage:
        """The report as a page for people. Raises as `clean_file`."""
        job, _ = self._completed(caller, job_id)
        with self._database.reading() as session:
            upload = session.get_one(Upload, job.upload_id)
        html = render(self.report(caller, job_id), upload.filename)
        return ResultPage(html=html, policy=POLICY)

    def _completed(self, caller: ApiKey, job_id: uuid.UUID) -> tuple[Job, Path]:
        job = self._jobs.get(caller, job_id)
        if job.status is not JobStatus.COMPLETED or job.result_name is None:
            raise Conflict(
                f"The job is {job.status.value}: there is no result.", code="no-result"
            )
        return job, self._storage.result_folder(job.result_name)

    def _convert(self, job: Job, folder: Path, format: ResultFormat, path: Path) -> None:
        with self._made_aside("convert", job, folder, format) as (aside, _):
            aside.rename(path)

    def _make_safe(self, job: Job, folder: Path, format: ResultFormat) -> Path:
        with self._made_aside("make_safe", job, folder, format) as (aside, made):
            return aside.rename(folder / f"safe.{made['marked']}.{format}")

    @contextlib.contextmanager
    def _made_aside(
        self, op: str, job: Job, folder: Path, format: ResultFormat
    ) -> Iterator[tuple[Path, dict[str, Any]]]:
        """A file that the engine makes, to be renamed: two callers at once both get a whole
        one.
        """
        aside = self._storage.temporary_path(f".{format}")
        assert job.summary is not None
        try:
            made = self._lane.call(
                op,
                {
                    "source": str(folder / "clean.csv"),
                    "target": str(aside),
                    "format": format,
                    "types": job.summary["types"],
                },
                timeout=CONVERT_TIMEOUT,
            )
            yield aside, made
        except EngineRefusal as error:
            raise refused(error) from None
        finally:
            aside.unlink(missing_ok=True)

    def _file(self, job: Job, path: Path, label: str, format: ResultFormat) -> ResultFile:
        with self._database.reading() as session:
            upload = session.get_one(Upload, job.upload_id)
        name = f"{PurePath(upload.filename).stem}.{label}.{format}"
        return ResultFile(path=path, media_type=MEDIA_TYPES[format], download_name=name)
