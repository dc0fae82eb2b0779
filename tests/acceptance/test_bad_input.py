"""Bad input gets a problem document with the right status, and leaves nothing half-made: in
both runtimes, with the real engine.
"""

from __future__ import annotations

import http.client
import io
import json
import socket
import sqlite3
import threading
import time
import uuid
from collections.abc import Callable
from typing import Any

import pytest
import requests
import xlsxwriter

from tests.acceptance.server import Api, Server
from tests.acceptance.tables import MESSY

MakeServer = Callable[..., Server]


def workbook() -> bytes:
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer) as book:
        sheet = book.add_worksheet()
        for row in range(200):
            sheet.write_row(row, 0, [f"cell {row} {column}" for column in range(10)])
    return buffer.getvalue()


def state(server: Server) -> dict[str, Any]:
    """Everything the instance holds: rows by table, and files."""
    files = server.instance / "files"
    with sqlite3.connect(server.instance / "neatdata.db") as connection:
        rows = {
            table: connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
            for table in ("uploads", "jobs", "job_events", "processing_logs")
        }
    return rows | {
        folder: sorted(path.name for path in (files / folder).iterdir())
        for folder in ("incoming", "work", "uploads", "results")
    }


def problem(answer: requests.Response, status: int, code: str) -> dict[str, Any]:
    """The problem document, once it is what it should be."""
    assert answer.status_code == status, answer.text
    assert answer.headers["Content-Type"] == "application/problem+json"
    document: dict[str, Any] = answer.json()
    assert document["code"] == code, document
    assert document["status"] == status
    assert document["request_id"] == answer.headers["X-Request-ID"]
    assert {"type", "title", "detail", "instance"} <= document.keys()
    for secret in ("Traceback", 'File "', "/files/", "SELECT", "sqlite"):
        assert secret not in answer.text
    return document


@pytest.mark.parametrize(
    ("content", "name", "status", "code"),
    [
        pytest.param(b"", "empty.csv", 422, "empty-file", id="empty"),
        pytest.param(b"   \n \n", "blank.csv", 422, "empty-file", id="blank"),
        pytest.param(bytes(range(256)) * 40, "data.csv", 415, "binary-file", id="binary"),
        pytest.param(b"\x89PNG\r\n\x1a\n" + bytes(500), "a.png", 415, "binary-file", id="png"),
        pytest.param(b"%PDF-1.7\n" + bytes(500), "a.csv", 415, "binary-file", id="pdf-as-csv"),
        pytest.param(workbook()[:3000], "book.xlsx", 422, "broken-workbook", id="cut-off-xlsx"),
    ],
)
def test_a_file_that_is_no_table_is_refused(
    server: Server, someone: Api, content: bytes, name: str, status: int, code: str
) -> None:
    before = state(server)

    answer = someone.post("/v1/upload/csv", files={"file": (name, content)})

    document = problem(answer, status, code)
    assert document["errors"][0]["pointer"] == "/file"
    assert state(server) == before


def test_a_table_under_another_kinds_name_is_read_and_said_to_be(someone: Api) -> None:
    answer = someone.post("/v1/upload/csv", files={"file": ("a.xlsx", b"a,b\n1,2\n")}).json()

    assert (answer["format"], answer["rows"]) == ("csv", 1)
    assert answer["warnings"]


def test_a_header_without_rows_is_a_table_of_no_rows(someone: Api) -> None:
    answer = someone.post("/v1/upload/csv", files={"file": ("t.csv", b"name,city\n")}).json()

    assert (answer["rows"], answer["columns"]) == (0, 2)
    job = someone.ended(someone.submit(answer["upload_id"], "trim_spaces")["id"])
    assert job["status"] == "completed"
    assert someone.result(job["id"]) == b"name,city\n"


