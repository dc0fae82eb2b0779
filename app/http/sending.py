"""A file as a download: Range, ETag, and a name that is safe in a header."""

from __future__ import annotations

from flask import Response, send_file

from app.services.results import ResultFile


def send_result(file: ResultFile) -> Response:
    """The file, whole or in the part that was asked for.

    200, 206 with Content-Range, 304 when the caller has it, 416 when the range lies outside.
    A result never changes, so its place is its tag.
    """
    response = send_file(
        file.path,
        mimetype=file.media_type.partition(";")[0],  # Flask adds the charset of a text
        as_attachment=True,
        download_name=file.download_name,
        etag=f"{file.path.parent.name}/{file.path.name}",
        conditional=True,
    )
    response.headers["Cache-Control"] = "private, no-cache"
    if file.marked is not None:
        response.headers["X-Marked-Cells"] = str(file.marked)
    return response
