"""Pipelines that are answered at once, where that can be; else they become jobs."""

from __future__ import annotations

from typing import Any

from app.errors import EngineTimeout, FieldFault, NotFound, Unprocessable
from app.models import ApiKey, Job
from app.services.jobs import JobService
from app.services.pipelines import PipelineService
from app.services.uploads import UploadService


class ShortRunService:
    def __init__(
        self, uploads: UploadService, pipelines: PipelineService, jobs: JobService
    ) -> None:
        self._uploads = uploads
        self._pipelines = pipelines
        self._jobs = jobs

    def run_upload(
        self, caller: ApiKey, upload_id: int, modules: list[Any]
    ) -> dict[str, Any] | Job:
        """What came of the modules over an upload; the job, when it is too large or takes too
        long.

        Raises Unprocessable with every fault, for an unknown upload too.
        """
        try:
            upload = self._uploads.get(caller, upload_id)
        except NotFound as error:
            raise Unprocessable(
                error.detail,
                code=error.code,
                faults=[FieldFault(pointer="/upload_id", message=error.detail)],
            ) from None
        if self._pipelines.fits_sync_run(upload):
            try:
                return self._pipelines.run_upload(upload, modules)
            except EngineTimeout:
                pass  # a job may take longer, and more memory
        return self._jobs.submit(caller, upload_id, modules)

    def run_data(
        self, caller: ApiKey, data: dict[str, list[Any]], modules: list[Any]
    ) -> dict[str, Any] | Job:
        """The same over a table in the request, which is kept as an upload if a job must have
        it.
        """
        try:
            return self._pipelines.run_data(data, modules)
        except EngineTimeout:
            upload = self._uploads.accept_table(caller, data)
            return self._jobs.submit(caller, upload.id, modules)