@pytest.mark.parametrize(
    ("options", "status", "code"),
    [
        pytest.param(
            {"files": {"upload": ("t.csv", b"a\n1\n")}}, 422, "unexpected-file", id="field"
        ),
        pytest.param({"files": {"file": (None, b"a\n1\n")}}, 422, "missing-file", id="no-file"),
        pytest.param(
            {"files": [("file", ("a.csv", b"a\n")), ("file", ("b.csv", b"b\n"))]},
            422,
            "several-files",
            id="two",
        ),
        pytest.param({"data": b"a\n1\n"}, 415, "unsupported-media", id="raw"),
        pytest.param({"json": {"file": "a"}}, 415, "unsupported-media", id="json"),
        pytest.param(
            {"files": {"file": ("t.csv", b"a\n1\n")}, "data": {"encoding": "klingon"}},
            422,
            "bad-reading-option",
            id="encoding",
        ),
    ],
)
def test_a_bad_form_is_refused(
    server: Server, someone: Api, options: dict[str, Any], status: int, code: str
) -> None:
    before = state(server)

    answer = someone.post("/v1/upload/csv", **options)

    problem(answer, status, code)
    assert state(server) == before


def test_a_file_over_the_limit_is_refused_while_it_comes(new_server: MakeServer) -> None:
    server = new_server(max_upload_bytes="1000000").start()
    api = server.api()
    before = state(server)

    announced = api.post("/v1/upload/csv", files={"file": ("t.csv", b"x" * 1_200_000)})
    at_once = api.post("/v1/upload/csv", files={"file": ("t.csv", b"x" * 30_000_000)})
    in_chunks = api.post(
        "/v1/upload/csv",
        data=chunks(b"x" * 3_000_000),
        headers={"Content-Type": "multipart/form-data; boundary=b"},
    )

    for answer in (announced, at_once, in_chunks):
        assert problem(answer, 413, "file-too-large")["limit_bytes"] == 1_000_000
    assert state(server) == before
    assert api.upload(MESSY) > 0


def chunks(content: bytes) -> Any:
    """A multipart body that does not say how long it will be."""
    yield b'--b\r\nContent-Disposition: form-data; name="file"; filename="t.csv"\r\n\r\n'
    for start in range(0, len(content), 50_000):
        yield content[start : start + 50_000]
    yield b"\r\n--b--\r\n"


def test_a_sender_that_hangs_up_leaves_nothing(server: Server, someone: Api) -> None:
    before = state(server)
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)
    connection.putrequest("POST", "/v1/upload/csv")
    connection.putheader("X-API-Key", someone.key)
    connection.putheader("Content-Type", "multipart/form-data; boundary=b")
    connection.putheader("Content-Length", "1000000")
    connection.endheaders(next(chunks(b"")) + b"name,city\n" * 1000)

    connection.close()

    assert someone.get("/v1/health").ok
    wait_until(lambda: state(server) == before)


@pytest.mark.parametrize(
    ("module", "pointer", "named"),
    [
        pytest.param("trim_spces", "/modules/1", "trim_spaces", id="unknown-module"),
        pytest.param(
            {"key": "trim_spaces", "params": {"colums": []}},
            "/modules/1/params/colums",
            "columns",
            id="unknown-param",
        ),
        pytest.param(
            {"key": "handle_missing", "params": {"strategy": "guess"}},
            "/modules/1/params/strategy",
            "guess",
            id="bad-param",
        ),
        pytest.param(
            {"key": "convert_types", "params": {"numeric_threshold": 7}},
            "/modules/1/params/numeric_threshold",
            "1.0",
            id="param-out-of-range",
        ),
        pytest.param(
            {"key": "trim_spaces", "columns": ["Tutarr"]},
            "/modules/1/columns/0",
            "Tutar",
            id="unknown-column",
        ),
        pytest.param({"params": {}}, "/modules/1", "key", id="no-key"),
        pytest.param(
            {"key": "trim_spaces", "on_error": "shrug"},
            "/modules/1/on_error",
            "skip",
            id="bad-on-error",
        ),
    ],
)
@pytest.mark.parametrize("path", ["/v1/queue/submit", "/v1/pipeline/run"])
def test_a_bad_pipeline_is_refused_before_anything_is_queued(
    server: Server, someone: Api, path: str, module: Any, pointer: str, named: str
) -> None:
    upload_id = someone.upload(MESSY)
    before = state(server)
    body = {"upload_id": upload_id, "modules": ["trim_spaces", module]}

    answer = someone.post(path, json=body)

    document = problem(answer, 422, "bad-pipeline")
    (fault,) = document["errors"]
    assert fault["pointer"] == pointer
    assert named in fault["message"]
    assert state(server) == before


