"""How many requests may wait at the same time.

On threads a request that waits holds one of them; if all of them waited, nobody else would be
answered. Past half of them a long poll is answered at once, like one without `wait`.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from flask import Flask, current_app

import config as settings


def init_app(app: Flask) -> None:
    config: settings.Config = app.config["NEATDATA"]
    places = threading.Semaphore(config.threads // 2)
    # A greenlet that waits holds nothing that others need.
    app.extensions["neatdata-waiting"] = places if config.async_mode == "threading" else None


@contextmanager
def place_to_wait() -> Iterator[bool]:
    """Whether the request may wait; it then holds a place until the block ends."""
    places: threading.Semaphore | None = current_app.extensions["neatdata-waiting"]
    if places is None:
        yield True
    elif places.acquire(blocking=False):
        try:
            yield True
        finally:
            places.release()
    else:
        yield False
