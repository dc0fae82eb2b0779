"""Cleaning modules, and runs that are answered at once."""

from __future__ import annotations

from typing import Any

from flask import Response

from app.http.answers import accepted
from app.http.auth import caller, requires, services
from app.http.blueprint import Blueprint
from app.models import Job
from app.schemas.common import counted
from app.schemas.jobs import JobAnswerSchema
from app.schemas.pipeline import (
    CatalogueSchema,
    PreviewedSchema,
    RanSchema,
    RunSchema,
    SuggestedSchema,
    SuggestSchema,
)

bp = Blueprint(
    "pipeline", __name__, url_prefix="/pipeline", description="Modules and short runs."
)


@bp.get("/available")
@bp.response(200, CatalogueSchema)
@bp.problems(503)
def list_modules() -> dict[str, Any]:
    """Every cleaning module there is, with its parameters.

    200; 503 when no engine is free in time.
    """
    return services().pipelines.catalogue()


@bp.post("/run")
@requires("write")
@bp.arguments(RunSchema)
@bp.response(200, RanSchema)
@bp.alt_response(202, schema=JobAnswerSchema, success=True)
@bp.problems(413, 429, 503, 507)
def run_pipeline(run: dict[str, Any]) -> dict[str, Any] | Response:
    """Clean a small table, given as `data` or as an upload, and answer with its rows.

    200 with the clean table; 202 with a job and its `Location` when it is too large or takes
    too long for that; 413 when the table is too large for an upload; 422 with every fault of
    upload, modules, params and columns at once; 429 when it has to be a job and too many
    of this key are waiting; 503 when no engine is free in time; 507 when the disk is full.
    """
    runs = services().short_runs
    if "data" in run:
        outcome = runs.run_data(caller(), run["data"], run["modules"])
    else:
        outcome = runs.run_upload(caller(), run["upload_id"], run["modules"])
    if isinstance(outcome, Job):
        return accepted(JobAnswerSchema().dump(outcome), f"/v1/queue/jobs/{outcome.id}")
    rows, columns = outcome["cleaned_shape"]
    return {
        **outcome,
        "message": f"{counted(rows, 'row')} and {counted(columns, 'column')} came out.",
    }


@bp.post("/suggest")
@requires("read")
@bp.arguments(SuggestSchema)
@bp.response(200, SuggestedSchema)
@bp.problems(413, 503)
def suggest_modules(asked: dict[str, Any]) -> dict[str, Any]:
    """What a table needs, as an ordered pipeline: each module with its params, the reason, and
    the exact number of cells it would change. Only what the data proves.

    200, with no steps for a table that needs none; 422 with every fault of upload and modules
    at once; 503 when no engine is free in time.
    """
    modules = asked.pop("modules")
    return services().insights.suggest(caller(), asked, modules)


@bp.post("/preview")
@requires("read")
@bp.arguments(RunSchema)
@bp.response(200, PreviewedSchema)
@bp.problems(413, 503)
def preview_pipeline(asked: dict[str, Any]) -> dict[str, Any]:
    """What modules would do, shown on a sample: rows from the start, from the end, and those
    that each module touched, before and after, step by step.

    200; 422 with every fault of upload, modules, params and columns at once; 503 when no engine
    is free in time.
    """
    modules = asked.pop("modules")
    return services().insights.preview(caller(), asked, modules)
