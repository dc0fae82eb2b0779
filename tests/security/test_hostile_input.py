"""Input made to do harm: each piece is either taken as the text it is, or refused by name."""

from __future__ import annotations

import io
import re
import tracemalloc
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.errors import NeatDataError
from app.models import Scope
from app.services import Services
from app.services.key_format import KeyText
from tests.security.cast import Cast

EVIL = {
    "sql-quote": "x' OR '1'='1",
    "sql-comment": "1; DROP TABLE uploads;--",
    "sql-wildcard": "%",
    "sql-underscore": "_" * 8,
    "folders": "../../../../etc/passwd",
    "line-ends": "a\r\nSet-Cookie: a=b\r\n\r\n<script>",
    "markup": "<script>alert(1)</script>",
    "template": "{{7*7}}${7*7}%(x)s{0}",
    "nul": "a\x00b",
    "turned-around": "\u202egnp.exe",
    "long": "x" * 5_000,
    "formula": "=cmd|' /C calc'!A0",
}
evil = pytest.mark.parametrize("text", EVIL.values(), ids=EVIL.keys())
QUERIES = (
    "/v1/db/uploads?limit=",
    "/v1/db/uploads?cursor=",
    "/v1/queue/jobs?status=",
    "/v1/queue/jobs?cursor=",
    "/v1/keys?cursor=",
    "/v1/pipeline/recipes?cursor=",
    "/v1/queue/jobs?",
)
PATHS = (
    "/v1/db/uploads/",
    "/v1/db/logs/",
    "/v1/queue/jobs/",
    "/v1/pipeline/recipes/",
    "/problems/",
    "/static/reference/",
    "/static/dashboard/0/",
    "/",
)


@pytest.fixture
def writer(app: Flask, services: Services) -> FlaskClient:
    """Requests with a fresh key that may write."""
    return with_key(app, services.keys.create("writer", Scope.WRITE).text)


@pytest.fixture
def admin(app: Flask, cast: Cast) -> FlaskClient:
    text = cast.text("admin")
    assert text is not None
    return with_key(app, text)


def with_key(app: Flask, text: str) -> FlaskClient:
    client = app.test_client()
    client.environ_base["HTTP_X_API_KEY"] = text
    return client


def refused(answer: Any, *statuses: int) -> bool:
    """A problem that names what is wrong, with whole headers."""
    assert answer.status_code in statuses, answer.get_data(as_text=True)[:500]
    assert answer.mimetype == "application/problem+json"
    assert "Set-Cookie" not in answer.headers
    return bool(answer.get_json()["detail"])


@evil
@pytest.mark.parametrize("path", QUERIES)
def test_a_hostile_parameter_is_refused(admin: FlaskClient, path: str, text: str) -> None:
    assert refused(admin.get(path + quote(text)), 422)


@evil
@pytest.mark.parametrize("path", PATHS)
def test_a_hostile_path_leads_nowhere(admin: FlaskClient, path: str, text: str) -> None:
    """Dots included that a client did not resolve, encoded and not."""
    for written in (quote(text, safe=""), quote(text)):
        assert refused(admin.get(path + written), 404, 405)


@evil
def test_a_hostile_key_id_is_one_more_that_there_is_not(admin: FlaskClient, text: str) -> None:
    written = quote(text, safe="")

    assert refused(admin.delete(f"/v1/keys/{written}"), 404)
    assert refused(admin.post(f"/v1/keys/{written}/rotate"), 404)


@evil
def test_a_hostile_key_opens_nothing(app: Flask, text: str) -> None:
    """As a header, where line ends cannot come over the wire."""
    line = re.sub(r"[\r\n\x00]", "", text).encode("ascii", "ignore").decode()

    for headers in ({"X-API-Key": line}, {"Authorization": f"Bearer {line}"}):
        assert refused(app.test_client().get("/v1/queue/jobs", headers=headers), 401)


@evil
def test_a_hostile_file_name_is_a_name(writer: FlaskClient, files: Path, text: str) -> None:
    """It names nothing on the disk, and breaks out of no header on its way back."""
    folders = {path for path in files.rglob("*") if path.is_dir()}
    line = re.sub(r"[\r\n]", "", text).replace('"', "%22")
    form = (
        b'--x\r\nContent-Disposition: form-data; name="file"; filename="'
        + f"{line}.csv".encode()
        + b'"\r\n\r\nname,city\nAda,London\n\r\n--x--\r\n'
    )

    answer = writer.post(
        "/v1/upload/csv", data=form, content_type="multipart/form-data; boundary=x"
    )

    upload = answer.get_json()
    assert answer.status_code == 200, upload
    assert "/" not in upload["filename"] and upload["filename"].isprintable()
    assert len(upload["filename"]) <= 200
    assert {path.parent for path in files.rglob("*") if path.is_file()} <= folders


@evil
def test_a_hostile_name_of_a_key_or_recipe_is_kept_or_refused(
    admin: FlaskClient, text: str
) -> None:
    """Never mended in silence."""
    recipe = {"name": text, "columns": ["a"], "modules": ["trim_spaces"]}
    for path, body in (
        ("/v1/keys", {"name": text, "scope": "read"}),
        ("/v1/pipeline/recipes", recipe),
    ):
        answer = admin.post(path, json=body)

        if answer.status_code == 201:
            assert answer.get_json()["name"] == text
        else:
            assert refused(answer, 422)
            assert answer.get_json()["errors"][0]["pointer"] == "/name"


