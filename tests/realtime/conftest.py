"""A real Socket.IO server on loopback with a publisher, and real clients."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import socketio
import websocket
from flask import Flask
from flask_socketio import SocketIO
from werkzeug.serving import make_server

from app.realtime.publisher import RoomPublisher
from app.realtime.rooms import Sockets
from app.services import KeyService


class Client:
    """A connected client that keeps what it hears."""

    def __init__(self, url: str, **auth: Any) -> None:
        self.updates: list[dict[str, Any]] = []
        self.lists: list[list[dict[str, Any]]] = []
        self.gone = threading.Event()
        self._client = socketio.Client(reconnection=False)
        self._client.on("job_update", self.updates.append)
        self._client.on("jobs_update", self.lists.append)
        self._client.on("disconnect", lambda *_: self.gone.set())
        self._client.connect(url, auth=auth, transports=["websocket"])

    @property
    def sid(self) -> str:
        sid: str = self._client.get_sid()
        return sid

    def heard(self, count: int) -> list[dict[str, Any]]:
        """The first `count` updates, once they are there."""
        wait_until(lambda: len(self.updates) >= count)
        return self.updates

    def leave(self, sio: SocketIO) -> None:
        # Shown out by the server: a client's own close waits for three seconds for an answer.
        if self._client.connected:
            sio.server.disconnect(self.sid)
        assert self.gone.wait(5)


def wait_until(condition: Callable[[], bool], seconds: float = 10) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not come to pass"
        time.sleep(0.005)


def snapshot(seq: int, job: str = "a", **changes: Any) -> dict[str, Any]:
    """An update as Job.snapshot makes it, as far as the publisher looks at it."""
    return {
        "job_id": job,
        "seq": seq,
        "status": "processing",
        "current_step": "trim_spaces",
        "attempt": 1,
        "progress_percent": float(seq),
    } | changes


class Deaf:
    """A client that shakes hands and then never reads again."""

    def __init__(self, url: str) -> None:
        address = url.replace("http:", "ws:") + "/socket.io/?EIO=4&transport=websocket"
        self._socket = websocket.create_connection(address, timeout=10)
        self._socket.recv()
        self._socket.send("40")
        self.sid: str = json.loads(str(self._socket.recv())[2:])["sid"]

    def leave(self) -> None:
        self._socket.close(timeout=0)


@pytest.fixture
def flask_app() -> Flask:
    return Flask(__name__)


@pytest.fixture
def sio(flask_app: Flask) -> SocketIO:
    return SocketIO(flask_app, async_mode="threading", manage_session=False)


@pytest.fixture
def sockets() -> Sockets:
    return Sockets()


@pytest.fixture
def publisher(sio: SocketIO, sockets: Sockets, keys: KeyService) -> Iterator[RoomPublisher]:
    """Not started yet: what is announced waits."""
    publisher = RoomPublisher(sio, sockets, keys)
    yield publisher
    publisher.stop()


@pytest.fixture
def url(sio: SocketIO, flask_app: Flask) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, flask_app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def connect(url: str, sio: SocketIO) -> Iterator[Callable[[], Client]]:
    clients: list[Client] = []

    def make() -> Client:
        clients.append(Client(url))
        return clients[-1]

    yield make
    for client in clients:
        client.leave(sio)
