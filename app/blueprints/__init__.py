"""The routes, one file a router, each view a few lines: read, call a service, answer."""

from __future__ import annotations

from collections.abc import Callable

from flask import Flask, Response

from app.blueprints import (
    clean,
    database,
    health,
    info,
    keys,
    pipeline,
    queue,
    recipes,
    upload,
    websocket,
)
from app.extensions import api
from app.http import reference
from app.http.versions import PREFIX, add_aliases

__all__ = ["register", "websocket"]

_ROUTERS = (info, health, clean, pipeline, recipes, upload, database, queue, keys)


def register(app: Flask, page: Callable[[], Response]) -> None:
    """Give the app its routes; `page` is what a browser gets at `/`. The Socket.IO handlers
    have registered themselves by now.
    """
    for router in _ROUTERS:
        api.register_blueprint(router.bp, url_prefix=PREFIX + (router.bp.url_prefix or ""))
    info.add_root(app, page)
    add_aliases(app)
    reference.publish(app)
