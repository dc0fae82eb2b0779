"""The small routes, and what all of them share."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from openapi_spec_validator import OpenAPIV31SpecValidator

import app as neatdata
from app.http.versions import ALIASES
from app.schemas.jobs import UpdateSchema
from tests.http.conftest import Caller

ROOT = Path(__file__).resolve().parents[2]


def test_the_root_says_what_this_is(client: FlaskClient) -> None:
    answer = client.get("/").get_json()

    assert (answer["name"], answer["status"]) == ("NeatData", "success")
    assert answer["endpoints"]["submit_job"] == "POST /v1/queue/submit"
    assert client.get(answer["docs"]).status_code == 200
    assert answer == client.get("/v1").get_json() | {"timestamp": answer["timestamp"]}
    assert client.get("/v1/").status_code == 200


def test_a_browser_gets_the_dashboard_at_the_root(client: FlaskClient) -> None:
    answer = client.get("/", headers={"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"})

    assert answer.mimetype == "text/html"
    assert answer.text.lstrip().lower().startswith("<!doctype html>")
    assert "Accept" in answer.headers["Vary"]
    assert client.get("/", headers={"Accept": "*/*"}).is_json


def test_health_is_ok(client: FlaskClient) -> None:
    answer = client.get("/v1/health").get_json()

    assert answer["status"] == "ok"
    assert answer["version"] == neatdata.__version__
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", answer["timestamp"])


def test_the_version_is_one_everywhere() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]

    assert project["version"] == neatdata.__version__


def test_clean_applies_operations_in_order(api: Caller) -> None:
    body = {
        "data": {"names": ["  Ada ", None, 3], "ok": True},
        "operations": ["trim", "uppercase"],
    }

    answer = api.post("/v1/clean", json=body).get_json()

    assert answer["cleaned_data"] == {"names": ["ADA", None, 3], "ok": True}
    assert answer["original_data"] == body["data"]
    assert answer["operations_applied"] == ["trim", "uppercase"]
    assert answer["status"] == "success"


def test_clean_trims_unless_told_otherwise(api: Caller) -> None:
    assert api.post("/v1/clean", json={"data": " x "}).get_json()["cleaned_data"] == "x"
    untouched = api.post("/v1/clean", json={"data": " x ", "operations": []}).get_json()
    assert untouched["cleaned_data"] == " x "


def test_an_unknown_operation_is_refused_with_the_nearest(api: Caller) -> None:
    body = {"data": "x", "operations": ["trim", "lowercas", "?"]}

    answer = api.post("/v1/clean", json=body)

    assert answer.status_code == 422
    assert [fault["pointer"] for fault in answer.get_json()["errors"]] == [
        "/operations/1",
        "/operations/2",
    ]
    assert "lowercase" in answer.get_json()["errors"][0]["message"]


@pytest.mark.parametrize(("method", "path"), ALIASES)
def test_an_old_path_is_marked_in_every_answer(
    client: FlaskClient, method: str, path: str
) -> None:
    path = path.replace("<int:upload_id>", "7").replace(
        "<uuid:job_id>", "6f1b0d0e-4f0c-4c9e-9d3c-1c6a5f7b8a90"
    )

    answer = client.open(path, method=method)

    assert answer.status_code in (200, 401, 503)
    assert re.fullmatch(r"@\d+", answer.headers["Deprecation"])
    assert answer.headers["Sunset"].endswith("GMT")
    assert f'</v1{path}>; rel="successor-version"' in answer.headers.getlist("Link")


def test_an_old_path_answers_the_same(api: Caller) -> None:
    old, new = api.get("/queue/stats"), api.get("/v1/queue/stats")

    assert {**old.get_json(), "timestamp": ""} == {**new.get_json(), "timestamp": ""}
    assert "Deprecation" not in new.headers
    assert "Link" not in new.headers


def test_an_old_path_has_the_methods_it_had(api: Caller) -> None:
    assert api.delete("/db/uploads/1").status_code == 405


def test_the_openapi_document_is_valid(client: FlaskClient) -> None:
    answer = client.get("/openapi.json")

    document = answer.get_json()
    assert document["openapi"].startswith("3.1")
    assert list(OpenAPIV31SpecValidator(document).iter_errors()) == []
    known = client.get("/openapi.json", headers={"If-None-Match": answer.headers["ETag"]})
    assert (known.status_code, known.data) == (304, b"")


def test_every_v1_route_is_in_the_openapi_document(app: Flask) -> None:
    document = app.extensions["neatdata-openapi"]
    routes = {
        (re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule), method.lower())
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
        if rule.rule.startswith("/v1")
    }
    described = {
        (path, method)
        for path, operations in document["paths"].items()
        for method in operations
        if method != "parameters"
    }

    assert routes == described


def test_every_operation_states_its_statuses(app: Flask) -> None:
    """In the words of its description too, which are the view's docstring."""
    for path, operations in app.extensions["neatdata-openapi"]["paths"].items():
        for method, operation in operations.items():
            if method == "parameters":
                continue
            statuses = set(operation["responses"]) - {"400", "401", "403", "413", "415"}
            told = set(re.findall(r"\b[2345]\d\d\b", operation["description"]))
            assert statuses <= told, f"{method} {path}: {sorted(statuses - told)}"


