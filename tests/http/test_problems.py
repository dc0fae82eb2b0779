"""Every error is a problem document, and tells nothing it should not."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.engine.errors import EngineError
from app.errors import NeatDataError
from app.http.problem_types import PROBLEM_TYPES
from tests.http.conftest import MAX_JSON_BYTES, Caller

MEMBERS = ["type", "title", "status", "detail", "instance", "request_id"]
APP = Path(__file__).resolve().parents[2] / "app"


@pytest.mark.parametrize(
    ("method", "path", "options", "status"),
    [
        pytest.param("get", "/nowhere", {}, 404, id="unknown-path"),
        pytest.param("get", "/v1/queue/jobs/7", {}, 404, id="not-a-uuid"),
        pytest.param("get", "/v1/db/uploads/seven", {}, 404, id="not-a-number"),
        pytest.param("get", "/v1/db/uploads/-1", {}, 404, id="negative"),
        pytest.param("get", f"/v1/db/uploads/{10**30}", {}, 404, id="huge-id"),
        pytest.param("delete", f"/v1/db/uploads/{10**30}", {}, 404, id="huge-id-deleted"),
        pytest.param("get", f"/v1/db/logs/{10**30}", {}, 404, id="huge-id-logs"),
        pytest.param("get", "/v1/db/uploads/0", {}, 404, id="zero"),
        pytest.param("delete", "/v1/health", {}, 405, id="wrong-method"),
        pytest.param("put", "/queue/submit", {}, 405, id="wrong-method-old-path"),
        pytest.param("post", "/v1/clean", {"data": "x"}, 415, id="no-content-type"),
        pytest.param("post", "/v1/clean", {"data": {"a": "b"}}, 415, id="a-form"),
        pytest.param("post", "/v1/clean", {"json": "x" * 30_000}, 413, id="too-long"),
        pytest.param("post", "/v1/clean", {}, 422, id="no-body"),
        pytest.param("post", "/v1/keys", {"json": {}}, 403, id="scope"),
        pytest.param("get", "/problems/nonsense", {}, 404, id="unknown-problem"),
    ],
)
def test_every_error_is_a_problem_document(
    api: Caller, method: str, path: str, options: dict[str, object], status: int
) -> None:
    answer = getattr(api, method)(path, **options)

    assert answer.status_code == status, answer.text
    assert answer.content_type == "application/problem+json"
    document = answer.get_json()
    assert [name for name in MEMBERS if name not in document] == []
    assert document["status"] == status
    assert document["instance"] == path
    assert document["request_id"] == answer.headers["X-Request-ID"]
    assert document["type"] == f"/problems/{document['code']}"
    assert document["code"] in PROBLEM_TYPES


def test_what_nobody_foresaw_is_a_500_that_tells_nothing(
    app: Flask, api: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail() -> None:
        raise RuntimeError("SELECT secret FROM /etc/passwd")

    monkeypatch.setitem(app.view_functions, "queue.count_jobs", fail)

    answer = api.get("/v1/queue/stats")

    assert answer.status_code == 500
    assert answer.content_type == "application/problem+json"
    assert answer.get_json()["code"] == "internal-error"
    for secret in ("SELECT", "passwd", "Traceback", "RuntimeError", ".py"):
        assert secret not in answer.text


def test_a_405_names_the_methods_that_are_allowed(client: FlaskClient) -> None:
    answer = client.delete("/v1/health")

    assert set(answer.headers["Allow"].split(", ")) == {"GET", "HEAD", "OPTIONS"}
    assert "GET" in answer.get_json()["detail"]


def test_a_413_tells_the_limit(api: Caller) -> None:
    answer = api.post("/v1/clean", json={"data": "x" * MAX_JSON_BYTES})

    assert answer.get_json()["limit_bytes"] == MAX_JSON_BYTES


def test_a_401_says_how_to_authenticate(client: FlaskClient) -> None:
    answer = client.get("/v1/queue/jobs")

    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")
    assert answer.get_json()["code"] == "missing-key"


def test_head_and_options_have_no_body_and_fail_the_same(client: FlaskClient) -> None:
    head = client.head("/v1/queue/jobs")
    options = client.options("/v1/queue/submit")
    nowhere = client.head("/nowhere")

    assert (head.status_code, head.data) == (401, b"")
    assert options.status_code == 200
    assert set(options.headers["Allow"].split(", ")) == {"POST", "OPTIONS"}
    assert (nowhere.status_code, nowhere.data) == (404, b"")


def test_a_strange_path_comes_back_encoded(client: FlaskClient) -> None:
    answer = client.get("/v1/%22%3Cscript%3E%0d%0aX-Evil: 1")

    assert answer.status_code == 404
    assert answer.get_json()["instance"] == "/v1/%22%3Cscript%3E%0D%0AX-Evil:%201"
    assert "X-Evil" not in answer.headers


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        pytest.param("trace-1:a.b_c", True, id="sensible"),
        pytest.param("a b", False, id="with-a-space"),
        pytest.param("x" * 200, False, id="too-long"),
        pytest.param("", False, id="empty"),
    ],
)
def test_a_sensible_request_id_is_kept(client: FlaskClient, given: str, kept: bool) -> None:
    answer = client.get("/v1/health", headers={"X-Request-ID": given})

    assert (answer.headers["X-Request-ID"] == given) is kept
    assert len(answer.headers["X-Request-ID"]) > 5


def test_every_code_that_is_raised_has_its_page() -> None:
    sources = "".join(path.read_text() for path in APP.rglob("*.py"))
    named = set(re.findall(r'\bcode="([a-z]+(?:-[a-z]+)+)"', sources))
    of_sources = set(re.findall(r'SourceError\(\s*"([a-z_]+)"', sources))
    of_classes = {error.code for error in (*below(NeatDataError), *below(EngineError))}
    never_answered = {"source_error", "engine_error", "cancelled"}

    codes = {
        code.replace("_", "-") for code in named | of_sources | of_classes - never_answered
    }
    assert codes - PROBLEM_TYPES.keys() == set()
    assert len(codes) > 40


def below(error: type[Any]) -> list[type[Any]]:
    """All classes below one, however deep."""
    return [found for child in error.__subclasses__() for found in (child, *below(child))]


def test_a_problem_type_is_a_page_for_browsers_and_json_for_programs(
    client: FlaskClient,
) -> None:
    page = client.get("/problems/file-too-large", headers={"Accept": "text/html"})
    data = client.get("/problems/file-too-large")

    assert page.status_code == 200
    assert "<h1>file-too-large</h1>" in page.text
    assert "script" not in page.headers["Content-Security-Policy"]
    assert data.get_json()["status"] == 413
    assert client.get("/problems").get_json()["problems"]
