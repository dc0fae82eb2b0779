"""Bodies and query parameters, read strictly."""

from __future__ import annotations

from typing import Any

import pytest

from tests.http.conftest import Caller


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"{", id="cut-off"),
        pytest.param(b"", id="empty"),
        pytest.param(b"{'data': 1}", id="single-quotes"),
        pytest.param(b'{"data": NaN}', id="nan"),
        pytest.param(b'{"data": -Infinity}', id="infinity"),
        pytest.param(b'{"data": 1e999}', id="too-large"),
        pytest.param(b'{"data": ' + b"9" * 5000 + b"}", id="endless-number"),
        pytest.param(b'{"data": 1, "data": 2}', id="a-name-twice"),
        pytest.param(b'{"data": "\xff"}', id="not-utf8"),
        pytest.param('{"data": "x"}'.encode("utf-16"), id="utf-16"),
        pytest.param(b'{"data": "\\ud800"}', id="half-a-character"),
        pytest.param(b'{"data": ' + b"[" * 9000 + b"]" * 9000 + b"}", id="very-deep"),
        pytest.param(b'{"data": 1} x', id="more-after-it"),
    ],
)
def test_what_is_not_json_is_a_400(api: Caller, body: bytes) -> None:
    answer = api.post("/v1/clean", data=body, content_type="application/json")

    assert answer.status_code == 400, answer.text
    assert answer.get_json()["code"] in ("invalid-json", "nested-too-deeply")


@pytest.mark.parametrize(
    ("body", "data"),
    [
        pytest.param(b'{"data": "x"}', "x", id="plain"),
        pytest.param(b'\xef\xbb\xbf{"data": "x"}', "x", id="byte-order-mark"),
        pytest.param(b'{"data": "\\ud83d\\ude00"}', "😀", id="a-pair"),
        pytest.param(
            b'{"data": 12345678901234567890}', 12345678901234567890, id="large-number"
        ),
        pytest.param(b'{"data": {"": null}}', {"": None}, id="an-empty-name"),
    ],
)
def test_json_comes_out_as_it_went_in(api: Caller, body: bytes, data: Any) -> None:
    answer = api.post("/v1/clean", data=body, content_type="application/json")

    assert answer.status_code == 200, answer.text
    assert answer.get_json()["original_data"] == data


@pytest.mark.parametrize(
    "content_type",
    ["application/json", "application/json; charset=utf-8", "application/vnd.api+json"],
)
def test_json_may_be_called_so_in_several_ways(api: Caller, content_type: str) -> None:
    answer = api.post("/v1/clean", data=b'{"data": "x"}', content_type=content_type)

    assert answer.status_code == 200


@pytest.mark.parametrize("content_type", ["text/plain", "application/x-www-form-urlencoded"])
def test_another_content_type_is_a_415_that_names_it(api: Caller, content_type: str) -> None:
    answer = api.post("/v1/clean", data=b'{"data": "x"}', content_type=content_type)

    assert answer.status_code == 415
    assert content_type in answer.get_json()["detail"]


def test_a_compressed_body_is_a_415_that_says_so(api: Caller) -> None:
    headers = {"Content-Encoding": "gzip"}

    answer = api.post("/v1/clean", json={"data": "x"}, headers=headers)

    assert answer.status_code == 415
    assert "gzip" in answer.get_json()["detail"]


@pytest.mark.parametrize(
    ("body", "pointers"),
    [
        pytest.param({}, ["/modules", "/upload_id"], id="nothing"),
        pytest.param([], [""], id="a-list"),
        pytest.param("x", [""], id="a-text"),
        pytest.param({"upload_id": 1, "modules": [], "x/y": 1}, ["/x~1y"], id="unknown-member"),
        pytest.param({"upload_id": "1", "modules": []}, ["/upload_id"], id="id-as-text"),
        pytest.param({"upload_id": True, "modules": []}, ["/upload_id"], id="id-as-boolean"),
        pytest.param({"upload_id": 1.5, "modules": []}, ["/upload_id"], id="id-as-fraction"),
        pytest.param({"upload_id": None, "modules": []}, ["/upload_id"], id="id-null"),
        pytest.param({"upload_id": 10**40, "modules": []}, ["/upload_id"], id="id-huge"),
        pytest.param({"upload_id": -1, "modules": []}, ["/upload_id"], id="id-negative"),
        pytest.param({"upload_id": 1, "modules": "trim"}, ["/modules"], id="modules-as-text"),
        pytest.param({"upload_id": 1, "modules": [1]}, ["/modules/0"], id="module-as-number"),
        pytest.param({"upload_id": 1, "modules": ["x"] * 101}, ["/modules"], id="too-many"),
        pytest.param({"upload_id": 10**9, "modules": []}, ["/upload_id"], id="unknown-upload"),
    ],
)
def test_a_bad_body_is_a_422_that_points_at_every_fault(
    api: Caller, body: Any, pointers: list[str]
) -> None:
    answer = api.post("/v1/queue/submit", json=body)

    assert answer.status_code == 422, answer.text
    assert sorted(fault["pointer"] for fault in answer.get_json()["errors"]) == pointers


def test_a_run_without_anything_points_at_all_it_lacks(api: Caller) -> None:
    answer = api.post("/v1/pipeline/run", json={})

    assert sorted(fault["pointer"] for fault in answer.get_json()["errors"]) == ["", "/modules"]


@pytest.mark.parametrize(
    ("query", "pointer"),
    [
        pytest.param("limit=0", "/limit", id="too-small"),
        pytest.param("limit=1001", "/limit", id="too-large"),
        pytest.param("limit=ten", "/limit", id="not-a-number"),
        pytest.param("limit=1&limit=2", "/limit", id="twice"),
        pytest.param("limit=" + "9" * 5000, "/limit", id="endless"),
        pytest.param("status=done", "/status", id="unknown-status"),
        pytest.param("statsu=failed", "/statsu", id="unknown-parameter"),
        pytest.param("cursor=xyz", "/cursor", id="nonsense-cursor"),
        pytest.param("cursor=", "/cursor", id="empty-cursor"),
        pytest.param("cursor=%FF%FE", "/cursor", id="cursor-not-utf8"),
        pytest.param("cursor=WzEwXQ", "/cursor", id="another-lists-cursor"),
        pytest.param("cursor=bnVsbA", "/cursor", id="cursor-null"),
    ],
)
def test_a_bad_query_is_a_422_that_points_at_it(api: Caller, query: str, pointer: str) -> None:
    answer = api.get(f"/v1/queue/jobs?{query}")

    assert answer.status_code == 422, answer.text
    assert [fault["pointer"] for fault in answer.get_json()["errors"]] == [pointer]


def test_an_empty_body_is_as_good_as_an_empty_object(
    admin: Caller, services: Any, api: Caller
) -> None:
    assert admin.post(f"/v1/keys/{api.key.id}/rotate").status_code == 200
