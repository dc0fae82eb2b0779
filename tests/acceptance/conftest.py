"""Servers for the acceptance tests, one per runtime, shared by tests that do not hurt it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.acceptance.server import ROOT, Api, Server

RUNTIMES = ("eventlet", "threading")


@pytest.fixture(scope="session", params=RUNTIMES)
def server(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Server]:
    """A running server. Tests that kill, fill or stop one use `new_server`."""
    running = Server(tmp_path_factory.mktemp(request.param), request.param).start()
    yield running
    running.stop()


@pytest.fixture(params=RUNTIMES)
def new_server(
    request: pytest.FixtureRequest, tmp_path: Path
) -> Iterator[Callable[..., Server]]:
    """Makes servers (not yet started) that are gone after the test."""
    made: list[Server] = []

    def make(**settings: str) -> Server:
        made.append(Server(tmp_path / "instance", request.param, **settings))
        return made[-1]

    yield make
    for one in made:
        if one._process is not None and one.process.poll() is None:
            one.kill()


@pytest.fixture
def api(server: Server) -> Api:
    return server.api()


@pytest.fixture
def someone(server: Server) -> Api:
    """Calls with a fresh key that owns nothing yet."""
    answer = server.api().post("/v1/keys", json={"name": "someone", "scope": "write"})
    return server.api(answer.json()["key"])


@pytest.fixture(scope="session")
def node() -> str:
    """The path of Node, with socket.io-client installed for it.

    Missing it is a failure in CI and a clear skip elsewhere.
    """
    found = shutil.which("node")
    installed = (ROOT / "tests/js/node_modules/socket.io-client").is_dir()
    if found is None or not installed:
        reason = "Node and tests/js/node_modules are needed: install Node, then `make setup`"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    return found
