"""The tables."""

from __future__ import annotations

from app.models.api_key import ApiKey, KeySecret, Scope
from app.models.idempotent_request import IdempotentRequest
from app.models.job import ENDED, Job, JobStatus, ResultFormat
from app.models.job_event import JobEvent
from app.models.processing_log import ProcessingLog
from app.models.recipe import Recipe, RecipeVersion
from app.models.upload import Upload

__all__ = [
    "ENDED",
    "ApiKey",
    "IdempotentRequest",
    "Job",
    "JobEvent",
    "JobStatus",
    "KeySecret",
    "ProcessingLog",
    "Recipe",
    "RecipeVersion",
    "ResultFormat",
    "Scope",
    "Upload",
]
