"""Answers that are more than a body: accepted work, and the format a caller asked for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from flask import Response, jsonify, request

Format = TypeVar("Format")

#: How soon it is worth looking at work that was accepted.
LOOK_AGAIN_SECONDS = 1


def accepted(body: Mapping[str, Any], location: str) -> Response:
    """202: it is being worked on; `location` tells how far it is."""
    response = jsonify(body)
    response.status_code = 202
    response.headers["Location"] = location
    response.headers["Retry-After"] = str(LOOK_AGAIN_SECONDS)
    return response


def page(html: str, policy: str) -> Response:
    """200: a page that may do no more than `policy` (Content-Security-Policy) says."""
    response = Response(html, mimetype="text/html")
    response.headers["Content-Security-Policy"] = f"{policy}; frame-ancestors 'none'"
    return response


def media_format(media_types: Mapping[Format, str], default: Format) -> Format:
    """The format whose media type `Accept` names; `default` where it names none, since a
    caller that says */* or text/html wants the file.
    """
    by_type = {text.partition(";")[0]: format for format, text in media_types.items()}
    for media_type, _ in request.accept_mimetypes:
        if media_type in by_type:
            return by_type[media_type]
    return default