@evil
def test_hostile_texts_in_a_pipeline_are_refused_by_their_place(
    writer: FlaskClient, text: str
) -> None:
    data = {"name": ["Ada"]}
    for module in (
        text,
        {"key": text},
        {"key": "trim_spaces", "columns": [text]},
        {"key": "trim_spaces", "on_error": text},
        {"key": "trim_spaces", "params": {text: 1}},
    ):
        answer = writer.post("/v1/pipeline/run", json={"data": data, "modules": [module]})

        assert refused(answer, 422)
        assert answer.get_json()["errors"][0]["pointer"].startswith("/modules/0")


@evil
def test_hostile_cells_and_headers_come_out_as_they_went_in(
    writer: FlaskClient, text: str
) -> None:
    data = {text: [text, "x"]}

    answer = writer.post("/v1/pipeline/run", json={"data": data, "modules": []})

    assert answer.get_json()["result_data"] == data


@pytest.mark.parametrize(
    "pattern",
    [
        pytest.param("(a{1000}){1000}", id="huge-repetition"),
        pytest.param("((a{100}){100}){100}", id="nested-repetition"),
        pytest.param("a{0,99999999}", id="beyond-any-count"),
        pytest.param("(" * 5000 + ")" * 5000, id="deep"),
        pytest.param("(", id="broken"),
        pytest.param("(?<=a)b", id="look-behind"),
        pytest.param(r"(a)\1", id="back-reference"),
        pytest.param("[" + "a-z" * 5000, id="endless-class"),
    ],
)
def test_a_pattern_that_would_take_too_much_is_refused(
    writer: FlaskClient, pattern: str
) -> None:
    """Before a job is made of it."""
    for module in (
        {"key": "replace_values", "params": {"pattern": pattern, "replacement": ""}},
        {"key": "rename_columns", "params": {"pattern": pattern, "replacement": ""}},
    ):
        answer = writer.post(
            "/v1/pipeline/run", json={"data": {"a": ["aaa"]}, "modules": [module]}
        )

        assert refused(answer, 422)


def test_a_pattern_that_explodes_elsewhere_takes_no_time_here(writer: FlaskClient) -> None:
    module = {"key": "replace_values", "params": {"pattern": "^(a+)+$", "replacement": "b"}}

    answer = writer.post(
        "/v1/pipeline/run", json={"data": {"a": ["a" * 5000 + "!"]}, "modules": [module]}
    )

    assert answer.get_json()["result_data"] == {"a": ["a" * 5000 + "!"]}


@pytest.mark.parametrize("depth", [100, 900, 5000])
def test_json_as_deep_as_it_may_be_is_taken_or_refused(writer: FlaskClient, depth: int) -> None:
    for body in (
        b'{"data": ' + b"[" * depth + b"]" * depth + b"}",
        b'{"data": ' + b'{"a":' * depth + b"1" + b"}" * depth + b"}",
    ):
        if len(body) <= 20_000:
            answer = writer.post("/v1/clean", data=body, content_type="application/json")

            assert answer.status_code == 200 or refused(answer, 400)


def test_a_parameter_that_comes_in_two_places_counts_in_none(writer: FlaskClient) -> None:
    """Which one counts would be a guess: one that a check and its use may make differently."""
    form = {"file": (io.BytesIO(b"a;b\n1;2\n"), "t.csv"), "delimiter": ";"}

    twice = writer.get("/v1/db/uploads?limit=1&limit=1000")
    elsewhere = writer.post("/v1/clean?data=x", json={"data": "y"})
    both = writer.post("/v1/upload/csv?delimiter=,", data=form)
    inside = writer.post(
        "/v1/clean", data=b'{"data": "x", "data": "y"}', content_type="application/json"
    )

    assert refused(twice, 422) and refused(both, 422) and refused(inside, 400)
    assert elsewhere.status_code in (200, 422)
    if elsewhere.status_code == 200:
        assert elsewhere.get_json()["cleaned_data"] == "y"


def test_methods_cannot_be_changed_by_a_header(writer: FlaskClient) -> None:
    for name in ("X-HTTP-Method-Override", "X-Method-Override", "X-HTTP-Method"):
        answer = writer.post("/v1/db/uploads/1", headers={name: "DELETE"})

        assert refused(answer, 405)


def test_a_host_header_goes_into_no_answer(app: Flask, writer: FlaskClient) -> None:
    form = {"file": (io.BytesIO(b"a,b\n1,2\n"), "t.csv")}
    headers = {"Host": "evil.example", "X-Forwarded-Host": "evil.example"}

    answers = [
        writer.post("/v1/upload/csv", data=form, headers=headers),
        writer.get("/v1/db/uploads?limit=1", headers=headers),
        writer.get("/v1", headers=headers),
        writer.get("/", headers={**headers, "Accept": "text/html"}),
        writer.get("/openapi.json", headers=headers),
    ]

    for answer in answers:
        assert "evil.example" not in f"{answer.headers}{answer.get_data(as_text=True)}"


def test_ten_thousand_wrong_keys_leave_nothing_behind(services: Services) -> None:
    """Neither those with a sound checksum, which are looked up, nor those without."""
    wrong = [KeyText.new().reveal() for _ in range(5_000)]
    wrong += [text[:-1] + "!" for text in wrong]
    try_all(services, wrong[:100])  # whatever is cached once is cached by now
    tracemalloc.start()
    before = tracemalloc.take_snapshot()

    try_all(services, wrong)

    grown = sum(
        line.size_diff for line in tracemalloc.take_snapshot().compare_to(before, "filename")
    )
    tracemalloc.stop()
    assert grown < 200_000


def try_all(services: Services, texts: list[str]) -> None:
    for text in texts:
        with pytest.raises(NeatDataError):
            services.keys.authenticate(text)


@pytest.fixture
def files(instance: Path) -> Path:
    return instance / "files"