def test_every_fault_of_a_pipeline_comes_at_once(someone: Api) -> None:
    modules = [
        "nonsense",
        {"key": "drop_duplicates", "params": {"keep": "some"}},
        {"key": "trim_spaces", "columns": ["nowhere"]},
    ]
    body = {"upload_id": someone.upload(MESSY), "modules": modules}

    document = problem(someone.post("/v1/queue/submit", json=body), 422, "bad-pipeline")

    places = [error["pointer"].split("/")[2] for error in document["errors"]]
    assert places == ["0", "1", "2"]


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        pytest.param({"data": {}, "modules": []}, "/data", id="no-column"),
        pytest.param({"data": {"a": "x"}, "modules": []}, "/data/a", id="cells-as-text"),
        pytest.param({"data": {"a": [1], "b": []}, "modules": []}, "/data/b", id="uneven"),
        pytest.param({"data": {"a": [1, {}]}, "modules": []}, "/data/a/1", id="nested"),
        pytest.param({"modules": []}, "", id="neither"),
        pytest.param({"data": {"a": [1]}, "upload_id": 1, "modules": []}, "", id="both"),
        pytest.param({"data": {"a": [1]}}, "/modules", id="no-modules"),
        pytest.param({"upload_id": 999_999, "modules": []}, "/upload_id", id="unknown"),
    ],
)
def test_a_bad_run_is_refused(someone: Api, body: dict[str, Any], pointer: str) -> None:
    answer = someone.post("/v1/pipeline/run", json=body)

    assert answer.status_code == 422, answer.text
    assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]


@pytest.mark.parametrize("upload_id", [0, -1, 999_999, 2**53, 10**30])
def test_an_upload_that_is_not_there_is_refused(
    server: Server, someone: Api, upload_id: int
) -> None:
    before = state(server)

    answer = someone.post("/v1/queue/submit", json={"upload_id": upload_id, "modules": []})
    shown = someone.get(f"/v1/db/uploads/{abs(upload_id)}")

    assert answer.status_code == 422, answer.text
    assert answer.json()["errors"][0]["pointer"] == "/upload_id"
    problem(shown, 404, "upload-not-found")
    assert state(server) == before


def test_someone_elses_upload_is_refused_like_one_that_is_not_there(
    server: Server, api: Api, someone: Api
) -> None:
    upload_id = api.upload(MESSY)
    before = state(server)

    for path in ("/v1/queue/submit", "/v1/pipeline/run"):
        answer = someone.post(path, json={"upload_id": upload_id, "modules": []})
        assert problem(answer, 422, "upload-not-found")["errors"][0]["pointer"] == "/upload_id"
    answer = someone._session.delete(f"{someone.url}/v1/db/uploads/{upload_id}", timeout=10)
    problem(answer, 404, "upload-not-found")
    assert state(server) == before


def test_someone_elses_job_can_be_neither_stopped_nor_repeated(api: Api, someone: Api) -> None:
    job_id = api.submit(api.upload(MESSY), "trim_spaces")["id"]

    for unknown in (job_id, str(uuid.uuid4())):
        for action in ("cancel", "retry"):
            answer = someone.post(f"/v1/queue/jobs/{unknown}/{action}")
            problem(answer, 404, "job-not-found")
    assert api.ended(job_id)["status"] == "completed"


@pytest.mark.parametrize(
    ("body", "content_type", "status", "code"),
    [
        pytest.param(b'{"upload_id": 1', "application/json", 400, "invalid-json", id="cut-off"),
        pytest.param(b'{"upload_id": NaN}', "application/json", 400, "invalid-json", id="nan"),
        pytest.param(b'{"a": "\xfc"}', "application/json", 400, "invalid-json", id="not-utf8"),
        pytest.param(b"[" * 100_000, "application/json", 400, "nested-too-deeply", id="deep"),
        pytest.param(b"{}", "text/plain", 415, "unsupported-media", id="text"),
        pytest.param(b"{}", "application/xml", 415, "unsupported-media", id="xml"),
        pytest.param(b" " * 9_000_000, "application/json", 413, "too-large", id="too-large"),
    ],
)
@pytest.mark.parametrize("path", ["/v1/queue/submit", "/v1/pipeline/run", "/v1/clean"])
def test_a_bad_body_is_refused(
    server: Server,
    someone: Api,
    path: str,
    body: bytes,
    content_type: str,
    status: int,
    code: str,
) -> None:
    before = state(server)

    answer = someone.post(path, data=body, headers={"Content-Type": content_type})

    problem(answer, status, code)
    assert state(server) == before


