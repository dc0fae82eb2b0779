"""What every answer tells a browser not to do with it."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.http.security import HEADERS
from app.runtime.refusals import write_problem
from tests.security.cast import Cast
from tests.security.matrix import CALLERS, OPERATIONS, ask

DATA = HEADERS["Content-Security-Policy"]
HTML = {"Accept": "text/html"}
#: What no policy of ours leaves open, whatever a page needs for itself.
CLOSED = {"base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'"}


def is_secured(answer: TestResponse) -> bool:
    """Each header once, and none weaker than it should be."""
    for name, value in HEADERS.items():
        (found,) = answer.headers.getlist(name)
        if name != "Content-Security-Policy":
            assert found == value
    return policy(answer) >= CLOSED


def policy(answer: TestResponse) -> set[str]:
    return set(answer.headers["Content-Security-Policy"].split("; "))


@pytest.mark.parametrize("operation", OPERATIONS)
def test_every_operation_answers_with_them(app: Flask, cast: Cast, operation: str) -> None:
    answer = ask(app, operation, cast.things_for("admin"), cast.headers("admin"))

    assert answer.status_code == OPERATIONS[operation][CALLERS.index("admin")]
    assert is_secured(answer)
    if answer.is_json or answer.mimetype in ("text/csv", "application/vnd.apache.parquet"):
        assert answer.headers["Content-Security-Policy"] == DATA


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        pytest.param("GET", "/nowhere", 404, id="not-found"),
        pytest.param("DELETE", "/v1/health", 405, id="wrong-method"),
        pytest.param("GET", "/v1/queue/jobs", 401, id="no-key"),
        pytest.param("OPTIONS", "/v1/queue/jobs", 200, id="options"),
        pytest.param("GET", "/socket.io/?EIO=4&transport=polling", 200, id="polling"),
        pytest.param("GET", "/socket.io/?EIO=4&transport=none", 400, id="no-transport"),
    ],
)
def test_so_do_answers_that_no_view_made(
    client: FlaskClient, method: str, path: str, status: int
) -> None:
    answer = client.open(path, method=method)

    assert answer.status_code == status
    assert is_secured(answer)


def test_so_does_what_nobody_foresaw(
    app: Flask, client: FlaskClient, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.view_functions, "queue.count_jobs", lambda: 1 / 0)

    answer = client.get("/v1/queue/stats", headers=cast.headers("owner"))

    assert answer.status_code == 500
    assert is_secured(answer)


@pytest.mark.parametrize("path", ["/", "/docs", "/problems/not-found", "{report}"])
def test_a_page_runs_nothing_inline_and_loads_nothing_from_elsewhere(
    client: FlaskClient, cast: Cast, path: str
) -> None:
    report = f"/v1/queue/jobs/{cast.things_for('owner').job_id}/report"

    answer = client.get(path.format(report=report), headers={**HTML, **cast.headers("owner")})

    assert answer.mimetype == "text/html"
    assert is_secured(answer)
    assert {"default-src 'none'", "default-src 'self'"} & policy(answer)
    for directive in policy(answer):
        assert (
            "http" not in directive and "*" not in directive and "unsafe-eval" not in directive
        )
        assert not (directive.startswith("script-src") and "unsafe-inline" in directive)


@pytest.fixture
def wire() -> Iterator[tuple[socket.socket, socket.socket]]:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        yield ours, theirs


def test_so_does_what_the_server_refuses_before_the_app_sees_it(
    wire: tuple[socket.socket, socket.socket],
) -> None:
    ours, theirs = wire

    write_problem(ours, 400, "Bad Request", "no request")

    head = theirs.recv(10_000).decode().partition("\r\n\r\n")[0].split("\r\n")
    assert {f"{name}: {value}" for name, value in HEADERS.items()} <= set(head)
