"""The id of a request: the caller's own, where it sends a sensible one, else ours."""

from __future__ import annotations

import re
import uuid

from flask import Flask, Response, g, request

HEADER = "X-Request-ID"
#: It goes into a header and into the log, so nothing that could break out of either.
_SENSIBLE = re.compile(r"[A-Za-z0-9._:-]{1,128}")


def init_app(app: Flask) -> None:
    app.after_request(_add_header)


def current_request_id() -> str:
    if "request_id" not in g:
        given = request.headers.get(HEADER, "")
        g.request_id = given if _SENSIBLE.fullmatch(given) else uuid.uuid4().hex
    request_id: str = g.request_id
    return request_id


def _add_header(response: Response) -> Response:
    response.headers[HEADER] = current_request_id()
    return response
