"""Live updates: who may join which room, what is sent there, and when."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flask import Flask

import config as settings
from app.extensions import socketio

if TYPE_CHECKING:
    from app.realtime.publisher import RoomPublisher
    from app.realtime.rooms import Sockets
    from app.realtime.updates import Subscriptions
    from app.services import KeyService

#: A client that answers no ping for this long is gone.
PING_INTERVAL, PING_TIMEOUT = 20, 20  # seconds
#: Nothing a client has to say is longer.
MAX_MESSAGE_BYTES = 16 * 1024


@dataclass(frozen=True, kw_only=True)
class Live:
    """What the socket handlers work with; `app.extensions["neatdata-live"]`."""

    keys: KeyService
    sockets: Sockets
    publisher: RoomPublisher
    subscriptions: Subscriptions


def init_app(app: Flask, config: settings.Config) -> None:
    """Bind the Socket.IO server to the app. It starts nothing.

    `async_mode` is always named: left alone, it would follow whatever happens to be installed.
    """
    socketio.init_app(
        app,
        async_mode=config.async_mode,
        cors_allowed_origins=_allowed(config.cors_origins),
        ping_interval=PING_INTERVAL,
        ping_timeout=PING_TIMEOUT,
        max_http_buffer_size=MAX_MESSAGE_BYTES,
        manage_session=False,
    )
    app.wsgi_app = without_compression(app.wsgi_app)  # type: ignore[method-assign]


def _allowed(origins: tuple[str, ...]) -> Any:
    # None is python-socketio's word for "the same origin only".
    if not origins:
        return None
    return "*" if "*" in origins else list(origins)


def without_compression(wsgi_app: Any) -> Any:
    """WSGI middleware: no WebSocket extension is ever negotiated.

    Each server deflates a message anew for each socket. In a room of 1 000 that was the
    difference between 1 225 and 13 902 messages a second
    (docs/decisions/0003-no-websocket-compression.md).
    """

    def serve(environ: dict[str, Any], start_response: Any) -> Any:
        environ.pop("HTTP_SEC_WEBSOCKET_EXTENSIONS", None)
        return wsgi_app(environ, start_response)

    return serve
