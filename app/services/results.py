"""Results: the files a completed job left."""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import Any

from app.engine.report_page import POLICY, render
from app.errors import Conflict, EngineRefusal, NotFound
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
        # Made aside and renamed: two callers at once both get a whole file.
        aside = self._storage.temporary_path(f".{format}")
        assert job.summary is not None
        try:
            self._lane.call(
                "convert",
                {
                    "source": str(folder / "clean.csv"),
                    "target": str(aside),
                    "format": format,
                    "types": job.summary["types"],
                },
                timeout=CONVERT_TIMEOUT,
            )
            aside.rename(path)
        except EngineRefusal as error:
            raise refused(error) from None
        finally:
            aside.unlink(missing_ok=True)

    def _file(self, job: Job, path: Path, label: str, format: ResultFormat) -> ResultFile:
        with self._database.reading() as session:
            upload = session.get_one(Upload, job.upload_id)
        name = f"{PurePath(upload.filename).stem}.{label}.{format}"
        return ResultFile(path=path, media_type=MEDIA_TYPES[format], download_name=name)
