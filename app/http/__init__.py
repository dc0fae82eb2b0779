"""What every route shares.

request_id    the id that is in an answer, in its problem and in the log
problems      every error as a problem document (RFC 9457)
auth          whose key it is, and what it may do
parsing       bodies and query parameters, strictly
blueprint     the decorators that routes are written with
idempotency   POSTs that may be sent again
receiving     a file out of a multipart body, as a stream
draining      what becomes of a body that was refused unread
sending       a file as a download
conditional   ETags, and 304 where nothing moved
pagination    opaque cursors
waiting       how many requests may wait at the same time
versions      the paths of the first NeatData, from one table
reference     /openapi.json, /docs and /problems
security      headers that tell a browser what an answer is not for
"""

from __future__ import annotations

from flask import Flask, Response
from flask_cors import CORS

import config as settings
from app.http import (
    conditional,
    draining,
    idempotency,
    parsing,
    problems,
    reference,
    request_id,
    security,
    versions,
    waiting,
)

#: What scripts of other origins may read of an answer, beyond its body.
EXPOSED_HEADERS = (
    "Content-Disposition",
    "Content-Range",
    "Deprecation",
    "ETag",
    idempotency.REPLAYED,
    "Link",
    "Location",
    "Retry-After",
    "Sunset",
    "X-Marked-Cells",
    request_id.HEADER,
)
#: How long a browser may remember the answer to a preflight.
PREFLIGHT_SECONDS = 600


def init_app(app: Flask) -> None:
    config: settings.Config = app.config["NEATDATA"]
    app.config["MAX_CONTENT_LENGTH"] = config.max_json_bytes
    app.json.sort_keys = False  # type: ignore[attr-defined]
    app.json.ensure_ascii = False  # type: ignore[attr-defined]
    idempotency.init_app(app)
    reference.init_app(app)
    request_id.init_app(app)
    parsing.init_app(app)
    problems.init_app(app)  # after flask-smorest, whose error handler it takes the place of
    conditional.init_app(app)
    draining.init_app(app)
    versions.init_app(app)
    waiting.init_app(app)
    app.after_request(_set_defaults)
    if config.cors_origins:
        CORS(
            app,
            origins=list(config.cors_origins),
            expose_headers=list(EXPOSED_HEADERS),
            max_age=PREFLIGHT_SECONDS,
        )
    security.init_app(app)  # last, and so around everything


def _set_defaults(response: Response) -> Response:
    """What an answer says unless its view said otherwise: private, to be asked for again."""
    response.headers.setdefault("Cache-Control", "private, no-cache")
    return response
