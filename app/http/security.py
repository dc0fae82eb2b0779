"""Headers that keep a browser from doing more with an answer than it is for.

They are put on by WSGI middleware, so that no answer goes without: those of Socket.IO's
polling and of the errors that Flask itself makes are among them.
"""

from __future__ import annotations

from typing import Any

from flask import Flask

#: Where the view did not say otherwise. A page says for itself what it may do; all else is
#: data, and were it shown as a page, that page could do nothing.
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


def init_app(app: Flask) -> None:
    app.wsgi_app = with_headers(app.wsgi_app)  # type: ignore[method-assign]


def with_headers(wsgi_app: Any) -> Any:
    """WSGI middleware: an answer has each of HEADERS, its own or ours."""

    def serve(environ: dict[str, Any], start_response: Any) -> Any:
        def start(status: str, headers: list[tuple[str, str]], *rest: Any) -> Any:
            given = {name.lower() for name, _ in headers}
            missing = [item for item in HEADERS.items() if item[0].lower() not in given]
            return start_response(status, [*headers, *missing], *rest)

        return wsgi_app(environ, start)

    return serve
