"""ETags, and 304 where nothing moved.

A tag is made of ids and sequence numbers, never of the body: it costs no serialisation, and
the body's `timestamp` does not spoil it. Hence it is weak, but where a write depends on it.
"""

from __future__ import annotations

import hashlib

from flask import Flask, Response, g, request

from app.errors import PreconditionFailed, PreconditionRequired


def init_app(app: Flask) -> None:
    app.after_request(_apply)


def tag(*parts: object) -> None:
    """Have the answer under way carry an ETag made of `parts`, or be a 304 when the caller has
    it.
    """
    g.etag = _text(parts)


def tag_exactly(*parts: object) -> None:
    """As `tag`, with a strong ETag: one that `require_match` takes."""
    g.etag, g.etag_is_strong = _text(parts), True


def require_match(*parts: object) -> None:
    """Go on only when the caller says, in If-Match, that it knows the state of `parts`.

    Raises PreconditionRequired without the header; PreconditionFailed for another state.
    """
    if not request.if_match:
        raise PreconditionRequired("Say in If-Match which state you mean: its ETag.")
    if not request.if_match.contains(_text(parts)):
        raise PreconditionFailed("It has changed since you looked, or the ETag is another's.")


def is_known(*parts: object) -> bool:
    """Whether the caller sent the tag of `parts` in If-None-Match."""
    return request.if_none_match.contains_weak(_text(parts))


def _text(parts: tuple[object, ...]) -> str:
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:24]


def _apply(response: Response) -> Response:
    if "etag" in g and response.status_code in (200, 201):
        response.set_etag(g.etag, weak="etag_is_strong" not in g)
        response.make_conditional(request)
    return response
