"""Jobs: submit, look, wait, cancel, repeat, and fetch what came of them."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from flask import Response, jsonify, request

from app.http.answers import media_format, page
from app.http.auth import caller, requires, services
from app.http.blueprint import Blueprint
from app.http.conditional import is_known, tag
from app.http.idempotency import idempotent
from app.http.pagination import Page, link_next, moment_and_uuid
from app.http.sending import send_result
from app.http.waiting import place_to_wait
from app.models import Job, JobStatus, ResultFormat
from app.schemas.jobs import (
    EventsQuerySchema,
    EventsSchema,
    JobAnswerSchema,
    JobQuerySchema,
    JobsQuerySchema,
    JobsSchema,
    ResultQuerySchema,
    StatsSchema,
    SubmitSchema,
)
from app.services.jobs import JobOptions
from app.services.results import MEDIA_TYPES

bp = Blueprint("queue", __name__, url_prefix="/queue", description="Jobs and their results.")


def _file(*media_types: str) -> Callable[[Any], Any]:
    """What the OpenAPI document says of a file: whole, and in part."""
    content: dict[str, Any] = {text.partition(";")[0]: {} for text in media_types}
    documented: Callable[[Any], Any] = bp.doc(
        responses={
            "200": {"description": "The whole file.", "content": content},
            "206": {"description": "The range that was asked for.", "content": content},
        }
    )
    return documented


def _answer(job: Job) -> tuple[Job, dict[str, str]]:
    return job, {"Location": f"/v1/queue/jobs/{job.id}"}


def _again(job_id: str) -> tuple[Job, dict[str, str]]:
    return _answer(services().jobs.get(caller(), uuid.UUID(job_id)))


@bp.post("/submit")
@requires("write")
@bp.arguments(SubmitSchema)
@bp.response(201, JobAnswerSchema)
@bp.problems(429, 503)
@idempotent(_again)
def submit_job(asked: dict[str, Any]) -> tuple[Job, dict[str, str]]:
    """Queue a pipeline over an upload. Once this is answered, the job is durable.

    201 with the job and its `Location`; 409 while the first request with this `Idempotency-Key`
    is running; 422 with every fault of upload, modules, params and columns at once (an upload
    of someone else's is as unknown as one that never was); 429 when too many jobs of this key
    are waiting; 503 when no engine is free in time to check the modules.
    """
    return _answer(_submit(asked))


@bp.get("/jobs")
@requires("read")
@bp.arguments(JobsQuerySchema, location="query")
@bp.response(200, JobsSchema)
def list_jobs(asked: dict[str, Any]) -> dict[str, Any]:
    """The jobs of this key (an admin's: all), the newest first.

    200 with `next_cursor`, and a `Link` to the next page; 304; 422 for a bad parameter.
    """
    page: Page[Job] = Page(asked, moment_and_uuid)
    rows, total = services().jobs.page(
        caller(), status=asked.get("status"), before=page.position, limit=page.fetch
    )
    jobs, cursor = page.cut(rows, lambda job: [job.created_at.isoformat(), str(job.id)])
    tag("jobs", total, [_state(job) for job in jobs])
    return {"total_jobs": total, "jobs": jobs, "next_cursor": cursor}


@bp.get("/jobs/<uuid:job_id>")
@requires("read")
@bp.arguments(JobQuerySchema, location="query")
@bp.response(200, JobAnswerSchema)
@bp.problems(404)
def show_job(asked: dict[str, Any], job_id: uuid.UUID) -> Job:
    """One job. With `wait`, as soon as it moves: past `after_seq`, past the state in
    If-None-Match, or past where it is now.

    200; 304 when it has not moved; 404; 422 for a bad parameter.
    """
    jobs = services().jobs
    job = jobs.get(caller(), job_id)
    has_news = bool(request.if_none_match) and not is_known(*_state(job))
    if asked["wait"] and not has_news:
        with place_to_wait() as may_wait:
            seconds = asked["wait"] if may_wait else 0
            job = jobs.wait(caller(), job_id, seconds, after_seq=asked.get("after_seq"))
    tag(*_state(job))
    return job


@bp.post("/jobs/<uuid:job_id>/cancel")
@requires("write")
@bp.response(200, JobAnswerSchema)
@bp.alt_response(202, schema=JobAnswerSchema, success=True)
@bp.problems(404, 409)
def cancel_job(job_id: uuid.UUID) -> tuple[Job, int]:
    """Stop a job.

    200 once it is cancelled; 202 with `cancel_requested` when that takes longer than two
    seconds; 404; 409 when it has already ended.
    """
    job = services().jobs.cancel(caller(), job_id)
    return job, 200 if job.status is JobStatus.CANCELLED else 202


@bp.post("/jobs/<uuid:job_id>/retry")
@requires("write")
@bp.response(201, JobAnswerSchema)
@bp.problems(404, 409, 429)
@idempotent(_again)
def retry_job(job_id: uuid.UUID) -> tuple[Job, dict[str, str]]:
    """Queue a new job that does the same as one that has ended.

    201 with the new job, its `retry_of` and its `Location`; 404; 409 while the first has not
    ended, or the first request with this `Idempotency-Key` is running; 422 when the key was
    used for another; 429 when too many jobs of this key are waiting.
    """
    return _answer(services().jobs.retry(caller(), job_id))


@bp.get("/jobs/<uuid:job_id>/result")
@requires("read")
@bp.arguments(ResultQuerySchema, location="query")
@_file(*MEDIA_TYPES.values())
@bp.problems(404, 409, 416, 503)
def fetch_result(asked: dict[str, Any], job_id: uuid.UUID) -> Response:
    """The clean table: by default UTF-8 CSV with commas, whatever the upload was.

    `format` chooses another, else `Accept` may. With `spreadsheet_safe`, cells that a
    spreadsheet would take for formulas are marked as texts; `X-Marked-Cells` says how many.
    200; 206 for a Range; 304; 404; 409 while there
    is no result; 416 for a range outside the file; 422 when the format cannot hold the table;
    503 when no engine is free in time to make the format.
    """
    format = asked.get("format") or media_format(MEDIA_TYPES, ResultFormat.CSV)
    results = services().results
    make = results.safe_file if asked["spreadsheet_safe"] else results.clean_file
    response = send_result(make(caller(), job_id, format))
    response.vary.add("Accept")
    return response


@bp.get("/jobs/<uuid:job_id>/rejects")
@requires("read")
@_file(MEDIA_TYPES[ResultFormat.CSV])
@bp.problems(404, 409, 416)
def fetch_rejects(job_id: uuid.UUID) -> Response:
    """The records that were set aside, as CSV: record, line, module, reason, raw.

    200; 206 for a Range; 304; 404; 409 while there is no result; 416 for a range outside the
    file.
    """
    return send_result(services().results.rejects(caller(), job_id))


@bp.get("/jobs/<uuid:job_id>/changes")
@requires("read")
@_file(MEDIA_TYPES[ResultFormat.PARQUET])
@bp.problems(404, 409, 416)
def fetch_changes(job_id: uuid.UUID) -> Response:
    """Every change, as Parquet: row, column, module, change, before, after.

    200; 206 for a Range; 304; 404, also for a job submitted without `change_log`; 409 while
    there is no result; 416 for a range outside the file.
    """
    return send_result(services().results.changes(caller(), job_id))


@bp.get("/jobs/<uuid:job_id>/report")
@requires("read")
@bp.doc(
    responses={
        "200": {
            "description": "The report.",
            "content": {
                "application/json": {"schema": {"type": "object"}},
                "text/html": {},
            },
        }
    }
)
@bp.problems(404, 409)
def show_report(job_id: uuid.UUID) -> Response:
    """What changed, counted exactly, with examples; by `Accept` as JSON or as a page of HTML.

    200; 304; 404; 409 while there is no result.
    """
    results = services().results
    wanted = request.accept_mimetypes.best_match(["application/json", "text/html"])
    if wanted == "text/html":
        found = results.report_page(caller(), job_id)
        response = page(found.html, found.policy)
    else:
        response = jsonify(results.report(caller(), job_id))
    tag("report", job_id, wanted)
    response.vary.add("Accept")
    return response


@bp.get("/jobs/<uuid:job_id>/events")
@requires("read")
@bp.arguments(EventsQuerySchema, location="query")
@bp.response(200, EventsSchema)
@bp.problems(404)
def list_events(asked: dict[str, Any], job_id: uuid.UUID) -> dict[str, Any]:
    """The stored updates of a job after `after_seq`: every change of status and of step, the
    oldest first.

    200 with `next_after_seq`, and a `Link` to the next page; 304; 404; 422 for a bad parameter.
    """
    limit = asked["limit"]
    job, found = services().jobs.events(
        caller(), job_id, after_seq=asked["after_seq"], limit=limit + 1
    )
    events = found[:limit]
    following = events[-1]["seq"] if len(found) > limit else None
    if following is not None:
        link_next(after_seq=following)
    tag("events", job_id, job.seq, asked["after_seq"], limit)
    return {"job_id": job_id, "seq": job.seq, "events": events, "next_after_seq": following}


@bp.get("/stats")
@requires("read")
@bp.response(200, StatsSchema)
def count_jobs() -> dict[str, int]:
    """How many jobs this key has (an admin's: all), by status.

    200.
    """
    return services().jobs.stats(caller())


def _submit(asked: dict[str, Any]) -> Job:
    if "recipe_id" not in asked:
        options = JobOptions(change_log=asked["change_log"])
        return services().jobs.submit(caller(), asked["upload_id"], asked["modules"], options)
    return services().recipes.submit(
        caller(),
        asked["upload_id"],
        asked["recipe_id"],
        version=asked.get("recipe_version"),
        column_map=asked.get("column_map"),
        change_log=asked["change_log"],
    )


def _state(job: Job) -> tuple[object, ...]:
    """What an answer about a job depends on: a cancel that was asked for moves no seq."""
    return str(job.id), job.seq, job.cancel_requested
