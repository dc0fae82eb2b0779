"""What becomes of a body that was refused unread."""

from __future__ import annotations

import contextlib
import time

from flask import Flask, Response, request
from gunicorn.http.errors import ParseException

#: So much of it is still read, so that its sender is listening when it is answered. The
#: connection of one who goes on sending is closed.
DRAIN_BYTES = 16 * 1024 * 1024
DRAIN_SECONDS = 5.0

_CHUNK = 64 * 1024  # bytes


def init_app(app: Flask) -> None:
    app.after_request(_drain)


def _drain(response: Response) -> Response:
    # Where the server does not end the stream with the body, reading on would wait for ever.
    if response.status_code >= 400 and "wsgi.input_terminated" in request.environ:
        # One who has gone, or sends nonsense, is nobody to be polite to.
        with contextlib.suppress(ParseException, OSError):
            _read_on()
    return response


def _read_on() -> None:
    stream = request.environ["wsgi.input"]
    deadline = time.monotonic() + DRAIN_SECONDS
    left = DRAIN_BYTES
    while left > 0 and time.monotonic() < deadline:
        chunk = stream.read(_CHUNK)
        if not chunk:
            return
        left -= len(chunk)
        time.sleep(0)  # a fast sender must not keep the others waiting
