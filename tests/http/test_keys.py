"""API keys over REST."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.http.conftest import Caller


def works(client: FlaskClient, key: str) -> bool:
    return client.get("/v1/queue/stats", headers={"X-API-Key": key}).status_code == 200


def test_a_new_key_is_shown_once_and_opens(admin: Caller, client: FlaskClient) -> None:
    body = {"name": "CI robot", "scope": "write", "expires_in_days": 30}

    answer = admin.post("/v1/keys", json=body)

    made = answer.get_json()
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.status_code == 201
    assert (made["name"], made["scope"], made["status"]) == ("CI robot", "write", "success")
    assert made["expires_at"] > made["created_at"]
    assert works(client, made["key"])
    listed = admin.get("/v1/keys?limit=1000").get_json()["keys"]
    (entry,) = [key for key in listed if key["id"] == made["id"]]
    assert "key" not in entry


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        pytest.param({"scope": "read"}, "/name", id="no-name"),
        pytest.param({"name": "", "scope": "read"}, "/name", id="empty-name"),
        pytest.param({"name": " x", "scope": "read"}, "/name", id="spaces-around"),
        pytest.param({"name": "a\nb", "scope": "read"}, "/name", id="line-end"),
        pytest.param({"name": "x" * 101, "scope": "read"}, "/name", id="long-name"),
        pytest.param({"name": "x", "scope": "root"}, "/scope", id="unknown-scope"),
        pytest.param({"name": "x"}, "/scope", id="no-scope"),
        pytest.param(
            {"name": "x", "scope": "read", "expires_in_days": 0},
            "/expires_in_days",
            id="no-time",
        ),
        pytest.param(
            {"name": "x", "scope": "read", "expires_in_days": 10**12},
            "/expires_in_days",
            id="too-long-a-time",
        ),
    ],
)
def test_a_bad_key_is_refused(admin: Caller, body: dict[str, Any], pointer: str) -> None:
    answer = admin.post("/v1/keys", json=body)

    assert answer.status_code == 422
    assert [fault["pointer"] for fault in answer.get_json()["errors"]] == [pointer]


def test_a_rotated_key_opens_with_both_for_a_while(
    admin: Caller, api: Caller, client: FlaskClient
) -> None:
    answer = admin.post(f"/v1/keys/{api.key.id}/rotate", json={"overlap_days": 1})

    assert answer.get_json()["id"] == api.key.id
    assert works(client, api.text)
    assert works(client, answer.get_json()["key"])


def test_a_rotation_without_overlap_ends_the_old_secret(
    admin: Caller, api: Caller, client: FlaskClient
) -> None:
    answer = admin.post(f"/v1/keys/{api.key.id}/rotate", json={"overlap_days": 0})

    assert not works(client, api.text)
    assert works(client, answer.get_json()["key"])


def test_a_revoked_key_stays_revoked(admin: Caller, api: Caller, client: FlaskClient) -> None:
    first = admin.delete(f"/v1/keys/{api.key.id}").get_json()
    second = admin.delete(f"/v1/keys/{api.key.id}").get_json()

    assert first["revoked_at"] == second["revoked_at"] is not None
    assert not works(client, api.text)
    assert admin.post(f"/v1/keys/{api.key.id}/rotate").status_code == 409


def test_an_unknown_key_is_a_404(admin: Caller) -> None:
    for answer in (admin.delete("/v1/keys/nobody"), admin.post("/v1/keys/nobody/rotate")):
        assert (answer.status_code, answer.get_json()["code"]) == (404, "key-not-found")


def test_keys_come_in_pages(admin: Caller) -> None:
    for number in range(3):
        admin.post("/v1/keys", json={"name": f"key {number}", "scope": "read"})

    first = admin.get("/v1/keys?limit=2").get_json()
    second = admin.get(f"/v1/keys?limit=1&cursor={first['next_cursor']}").get_json()

    names = [key["name"] for key in first["keys"] + second["keys"]]
    assert names == ["key 2", "key 1", "key 0"]
