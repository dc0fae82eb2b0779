"""The Socket.IO handlers: check, hand on, acknowledge."""

from __future__ import annotations

import functools
import logging
from collections.abc import Callable
from typing import Any

import marshmallow as ma
from flask import current_app, request
from flask_socketio import ConnectionRefusedError, join_room, leave_room

from app.errors import FieldFault, NeatDataError, Unprocessable
from app.extensions import socketio
from app.models import ApiKey
from app.models.types import iso, utc_now
from app.realtime import Live
from app.realtime.rooms import global_room, job_room
from app.schemas.live import (
    NothingSchema,
    SubscribeAllSchema,
    SubscribeSchema,
    UnsubscribeSchema,
)

log = logging.getLogger(__name__)

Handler = Callable[..., dict[str, Any]]


def _live() -> Live:
    live: Live = current_app.extensions["neatdata-live"]
    return live


def _sid() -> str:
    sid: str = request.sid  # type: ignore[attr-defined]
    return sid


def _caller() -> ApiKey:
    """The key the socket came in with, looked at again: it may have been revoked since."""
    live = _live()
    return live.keys.live(live.sockets.key_of(_sid()) or "")


def event(schema: type[ma.Schema]) -> Callable[[Handler], Handler]:
    """A handler of a client's event: its payload checked, every failure acknowledged as a
    problem.
    """

    def decorate(handler: Handler) -> Handler:
        @functools.wraps(handler)
        def handle(payload: Any = None, *more: Any) -> dict[str, Any]:
            try:
                if more:
                    raise Unprocessable("A message is one object, not several.")
                return handler(**_checked(schema, payload))
            except NeatDataError as error:
                return {"ok": False, "problem": error.problem()}
            except Exception:
                # What nobody foresaw must still be acknowledged: a client waits for it.
                log.exception("the handler of %s failed", handler.__name__)
                unforeseen = NeatDataError("Something went wrong.")
                return {"ok": False, "problem": unforeseen.problem()}

        return handle

    return decorate


def _checked(schema: type[ma.Schema], payload: Any) -> dict[str, Any]:
    try:
        loaded: dict[str, Any] = schema().load({} if payload is None else payload)
    except ma.ValidationError as error:
        messages = error.normalized_messages()
        faults = [
            FieldFault(
                pointer="" if name == "_schema" else f"/{name}",
                message=" ".join(map(str, texts)) if isinstance(texts, list) else str(texts),
            )
            for name, texts in messages.items()
        ]
        raise Unprocessable("The message is not right.", faults=faults) from None
    return loaded


@socketio.on("connect")
def connect(auth: Any = None) -> None:
    """Let the socket in when its key opens; else the client gets a connect_error with the
    problem as its data.
    """
    live = _live()
    given = auth.get("api_key") if isinstance(auth, dict) else None
    try:
        key = live.keys.authenticate(given if isinstance(given, str) else None)
    except NeatDataError as error:
        raise ConnectionRefusedError(error.detail, error.problem()) from None
    live.sockets.add(_sid(), key.id)


@socketio.on("disconnect")
def disconnect(reason: Any = None) -> None:
    live = _live()
    live.sockets.remove(_sid())
    live.subscriptions.forget(_sid())


@socketio.on("subscribe")
@event(SubscribeSchema)
def subscribe(job_id: Any, after_seq: int | None) -> dict[str, Any]:
    """{ok, job, seq, missed, resync}. The socket is in the room once this is on its way (see
    Subscriptions).
    """
    return _live().subscriptions.subscribe(_sid(), _caller(), job_id, after_seq)


@socketio.on("unsubscribe")
@event(UnsubscribeSchema)
def unsubscribe(job_id: Any) -> dict[str, Any]:
    leave_room(job_room(job_id))
    return {"ok": True}


@socketio.on("subscribe_all")
@event(SubscribeAllSchema)
def subscribe_all(since: Any) -> dict[str, Any]:
    """{ok, jobs, timestamp}. Joined first: what moves meanwhile is told twice rather than
    never.
    """
    caller = _caller()
    join_room(global_room(caller))
    return _live().subscriptions.all_moved(caller, since)


@socketio.on("unsubscribe_all")
@event(NothingSchema)
def unsubscribe_all() -> dict[str, Any]:
    leave_room(global_room(_caller()))
    return {"ok": True}


@socketio.on("ping")
@event(NothingSchema)
def ping() -> dict[str, Any]:
    return {"pong": True, "timestamp": iso(utc_now())}
