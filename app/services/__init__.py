"""Use cases. Services own the transactions; they are made once, by the factory, and know no
request.
"""

from __future__ import annotations

from dataclasses import dataclass

from app.services.database import Database
from app.services.idempotency import IdempotencyService
from app.services.insights import InsightService
from app.services.jobs import JobService
from app.services.keys import KeyService
from app.services.pipelines import PipelineService
from app.services.readiness import ReadinessService
from app.services.recipes import RecipeService
from app.services.results import ResultService
from app.services.retention import RetentionService
from app.services.runs import RunService
from app.services.short_runs import ShortRunService
from app.services.uploads import UploadService

__all__ = [
    "Database",
    "IdempotencyService",
    "InsightService",
    "JobService",
    "KeyService",
    "PipelineService",
    "ReadinessService",
    "RecipeService",
    "ResultService",
    "RetentionService",
    "RunService",
    "Services",
    "ShortRunService",
    "UploadService",
]


@dataclass(frozen=True, kw_only=True)
class Services:
    """All of them; `app.extensions["neatdata"]`."""

    database: Database
    keys: KeyService
    idempotency: IdempotencyService
    uploads: UploadService
    pipelines: PipelineService
    insights: InsightService
    jobs: JobService
    recipes: RecipeService
    short_runs: ShortRunService
    results: ResultService
    runs: RunService
    readiness: ReadinessService
    retention: RetentionService
