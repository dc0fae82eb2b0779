"""The paths of the first NeatData, which had no version in them: from one table.

They answer the same as their /v1 successors and say in every answer that they will go:
Deprecation (RFC 9745), Sunset (RFC 8594) and a link to the successor.
"""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import format_datetime

from flask import Flask, Response, request

PREFIX = "/v1"
#: Since when the old paths are deprecated, and when they may go.
DEPRECATED = datetime(2026, 11, 1, tzinfo=UTC)
SUNSET = datetime(2027, 11, 1, tzinfo=UTC)

ALIASES = (
    ("GET", "/health"),
    ("POST", "/clean"),
    ("GET", "/pipeline/available"),
    ("POST", "/pipeline/run"),
    ("POST", "/upload/csv"),
    ("GET", "/db/uploads"),
    ("GET", "/db/uploads/<int:upload_id>"),
    ("GET", "/db/logs/<int:upload_id>"),
    ("POST", "/queue/submit"),
    ("GET", "/queue/jobs"),
    ("GET", "/queue/jobs/<uuid:job_id>"),
    ("POST", "/queue/jobs/<uuid:job_id>/cancel"),
    ("GET", "/queue/stats"),
)

_ALIAS = "alias."


def init_app(app: Flask) -> None:
    app.after_request(_announce_end)


def add_aliases(app: Flask) -> None:
    """Give each entry of the table the view of its successor, which is registered already."""
    successors = {
        (method, rule.rule): rule.endpoint
        for rule in app.url_map.iter_rules()
        for method in rule.methods or ()
    }
    for method, path in ALIASES:
        endpoint = successors[method, PREFIX + path]
        view = app.view_functions[endpoint]
        app.add_url_rule(path, endpoint=_ALIAS + endpoint, view_func=view, methods=[method])


def successor_endpoint(endpoint: str) -> str:
    """The same route under its /v1 path."""
    return endpoint.removeprefix(_ALIAS)


def _announce_end(response: Response) -> Response:
    if (request.endpoint or "").startswith(_ALIAS):
        response.headers["Deprecation"] = f"@{int(DEPRECATED.timestamp())}"
        response.headers["Sunset"] = format_datetime(SUNSET, usegmt=True)
        response.headers.add("Link", f'<{PREFIX}{request.path}>; rel="successor-version"')
    return response
