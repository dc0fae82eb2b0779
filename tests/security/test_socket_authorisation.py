"""Who may do what over Socket.IO: the whole matrix, over a real server on loopback."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import socketio
import websocket
from flask import Flask
from werkzeug.serving import make_server

from app.models import Scope
from app.runtime.machinery import Machinery
from app.services import Services
from tests.realtime.conftest import wait_until
from tests.security.cast import Cast, things_of_nobody
from tests.security.matrix import CALLERS, EVENTS

SECONDS = 20
#: What a key answers that was revoked while its socket was open. What tells nothing needs no
#: key: it takes a socket that was let in.
SINCE_REVOKED = {
    "subscribe": "revoked-key",
    "unsubscribe": "ok",
    "subscribe_all": "revoked-key",
    "unsubscribe_all": "revoked-key",
    "ping": "ok",
}


class Visitor:
    """A client of the server; `refusal` is the code that it was turned away with."""

    def __init__(self, url: str, auth: Any) -> None:
        self.refusal: str | None = None
        self.heard: list[Any] = []
        self.gone = threading.Event()
        self._client = socketio.Client(reconnection=False)
        self._client.on("connect_error", self._refused)
        self._client.on("job_update", self.heard.append)
        self._client.on("jobs_update", self.heard.append)
        self._client.on("disconnect", lambda *_: self.gone.set())
        try:
            self._client.connect(url, auth=auth, transports=["websocket"])
        except socketio.exceptions.ConnectionError:
            assert self.refusal is not None

    def ask(self, event: str, payload: Any = None) -> Any:
        return self._client.call(event, payload, timeout=SECONDS)

    def outcome(self, event: str, payload: Any) -> str:
        """ "ok" or the code of the problem."""
        if self.refusal is not None:
            return self.refusal
        if event in ("connect", "disconnect"):
            return "ok"
        answer = self.ask(event, payload)
        ok = answer.get("ok") or answer.get("pong")
        return "ok" if ok else str(answer["problem"]["code"])

    @property
    def sid(self) -> str:
        sid: str = self._client.get_sid()
        return sid

    @property
    def connected(self) -> bool:
        connected: bool = self._client.connected
        return connected

    def _refused(self, said: Any) -> None:
        self.refusal = said["data"]["code"]


@pytest.fixture(scope="module")
def url(app: Flask) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(scope="module")
def publishing(app: Flask) -> Iterator[None]:
    """From the first test that asks for it on, updates are sent and keys looked at again."""
    machinery: Machinery = app.extensions["neatdata-machinery"]
    machinery.publisher.start()
    yield
    machinery.publisher.stop()


@pytest.fixture
def visit(app: Flask, url: str) -> Iterator[Callable[[Any], Visitor]]:
    visitors: list[Visitor] = []

    def come(auth: Any) -> Visitor:
        visitors.append(Visitor(url, auth))
        return visitors[-1]

    yield come
    for visitor in visitors:
        # Shown out by the server: a client's own close waits for three seconds for an answer.
        if visitor.connected:
            app.extensions["socketio"].server.disconnect(visitor.sid)
            assert visitor.gone.wait(SECONDS)


def test_every_event_is_in_the_matrix(app: Flask) -> None:
    assert set(app.extensions["socketio"].server.handlers["/"]) == set(EVENTS)


@pytest.mark.parametrize("name", CALLERS)
def test_everyone_gets_what_the_matrix_says(
    cast: Cast, visit: Callable[[Any], Visitor], name: str
) -> None:
    text = cast.text(name)
    visitor = visit({} if text is None else {"api_key": text})

    answered = {event: visitor.outcome(event, payload(event, cast, name)) for event in EVENTS}

    column = CALLERS.index(name)
    assert answered == {event: codes[column] for event, codes in EVENTS.items()}


@pytest.mark.parametrize(
    "auth",
    [
        pytest.param(None, id="nothing"),
        pytest.param([], id="a-list"),
        pytest.param({"api_key": 7}, id="a-number"),
        pytest.param({"api_key": {"$ne": ""}}, id="an-object"),
        pytest.param({"api_key": ""}, id="empty"),
    ],
)
def test_what_is_no_key_opens_nothing(visit: Callable[[Any], Visitor], auth: Any) -> None:
    assert visit(auth).refusal == "missing-key"


@pytest.mark.parametrize("event", ["subscribe", "unsubscribe", "subscribe_all", "ping"])
def test_a_hostile_message_is_acknowledged_as_a_problem(
    cast: Cast, visit: Callable[[Any], Visitor], event: str
) -> None:
    """Whatever comes, a client that waits for an answer gets one."""
    visitor = visit({"api_key": cast.text("owner")})
    messages: list[Any] = [
        [],
        "x",
        7,
        True,
        b"bytes",
        {"job_id": [{}], "since": 7},
        {"job_id": "' OR 1=1", "since": "%"},
        {"job_id": "x" * 5_000, "since": "9" * 5_000},
        {"": None, "job_id": None},
        ("two", "arguments"),
        ({}, {}, {}),
    ]

    for message in messages:
        answer = visitor.ask(event, message)

        assert answer["problem"]["code"] == "unprocessable", message


def test_a_job_of_someone_else_is_as_unknown_as_one_that_never_was(
    cast: Cast, visit: Callable[[Any], Visitor]
) -> None:
    foreign = visit({"api_key": cast.text("foreign")})
    theirs, nobodys = cast.things_for("foreign").job_id, things_of_nobody().job_id

    refused = json.dumps(foreign.ask("subscribe", {"job_id": str(theirs), "after_seq": 0}))
    unknown = json.dumps(foreign.ask("subscribe", {"job_id": str(nobodys), "after_seq": 0}))

    assert refused.replace(str(theirs), "ID") == unknown.replace(str(nobodys), "ID")


def test_an_event_of_a_socket_that_was_not_let_in_is_not_heard(url: str, cast: Cast) -> None:
    """Packets written by hand: an event first, the door after it."""
    address = url.replace("http:", "ws:") + "/socket.io/?EIO=4&transport=websocket"
    connection = websocket.create_connection(address, timeout=SECONDS)
    connection.recv()
    job_id = cast.things_for("owner").job_id

    connection.send(f'420["subscribe",{{"job_id":"{job_id}"}}]')
    connection.send('421["subscribe_all",{}]')
    connection.send("40" + json.dumps({"api_key": "nd_nobody"}))
    answer = str(connection.recv())
    connection.close(timeout=0)

    assert answer.startswith("44"), answer
    assert str(job_id) not in answer


def test_a_key_that_was_revoked_since_gets_no_more(
    services: Services, cast: Cast, visit: Callable[[Any], Visitor]
) -> None:
    issued = services.keys.create("leaver", Scope.WRITE)
    visitor = visit({"api_key": issued.text})

    services.keys.revoke(issued.key.id)

    answered = {
        event: visitor.outcome(event, payload(event, cast, "owner")) for event in SINCE_REVOKED
    }
    assert answered == SINCE_REVOKED


@pytest.mark.usefixtures("publishing")
def test_a_foreign_key_hears_of_nothing_whatever_it_asks_for(
    app: Flask, services: Services, cast: Cast, visit: Callable[[Any], Visitor]
) -> None:
    job_id = cast.things_for("owner").pending_id
    owner, foreign = (visit({"api_key": cast.text(name)}) for name in ("owner", "foreign"))
    for visitor in (owner, foreign):
        visitor.ask("subscribe", {"job_id": str(job_id)})
        visitor.ask("subscribe_all")
        visitor.ask("unsubscribe", {"job_id": str(things_of_nobody().job_id)})

    services.jobs.cancel(cast["owner"].key, job_id)

    # The room of the job, then the owner's global room: by then all that there was is sent.
    wait_until(lambda: len(owner.heard) >= 2)
    foreign.ask("ping")
    assert foreign.heard == []
    assert str(job_id) not in json.dumps(foreign.ask("subscribe_all", {"since": None}))


@pytest.mark.usefixtures("publishing")
def test_a_key_that_ends_loses_its_sockets(
    services: Services, cast: Cast, visit: Callable[[Any], Visitor]
) -> None:
    revoked, expired = (services.keys.create("leaver", Scope.WRITE) for _ in range(2))
    visitors = [visit({"api_key": issued.text}) for issued in (revoked, expired)]

    services.keys.revoke(revoked.key.id)
    cast.expire(expired.key)

    assert all(visitor.gone.wait(SECONDS) for visitor in visitors)


def payload(event: str, cast: Cast, name: str) -> dict[str, Any] | None:
    if event in ("subscribe", "unsubscribe"):
        return {"job_id": str(cast.things_for(name).job_id)}
    return {}
