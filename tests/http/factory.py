"""Uploads and jobs as the services would have left them, without an engine at work."""

from __future__ import annotations

import json
import uuid
from typing import Any

from app.models import ApiKey, Job, JobEvent, JobStatus, ProcessingLog, Upload
from app.models.types import utc_now
from app.runtime.machinery import Machinery

INSPECTION: dict[str, Any] = {
    "format": "csv",
    "encoding": "utf-8",
    "delimiter": ",",
    "quotechar": '"',
    "header": True,
    "skip_lines": 0,
    "sheet": None,
    "sheets": [],
    "columns": ["name", "city"],
    "rows": 2,
    "rejected": 0,
    "confidence": 0.9,
    "alternatives": [],
    "warnings": [],
}
SUMMARY: dict[str, Any] = {
    "rows_in": 2,
    "rows_out": 2,
    "removed": 0,
    "rejected": 0,
    "columns": ["name", "city"],
    "types": {"name": "text", "city": "text"},
    "files": {"target": {"size": 24, "sha256": "0" * 64}},
}


class Factory:
    """Every value has a default, so that a test names only what it is about."""

    def __init__(self, machinery: Machinery, owner: ApiKey) -> None:
        self._database = machinery.services.database
        self._storage = machinery.storage
        self._owner = owner

    def upload(self, **values: Any) -> Upload:
        upload = Upload(
            **{
                "owner_id": self._owner.id,
                "filename": "table.csv",
                "file_size": 24,
                "sha256": "0" * 64,
                "storage_name": uuid.uuid4().hex,
                "rows": 2,
                "columns": 2,
                "rejected": 0,
                "inspection": INSPECTION,
                **values,
            }
        )
        self._storage.upload_path(upload.storage_name).write_bytes(b"name,city\nAda,London\n")
        with self._database.writing() as session:
            session.add(upload)
        return upload

    def job(self, status: JobStatus = JobStatus.PENDING, **values: Any) -> Job:
        upload_id = values.pop("upload_id", None) or self.upload().id
        job = Job(
            **{
                "id": uuid.uuid4(),
                "owner_id": self._owner.id,
                "upload_id": upload_id,
                "status": status,
                "modules": [{"key": "trim_spaces", "params": {}, "on_error": "fail"}],
                "warnings": [],
                "seq": 1,
                "attempt": 0,
                "cancel_requested": False,
                "progress_percent": 0.0,
                "rows_done": 0,
                "rows_total": 2,
                "created_at": utc_now(),
                "updated_at": utc_now(),
                **values,
            }
        )
        with self._database.writing() as session:
            session.add(job)
            session.flush()
            session.add(JobEvent(job_id=job.id, seq=job.seq, payload=job.snapshot()))
        return job

    def completed_job(self, content: bytes = b"name,city\nAda,London\n", **values: Any) -> Job:
        """A job with its result, reject and report files."""
        job_id = uuid.uuid4()
        folder = self._storage.work_folder(f"{job_id}.1")
        (folder / "clean.csv").write_bytes(content)
        (folder / "rejects.csv").write_bytes(b"record,line,module,reason,raw\n")
        (folder / "report.json").write_text(json.dumps({"rows_in": 2, "modules": []}))
        self._storage.keep_result(folder.name)
        return self.job(
            JobStatus.COMPLETED,
            id=job_id,
            attempt=1,
            progress_percent=100.0,
            completed_at=utc_now(),
            result_name=folder.name,
            summary=SUMMARY,
            **values,
        )

    def events(self, job: Job, count: int) -> None:
        """Move a job `count` times, each move stored."""
        with self._database.writing() as session:
            job = session.get_one(Job, job.id)
            for _ in range(count):
                job.seq += 1
                session.add(JobEvent(job_id=job.id, seq=job.seq, payload=job.snapshot()))

    def log(self, job: Job, **values: Any) -> ProcessingLog:
        log = ProcessingLog(
            **{
                "upload_id": job.upload_id,
                "job_id": job.id,
                "module_name": "trim_spaces",
                "module_origin": "core",
                "status": "completed",
                "execution_time_ms": 1.5,
                "rows_in": 2,
                "rows_out": 2,
                "cells_changed": 1,
                **values,
            }
        )
        with self._database.writing() as session:
            session.add(log)
        return log
