"""A hook that runs right after an event's acknowledgement has been sent."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


def after_acknowledgement(server: Any, hook: Callable[[str], None]) -> None:
    """Have `hook(sid)` called whenever a handler's answer is on its way to the socket.

    python-socketio has no such hook; it sends the answer when the handler returns, in the
    method wrapped here. Read in 5.18.1; tests/acceptance holds the order that this gives.
    """
    handle = server._handle_event_internal

    def handle_then_hook(server: Any, sid: str, *rest: Any) -> None:
        handle(server, sid, *rest)
        hook(sid)

    server._handle_event_internal = handle_then_hook
