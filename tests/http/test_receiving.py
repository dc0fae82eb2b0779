"""Files on their way in: what is refused, and that it leaves nothing behind."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
from flask import Response
from werkzeug.test import create_environ

from app.http.draining import DRAIN_BYTES
from app.http.receiving import FORM_BYTES, safe_name
from tests.http.conftest import MAX_UPLOAD_BYTES, Caller

CSV = b"name,city\nAda,London\n"


def form(*parts: bytes, boundary: bytes = b"b", end: bytes = b"--b--\r\n") -> dict[str, Any]:
    """A multipart body, written by hand so that it can be wrong."""
    body = b"".join(b"--" + boundary + b"\r\n" + part + b"\r\n" for part in parts) + end
    return {"data": body, "content_type": "multipart/form-data; boundary=b"}


def part(head: bytes, content: bytes = CSV) -> bytes:
    return b"Content-Disposition: form-data; " + head + b"\r\n\r\n" + content


FILE = part(b'name="file"; filename="t.csv"')


def field(name: bytes, value: bytes) -> bytes:
    return part(b'name="' + name + b'"', value)


@pytest.mark.parametrize(
    ("options", "status", "code", "pointer"),
    [
        pytest.param({}, 415, "unsupported-media", None, id="no-body"),
        pytest.param(
            {"data": CSV, "content_type": "text/csv"},
            415,
            "unsupported-media",
            None,
            id="raw-csv",
        ),
        pytest.param({"json": {}}, 415, "unsupported-media", None, id="json"),
        pytest.param(
            {"data": b"x", "content_type": "multipart/form-data"},
            400,
            "malformed",
            None,
            id="no-boundary",
        ),
        pytest.param(form(), 422, "missing-file", "/file", id="empty-form"),
        pytest.param(
            {"data": b"", "content_type": "multipart/form-data; boundary=b"},
            422,
            "missing-file",
            "/file",
            id="empty-body",
        ),
        pytest.param(
            form(field(b"header", b"true")), 422, "missing-file", "/file", id="no-file-field"
        ),
        pytest.param(
            form(part(b'name="file"; filename=""', b"")),
            422,
            "missing-file",
            "/file",
            id="no-file-chosen",
        ),
        pytest.param(
            form(field(b"file", CSV)), 422, "missing-file", "/file", id="file-as-a-text"
        ),
        pytest.param(
            form(part(b'name="upload"; filename="t.csv"')),
            422,
            "unexpected-file",
            "/upload",
            id="file-in-another-field",
        ),
        pytest.param(form(FILE, FILE), 422, "several-files", "/file", id="two-files"),
        pytest.param(
            form(FILE, field(b"header", b"1"), field(b"header", b"0")),
            422,
            "invalid-input",
            "/header",
            id="a-field-twice",
        ),
        pytest.param(
            form(FILE, field(b"colour", b"red")),
            422,
            "invalid-input",
            "/colour",
            id="unknown-field",
        ),
        pytest.param(
            form(FILE, field(b"skip_lines", b"-1")),
            422,
            "invalid-input",
            "/skip_lines",
            id="bad-setting",
        ),
        pytest.param(
            form(FILE, field(b"sheet", b"x" * 5000)), 422, "invalid-input", "/sheet", id="long"
        ),
        pytest.param(
            form(FILE, field(b"sheet", b"\xff")), 400, "malformed", None, id="value-not-utf8"
        ),
        pytest.param(
            form(part(b'name="file"; filename="\xff.csv"')),
            400,
            "malformed",
            None,
            id="name-not-utf8",
        ),
        pytest.param(form(FILE, end=b""), 400, "malformed", None, id="no-end"),
        pytest.param(form(b"X: y\r\n\r\nz"), 400, "malformed", None, id="no-disposition"),
        pytest.param(
            form(*[field(b"f%d" % number, b"") for number in range(30)]),
            422,
            "invalid-input",
            "/f20",
            id="too-many-fields",
        ),
        pytest.param(
            form(part(b'name="file"; filename="t.csv"', b"x" * (MAX_UPLOAD_BYTES + 1))),
            413,
            "file-too-large",
            None,
            id="too-large",
        ),
        pytest.param(
            form(part(b'name="file"; filename="t.csv"', b"x" * (MAX_UPLOAD_BYTES * 10))),
            413,
            "file-too-large",
            None,
            id="much-too-large",
        ),
        pytest.param(
            form(FILE, *[field(b"sheet", b"x" * FORM_BYTES)]),
            422,
            "invalid-input",
            "/sheet",
            id="a-field-larger-than-the-form",
        ),
    ],
)
def test_a_bad_upload_is_refused_and_leaves_nothing(
    api: Caller, files: Path, options: Any, status: int, code: str, pointer: str | None
) -> None:
    kept = len(list((files / "uploads").iterdir()))

    answer = api.post("/v1/upload/csv", **options)

    assert (answer.status_code, answer.get_json()["code"]) == (status, code), answer.text
    if pointer is not None:
        assert [fault["pointer"] for fault in answer.get_json()["errors"]] == [pointer]
    if code == "file-too-large":
        assert answer.get_json()["limit_bytes"] == MAX_UPLOAD_BYTES
    assert list((files / "incoming").iterdir()) == []
    assert len(list((files / "uploads").iterdir())) == kept
    assert api.get("/v1/db/uploads").get_json()["total_uploads"] == 0


def test_a_setting_in_query_and_form_is_refused(api: Caller, files: Path) -> None:
    answer = api.post("/v1/upload/csv?header=1", **form(FILE, field(b"header", b"1")))

    assert answer.status_code == 422
    assert answer.get_json()["errors"] == [{"pointer": "/header", "message": "Given twice."}]
    assert list((files / "incoming").iterdir()) == []


def test_a_bad_setting_in_the_query_is_refused_before_the_file_is_read(api: Caller) -> None:
    answer = api.post("/v1/upload/csv?encodin=utf-8", **form(FILE))

    assert answer.status_code == 422
    assert answer.get_json()["errors"][0]["pointer"] == "/encodin"


def streamed(app: Any, api: Caller, body: Any, length: int | None) -> Response:
    """The answer to a streamed body, whose length was announced or not."""
    environ = create_environ(
        "/v1/upload/csv",
        method="POST",
        headers={"X-API-Key": api.text},
        content_type="multipart/form-data; boundary=b",
    )
    environ["wsgi.input"] = body
    environ["CONTENT_LENGTH"] = "" if length is None else str(length)
    environ["wsgi.input_terminated"] = length is None
    return Response.from_app(app, environ, buffered=True)


def test_the_limit_is_enforced_while_reading(app: Any, api: Caller, files: Path) -> None:
    """A body that does not say how long it is never gets further than the limit."""

    class Endless(io.RawIOBase):
        sent = 0

        def readable(self) -> bool:
            return True

        def readinto(self, buffer: Any) -> int:
            head = (
                b"--b\r\n" + part(b'name="file"; filename="t.csv"', b"")
                if not self.sent
                else b""
            )
            block = (head + b"x" * 8192)[: len(buffer)]
            buffer[: len(block)] = block
            self.sent += len(block)
            assert self.sent < DRAIN_BYTES + 5 * MAX_UPLOAD_BYTES, "it goes on reading"
            return len(block)

    answer = streamed(app, api, io.BufferedReader(Endless(), 8192), None)

    assert answer.status_code == 413
    assert answer.get_json()["limit_bytes"] == MAX_UPLOAD_BYTES
    assert list((files / "incoming").iterdir()) == []


def test_a_body_that_ends_early_is_refused(app: Any, api: Caller, files: Path) -> None:
    whole = form(FILE)["data"]

    body = io.BytesIO(whole[: len(whole) // 2])
    answer = streamed(app, api, body, len(whole))

    assert (answer.status_code, answer.get_json()["code"]) == (400, "incomplete-body")
    assert list((files / "incoming").iterdir()) == []


@pytest.mark.parametrize(
    ("given", "name"),
    [
        pytest.param("table.csv", "table.csv", id="plain"),
        pytest.param("müşteri listesi (2).csv", "müşteri listesi (2).csv", id="letters"),
        pytest.param("/etc/passwd", "passwd", id="a-path"),
        pytest.param("..\\..\\boot.ini", "boot.ini", id="a-windows-path"),
        pytest.param("..", "table", id="the-folder-above"),
        pytest.param("a/", "table", id="a-folder"),
        pytest.param("\x00\x07\r\n", "table", id="nothing-but-control"),
        pytest.param("a\r\nX-Evil: 1.csv", "aX-Evil: 1.csv", id="line-ends"),
        pytest.param("cod\u202evsc.exe", "codvsc.exe", id="turned-around"),
        pytest.param("x" * 300 + ".csv", "x" * 196 + ".csv", id="long"),
        pytest.param("x." + "y" * 300, "y" * 200, id="long-ending"),
        pytest.param(" .hidden. ", "hidden", id="dots-and-spaces"),
    ],
)
def test_a_file_name_is_made_safe(given: str, name: str) -> None:
    assert safe_name(given) == name
