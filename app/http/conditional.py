"""ETags, and 304 where nothing moved.

A tag is made of ids and sequence numbers, never of the body: it costs no serialisation, and
the body's `timestamp` does not spoil it. Hence it is weak.
"""

from __future__ import annotations

import hashlib

from flask import Flask, Response, g, request


def init_app(app: Flask) -> None:
    app.after_request(_apply)


def tag(*parts: object) -> None:
    """Have the answer under way carry an ETag made of `parts`, or be a 304 when the caller has
    it.
    """
    g.etag = _text(parts)


def is_known(*parts: object) -> bool:
    """Whether the caller sent the tag of `parts` in If-None-Match."""
    return request.if_none_match.contains_weak(_text(parts))


def _text(parts: tuple[object, ...]) -> str:
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:24]


def _apply(response: Response) -> Response:
    if "etag" in g and response.status_code == 200:
        response.set_etag(g.etag, weak=True)
        response.make_conditional(request)
    return response
