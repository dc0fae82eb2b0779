"""What has been uploaded, and what was done to it."""

from __future__ import annotations

from typing import Any

from app.http.auth import caller, requires, services
from app.http.blueprint import Blueprint
from app.http.conditional import tag
from app.http.pagination import Page, link_next, row_id
from app.models import ProcessingLog, Upload
from app.schemas.common import PageQuerySchema
from app.schemas.uploads import (
    LogsSchema,
    ProfileSchema,
    RowsQuerySchema,
    RowsSchema,
    UploadAnswerSchema,
    UploadsSchema,
)

bp = Blueprint("database", __name__, url_prefix="/db", description="Uploads and their logs.")


@bp.get("/uploads")
@requires("read")
@bp.arguments(PageQuerySchema, location="query")
@bp.response(200, UploadsSchema)
def list_uploads(asked: dict[str, Any]) -> dict[str, Any]:
    """The uploads of this key (an admin's: all), the newest first.

    200 with `next_cursor`, and a `Link` to the next page; 304; 422 for a bad parameter.
    """
    page: Page[Upload] = Page(asked, row_id)
    rows, total = services().uploads.page(caller(), before_id=page.position, limit=page.fetch)
    uploads, cursor = page.cut(rows, lambda upload: [upload.id])
    tag("uploads", total, [upload.id for upload in uploads])
    return {"total_uploads": total, "uploads": uploads, "next_cursor": cursor}


@bp.get("/uploads/<int:upload_id>")
@requires("read")
@bp.response(200, UploadAnswerSchema)
@bp.problems(404)
def show_upload(upload_id: int) -> dict[str, Any]:
    """One upload, and how its file was read.

    200; 304; 404 (an upload of someone else's is as unknown as one that never was).
    """
    upload = services().uploads.get(caller(), upload_id)
    tag("upload", upload.id)
    return {"data": upload}


@bp.get("/uploads/<int:upload_id>/rows")
@requires("read")
@bp.arguments(RowsQuerySchema, location="query")
@bp.response(200, RowsSchema)
@bp.problems(404, 503)
def list_rows(asked: dict[str, Any], upload_id: int) -> dict[str, Any]:
    """Rows of an upload, as they stand in the file.

    200 with `next_offset`, and a `Link` to the next page; 304; 404; 422 for a bad parameter;
    503 when no engine is free in time.
    """
    tag("rows", upload_id, asked["offset"], asked["limit"])
    found = services().insights.rows(caller(), upload_id, **asked)
    if found["next_offset"] is not None:
        link_next(offset=found["next_offset"])
    return {"upload_id": upload_id, **found}


@bp.get("/uploads/<int:upload_id>/profile")
@requires("read")
@bp.response(200, ProfileSchema)
@bp.problems(404, 503)
def show_profile(upload_id: int) -> dict[str, Any]:
    """What each column of an upload holds: type with evidence, missing, distinct, top values,
    patterns, lengths, extremes, spread, and the odd ones.

    200; 304; 404; 503 when no engine is free in time, or the table is too large for that.
    """
    profile = services().insights.profile(caller(), upload_id)
    tag("profile", upload_id)
    return {"upload_id": upload_id, **profile}


@bp.delete("/uploads/<int:upload_id>")
@requires("write")
@bp.response(204)
@bp.problems(404, 409)
def delete_upload(upload_id: int) -> None:
    """Delete an upload with its jobs, their results, reports and logs.

    204; 404; 409 while a job uses it.
    """
    services().uploads.delete(caller(), upload_id)


@bp.get("/logs/<int:upload_id>")
@requires("read")
@bp.arguments(PageQuerySchema, location="query")
@bp.response(200, LogsSchema)
@bp.problems(404)
def list_logs(asked: dict[str, Any], upload_id: int) -> dict[str, Any]:
    """What each module of each job did to an upload, the oldest first.

    200 with `next_cursor`, and a `Link` to the next page; 304; 404; 422 for a bad parameter.
    """
    page: Page[ProcessingLog] = Page(asked, row_id)
    rows, total = services().uploads.logs(
        caller(), upload_id, after_id=page.position, limit=page.fetch
    )
    logs, cursor = page.cut(rows, lambda log: [log.id])
    tag("logs", upload_id, total, [log.id for log in logs])
    return {"total_logs": total, "logs": logs, "next_cursor": cursor}