def test_the_docs_page_runs_nothing_inline_and_loads_nothing_from_elsewhere(
    client: FlaskClient,
) -> None:
    answer = client.get("/docs")

    policy = answer.headers["Content-Security-Policy"]
    assert "script-src 'self'" in policy
    assert "unsafe-eval" not in policy
    assert re.search(r"<script(?![^>]*src=)", answer.text) is None
    links = re.findall(r'(?:src|href|data-openapi)="([^"]+)"', answer.text)
    assert len(links) == 5
    for link in links:
        assert link.startswith("/")
        assert client.get(link, buffered=True).status_code == 200


def test_pages_of_allowed_origins_may_call(client: FlaskClient) -> None:
    allowed = client.options(
        "/v1/queue/submit",
        headers={
            "Origin": "https://app.example.com",
            "Access-Control-Request-Method": "POST",
            "Access-Control-Request-Headers": "x-api-key, content-type",
        },
    )
    refused = client.get("/v1/health", headers={"Origin": "https://evil.example.com"})
    failed = client.get("/v1/queue/jobs", headers={"Origin": "https://app.example.com"})

    assert allowed.headers["Access-Control-Allow-Origin"] == "https://app.example.com"
    assert "x-api-key" in allowed.headers["Access-Control-Allow-Headers"].lower()
    assert "Access-Control-Allow-Origin" not in refused.headers
    assert failed.status_code == 401
    assert failed.headers["Access-Control-Allow-Origin"] == "https://app.example.com"
    assert "X-Request-ID" in failed.headers["Access-Control-Expose-Headers"]
    assert "Access-Control-Allow-Credentials" not in failed.headers


def test_answers_are_private_and_of_the_type_they_claim(api: Caller) -> None:
    answer = api.get("/v1/queue/stats")

    assert answer.headers["Cache-Control"] == "private, no-cache"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_every_route_and_every_field_is_in_the_docs(app: Flask) -> None:
    text = (ROOT / "docs" / "rest-api.md").read_text()
    document = app.extensions["neatdata-openapi"]

    for path, operations in document["paths"].items():
        for method in set(operations) - {"parameters"}:
            assert f"### {method.upper()} {path}\n" in text
    fields = {
        name
        for schema in document["components"]["schemas"].values()
        for name in schema["properties"]
    }
    assert {name for name in fields if not re.search(rf"\b{name}\b", text)} == set()


def test_every_example_in_the_docs_is_json() -> None:
    text = (ROOT / "docs" / "rest-api.md").read_text()

    examples = re.findall(r"```json\n(.*?)```", text, re.DOTALL)
    assert len(examples) > 10
    for example in examples:
        json.loads(example)


def test_every_event_and_field_is_in_the_docs(app: Flask) -> None:
    text = (ROOT / "docs" / "events.md").read_text()

    for event in app.extensions["socketio"].server.handlers["/"]:
        if event not in ("connect", "disconnect"):
            assert f"`{event}`" in text
    for field in UpdateSchema().fields:
        assert f'"{field}"' in text
