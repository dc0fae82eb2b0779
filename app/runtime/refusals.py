"""What gunicorn refuses before it gets to the application, such as a request line too long or
headers that are none, is answered like every other error: with a problem document.
"""

from __future__ import annotations

import json
import uuid
from typing import Any

from gunicorn import util

from app.errors import problem
from app.http.security import HEADERS


def speak_in_problems() -> None:
    """Take the place of gunicorn's HTML page, which it has no setting for.

    Read in 27.0.1; tests/acceptance/test_bad_input.py holds what this gives.
    """
    util.write_error = write_problem


def write_problem(sock: Any, status: int, reason: str, message: str) -> None:
    """Answer on the bare socket and say that the connection ends."""
    request_id = uuid.uuid4()
    document = {
        **problem(
            status,
            "internal-error" if status == 500 else reason.lower().replace(" ", "-"),
            reason,
            message if status < 500 else "Something went wrong on the server.",
        ),
        # The path may be the very thing that could not be read.
        "instance": request_id.urn,
        "request_id": request_id.hex,
    }
    body = json.dumps(document).encode()
    secure = "".join(f"{name}: {value}\r\n" for name, value in HEADERS.items())
    head = (
        f"HTTP/1.1 {status} {reason}\r\n"
        "Connection: close\r\n"
        "Content-Type: application/problem+json\r\n"
        f"X-Request-ID: {request_id.hex}\r\n"
        f"{secure}"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    util.write_nonblock(sock, head.encode("latin-1") + body)
