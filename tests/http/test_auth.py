"""Whose key it is, and what it may do."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from app.models import Scope
from app.services import Services
from app.services.key_format import KeyText
from tests.http.conftest import Caller

OPEN = [("get", "/"), ("get", "/v1"), ("get", "/v1/health"), ("get", "/health")]
CLOSED = [
    ("post", "/v1/clean"),
    ("post", "/v1/pipeline/run"),
    ("post", "/v1/upload/csv"),
    ("get", "/v1/db/uploads"),
    ("get", "/v1/db/uploads/1"),
    ("delete", "/v1/db/uploads/1"),
    ("get", "/v1/db/logs/1"),
    ("post", "/v1/queue/submit"),
    ("get", "/v1/queue/jobs"),
    ("get", "/v1/queue/stats"),
    ("get", "/v1/keys"),
    ("post", "/v1/keys"),
]


@pytest.mark.parametrize(("method", "path"), OPEN)
def test_some_paths_need_no_key(client: FlaskClient, method: str, path: str) -> None:
    assert getattr(client, method)(path).status_code == 200


@pytest.mark.parametrize(("method", "path"), CLOSED)
def test_the_others_do(client: FlaskClient, method: str, path: str) -> None:
    """Before anything else is looked at: an unreadable body changes nothing."""
    answer = getattr(client, method)(path, data=b"{", content_type="application/json")

    assert answer.status_code == 401
    assert answer.get_json()["code"] == "missing-key"


@pytest.mark.parametrize(
    "headers",
    [
        pytest.param({"X-API-Key": "{key}"}, id="x-api-key"),
        pytest.param({"Authorization": "Bearer {key}"}, id="bearer"),
        pytest.param({"Authorization": "bearer {key}"}, id="bearer-in-small-letters"),
        pytest.param({"X-API-Key": "{key}", "Authorization": "Bearer no"}, id="both"),
    ],
)
def test_a_key_comes_in_either_header(
    client: FlaskClient, api: Caller, headers: dict[str, str]
) -> None:
    given = {name: value.format(key=api.text) for name, value in headers.items()}

    assert client.get("/v1/queue/stats", headers=given).status_code == 200


@pytest.mark.parametrize(
    ("headers", "code"),
    [
        pytest.param({"Authorization": "Basic eDp5"}, "missing-key", id="basic"),
        pytest.param({"X-API-Key": ""}, "missing-key", id="empty"),
        pytest.param({"X-API-Key": "nd_x_y"}, "malformed-key", id="malformed"),
        pytest.param({"X-API-Key": "ş" * 53}, "malformed-key", id="not-ascii"),
        pytest.param({"X-API-Key": KeyText.new().reveal()}, "unknown-key", id="unknown"),
    ],
)
def test_a_key_that_does_not_open_says_why(
    client: FlaskClient, headers: dict[str, str], code: str
) -> None:
    answer = client.get("/v1/queue/stats", headers=headers)

    assert answer.status_code == 401
    assert answer.get_json()["code"] == code


def test_a_revoked_key_no_longer_opens(services: Services, api: Caller) -> None:
    services.keys.revoke(api.key.id)

    assert api.get("/v1/queue/stats").get_json()["code"] == "revoked-key"


@pytest.mark.parametrize(
    ("scope", "method", "path", "allowed"),
    [
        (Scope.READ, "get", "/v1/queue/jobs", True),
        (Scope.READ, "post", "/v1/queue/submit", False),
        (Scope.READ, "post", "/v1/upload/csv", False),
        (Scope.READ, "delete", "/v1/db/uploads/1", False),
        (Scope.WRITE, "post", "/v1/queue/submit", True),
        (Scope.WRITE, "get", "/v1/keys", False),
        (Scope.WRITE, "post", "/v1/keys", False),
        (Scope.ADMIN, "get", "/v1/keys", True),
        (Scope.ADMIN, "post", "/v1/queue/submit", True),
    ],
)
def test_a_scope_includes_the_ones_before_it(
    services: Services, client: FlaskClient, scope: Scope, method: str, path: str, allowed: bool
) -> None:
    key = services.keys.create("someone", scope).text

    answer = getattr(client, method)(path, headers={"X-API-Key": key})

    assert (answer.status_code != 403) is allowed
    if not allowed:
        assert answer.get_json()["code"] == "scope-too-small"
        assert answer.get_json()["required_scope"] in answer.get_json()["detail"]
