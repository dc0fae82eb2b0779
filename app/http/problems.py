"""Every error leaves the server as a problem document (RFC 9457), whoever raised it."""

from __future__ import annotations

import errno
import logging
from collections.abc import Iterable
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

from flask import Flask, Response, jsonify, request
from gunicorn.http.errors import NoMoreData, ParseException
from werkzeug.exceptions import (
    HTTPException,
    InternalServerError,
    MethodNotAllowed,
    RequestEntityTooLarge,
)

from app.errors import (
    Busy,
    EngineTimeout,
    Malformed,
    NeatDataError,
    OutOfStorage,
    Unauthenticated,
    problem,
)
from app.http.request_id import current_request_id

MEDIA_TYPE = "application/problem+json"
#: What a caller is told to wait when everything is busy.
RETRY_SECONDS = 5

#: Codes of what Flask and Werkzeug raise; other statuses are named after their phrase.
_CODES = {
    400: "bad-request",
    404: "not-found",
    405: "method-not-allowed",
    413: "too-large",
    415: "unsupported-media",
    416: "range-not-satisfiable",
    429: "too-many-requests",
    500: "internal-error",
}
#: Headers an HTTPException brings that describe its own HTML page.
_OF_THE_PAGE = {"content-type", "content-length"}

log = logging.getLogger(__name__)


def init_app(app: Flask) -> None:
    app.register_error_handler(NeatDataError, _domain_error)
    app.register_error_handler(EngineTimeout, _engine_timeout)
    app.register_error_handler(RecursionError, _nested_too_deeply)
    app.register_error_handler(ParseException, _broken_framing)
    app.register_error_handler(NoMoreData, _broken_framing)
    app.register_error_handler(OSError, _system_error)
    app.register_error_handler(HTTPException, _http_exception)


def render(document: dict[str, Any], headers: Iterable[tuple[str, str]] = ()) -> Response:
    """The answer that a problem document makes. Adds what belongs to the request."""
    response = jsonify(
        {
            **document,
            "instance": quote(request.path, safe="/:@!$&'()*+,;=~"),
            "request_id": current_request_id(),
        }
    )
    response.status_code = document["status"]
    response.headers.extend(list(headers))
    response.content_type = MEDIA_TYPE
    return response


def _domain_error(error: NeatDataError) -> Response:
    headers = []
    if isinstance(error, Unauthenticated):
        headers.append(("WWW-Authenticate", 'Bearer realm="NeatData"'))
    if isinstance(error, Busy):
        headers.append(("Retry-After", str(RETRY_SECONDS)))
    elif "retry_after_seconds" in error.extra:
        headers.append(("Retry-After", str(error.extra["retry_after_seconds"])))
    if error.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        log.error("request %s: %s", current_request_id(), error.detail)
    return render(error.problem(), headers)


def _engine_timeout(error: EngineTimeout) -> Response:
    return _domain_error(Busy(f"The engine gave no answer. {error}", code="engine-timeout"))


def _nested_too_deeply(_: RecursionError) -> Response:
    return _domain_error(Malformed("The body is nested too deeply.", code="nested-too-deeply"))


def _broken_framing(error: Exception) -> Response:
    """What gunicorn raises while a view reads the body."""
    if isinstance(error, NoMoreData):
        return _domain_error(Malformed("The body ended early.", code="incomplete-body"))
    return _domain_error(Malformed("The chunks of the body are not well formed."))


def _system_error(error: OSError) -> Response:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return _domain_error(OutOfStorage("The disk is full."))
    log.error("request %s failed", current_request_id(), exc_info=error)
    return _rendered(InternalServerError(), HTTPStatus.INTERNAL_SERVER_ERROR)


def _http_exception(error: HTTPException) -> Response | HTTPException:
    if error.code is None or error.code < HTTPStatus.BAD_REQUEST:
        return error  # a redirect is no error
    return _rendered(error, error.code)


def _rendered(error: HTTPException, status: int) -> Response:
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        # Flask has logged the traceback; this line joins it to what the caller was told.
        log.error("request %s was answered with %d", current_request_id(), status)
    phrase = HTTPStatus(status).phrase
    code = _CODES.get(status, phrase.lower().replace(" ", "-"))
    document = problem(status, code, phrase, _detail(error), **_extra(error))
    headers = [
        (name, value)
        for name, value in error.get_headers(request.environ)
        if name.lower() not in _OF_THE_PAGE
    ]
    return render(document, headers)


def _detail(error: HTTPException) -> str:
    """One sentence for the caller. What Werkzeug says of a 404 or a 500 is meant for a page."""
    if isinstance(error, MethodNotAllowed):
        allowed = ", ".join(sorted(error.valid_methods or ()))
        return f"{request.method} is not allowed here; these are: {allowed}."
    if isinstance(error, RequestEntityTooLarge):
        return f"The body is larger than {request.max_content_length} bytes."
    if error.code == HTTPStatus.NOT_FOUND:
        return f"There is nothing at {request.path}."
    if error.code is not None and error.code >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return "Something went wrong on the server. Its log has more under this request_id."
    return error.description or HTTPStatus(error.code or 500).phrase


def _extra(error: HTTPException) -> dict[str, Any]:
    if isinstance(error, RequestEntityTooLarge):
        return {"limit_bytes": request.max_content_length}
    return {}