def test_a_module_that_fails_fails_its_job_in_words(
    new_server: MakeServer, tmp_path: Any
) -> None:
    (tmp_path / "modules").mkdir()
    (tmp_path / "modules" / "faulty.py").write_text(FAULTY)
    (tmp_path / "modules" / "broken.py").write_text("this is not Python")
    api = new_server(modules_dir=str(tmp_path / "modules")).start().api()
    upload_id = api.upload(MESSY)

    job = api.ended(api.submit(upload_id, "faulty")["id"])
    run = api.post("/v1/pipeline/run", json={"upload_id": upload_id, "modules": ["faulty"]})

    assert job["status"] == "failed"
    assert "faulty" in job["error_message"]
    assert "Traceback" not in job["error_message"]
    problem(run, 422, "module-failed")
    available = api.get("/v1/pipeline/available").json()
    assert [module["key"] for module in available["custom_modules"]] == ["faulty"]
    assert "broken" in str(available["broken"])
    logs = api.get(f"/v1/db/logs/{upload_id}").json()["logs"]
    assert [(log["module_name"], log["status"]) for log in logs] == [("faulty", "failed")]


def wait_until(condition: Callable[[], bool], seconds: float = 10) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)


FAULTY = """
from app.engine.module import Meta, NoParams, Outcome

META = Meta(key="faulty", name="Faulty", description="Divides by nothing.", order=50)


def faulty(batch, params: NoParams) -> Outcome:
    return 1 / 0
"""


@pytest.mark.parametrize(
    ("head", "status", "code"),
    [
        pytest.param(b"hello\r\n\r\n", 400, "bad-request", id="no-http"),
        pytest.param(
            b"GET /?" + b"a" * 9000 + b" HTTP/1.1\r\n\r\n", 414, "uri-too-long", id="url"
        ),
        pytest.param(
            b"GET / HTTP/1.1\r\nX-A: " + b"a" * 20_000 + b"\r\n\r\n",
            431,
            "request-header-fields-too-large",
            id="header",
        ),
    ],
)
def test_what_is_hardly_http_is_a_problem_too(
    server: Server, head: bytes, status: int, code: str
) -> None:
    answer = converse(server, head)

    document = json.loads(answer.partition(b"\r\n\r\n")[2])
    assert (document["status"], document["code"]) == (status, code)
    assert b"Content-Type: application/problem+json" in answer


def test_chunks_that_are_none_are_a_400(server: Server, someone: Api) -> None:
    before = state(server)
    head = (
        "POST /v1/upload/csv HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n"
        f"X-API-Key: {someone.key}\r\nContent-Type: multipart/form-data; boundary=b\r\n\r\n"
    )

    answer = converse(server, head.encode() + b"zz\r\nhello\r\n")

    assert answer.startswith(b"HTTP/1.1 400 ")
    assert json.loads(answer.partition(b"\r\n\r\n")[2])["code"] == "malformed"
    assert state(server) == before


def test_a_large_body_without_a_key_keeps_nobody_waiting(server: Server) -> None:
    """It is refused unread; the sender is told, and the others are answered meanwhile."""
    waits: list[float] = []
    done = threading.Event()

    def ask() -> None:
        while not done.is_set():
            began = time.monotonic()
            assert server.api().get("/v1/health").ok
            waits.append(time.monotonic() - began)

    asking = threading.Thread(target=ask)
    asking.start()
    try:
        answer = requests.post(
            f"{server.url}/v1/upload/csv", data=b"x" * 200_000_000, timeout=60
        )
    except requests.ConnectionError:
        answer = None  # told to go while it was still talking
    done.set()
    asking.join()

    assert answer is None or answer.status_code == 401
    assert max(waits) < 2


def converse(server: Server, sent: bytes) -> bytes:
    """What the server says on a bare connection, to its end or to the end of a problem."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=10) as connection:
        connection.sendall(sent)
        received = b""
        while not received.rstrip().endswith(b"}"):
            data = connection.recv(65536)
            if not data:
                break
            received += data
    return received
