"""Sending files."""

from __future__ import annotations

from typing import Any

from app.http.auth import caller, requires, services
from app.http.blueprint import Blueprint
from app.http.idempotency import idempotent, identify
from app.http.receiving import announced_bytes, receive_form
from app.http.upload_form import reading_settings
from app.models import Upload
from app.schemas.uploads import ReadingSchema, UploadedSchema, UploadFormSchema

bp = Blueprint("upload", __name__, url_prefix="/upload", description="Send files.")

_BODY = {"required": True, "content": {"multipart/form-data": {"schema": UploadFormSchema}}}


def _answer(upload: Upload) -> tuple[Upload, dict[str, str]]:
    return upload, {"Location": f"/v1/db/uploads/{upload.id}"}


def _again(upload_id: str) -> tuple[Upload, dict[str, str]]:
    return _answer(services().uploads.get(caller(), int(upload_id)))


@bp.post("/csv")
@requires("write")
@bp.arguments(ReadingSchema, location="query")
@bp.response(200, UploadedSchema)
@bp.problems(400, 413, 415, 503, 507)
@bp.doc(requestBody=_BODY)
@idempotent(_again, file=True)
def upload_file(settings: dict[str, Any]) -> tuple[Upload, dict[str, str]]:
    """Send a table: csv, tsv, txt or xlsx, as multipart/form-data in the field `file`.

    How it is to be read is found out; what the caller knows better goes into further fields or
    into the query. 200 with the upload's `Location`; 400 for a body that is no form or ends
    early; 409 while the first request with this `Idempotency-Key` is running; 413 with
    `limit_bytes`; 415 for a body or a file of another kind; 422 for no file, an empty one, or
    one that cannot be read, with the reason; 503 when no engine is free in time; 507 when the
    disk is full.
    """
    uploads = services().uploads
    with uploads.receiving(announced_bytes()) as receiver:
        form = receive_form(receiver, uploads.max_bytes)
        reading = reading_settings(settings, form)
        identify(receiver.sha256, form.filename, sorted(form.fields.items()))
        upload = uploads.accept(caller(), form.filename, receiver, reading)
    return _answer(upload)
