"""SIGTERM: what is under way is finished or handed back, and nothing holds the server up."""

from __future__ import annotations

import http.client
import sqlite3
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.acceptance.server import Server
from tests.acceptance.tables import MESSY

MakeServer = Callable[..., Server]


def test_a_long_poll_is_answered_when_the_server_stops(
    new_server: MakeServer, tmp_path: Path
) -> None:
    (tmp_path / "modules").mkdir()
    (tmp_path / "modules" / "sleepy.py").write_text(SLEEPY)
    server = new_server(modules_dir=str(tmp_path / "modules")).start()
    api = server.api()
    job = api.submit(api.upload(MESSY), "sleepy")
    while api.job(job["id"])["status"] != "processing":
        time.sleep(0.02)
    answers = []
    poll = threading.Thread(
        target=lambda: answers.append(api.get(f"/v1/queue/jobs/{job['id']}?wait=30"))
    )
    poll.start()
    time.sleep(0.3)  # the poll is under way by now; nothing tells when it is

    began = time.monotonic()
    status = server.stop()

    poll.join(5)
    assert status == 0
    assert time.monotonic() - began < 10
    assert [answer.status_code for answer in answers] == [200]


def test_an_upload_under_way_is_finished_and_is_there_afterwards(
    new_server: MakeServer,
) -> None:
    server = new_server().start()
    head, tail = multipart(MESSY)
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
    connection.putrequest("POST", "/v1/upload/csv")
    connection.putheader("X-API-Key", server.admin_key)
    connection.putheader("Content-Type", "multipart/form-data; boundary=b")
    connection.putheader("Content-Length", str(len(head) + len(tail)))
    connection.endheaders(head)
    time.sleep(0.5)  # the server reads the first half

    server.process.terminate()
    time.sleep(1.5)  # the running jobs' grace is over
    connection.send(tail)
    answer = connection.getresponse()

    assert answer.status in (200, 201), answer.read()
    connection.close()
    assert server.process.wait(30) == 0
    server.start()
    assert server.api().get("/v1/db/uploads").json()["total_uploads"] == 1


@pytest.mark.parametrize("spoil", ["newer", "garbage"])
def test_a_database_that_cannot_be_used_is_one_line(new_server: MakeServer, spoil: str) -> None:
    server = new_server()
    server.start()
    server.stop()
    database = server.instance / "neatdata.db"
    if spoil == "newer":
        age(database)
    else:
        database.write_bytes(b"not a database, by any means" * 100)
    (server.instance / "server.log").write_text("")

    status = server.launch().wait(60)

    assert status != 0
    (line,) = [line for line in server.log().splitlines() if "cannot start" in line]
    assert {"newer": "newer version of NeatData", "garbage": "not a database"}[spoil] in line
    assert "Traceback" not in server.log()


def test_a_folder_that_cannot_be_used_is_one_line(new_server: MakeServer) -> None:
    server = new_server()
    server.instance.mkdir()
    (server.instance / "file").write_text("in the way")
    server._settings["instance_dir"] = str(server.instance / "file" / "below")

    status = server.launch().wait(60)

    assert status != 0
    assert "NeatData cannot start: the instance folder" in server.log()
    assert "Traceback" not in server.log()


def multipart(content: bytes) -> tuple[bytes, bytes]:
    """A form with one file, in two halves."""
    body = (
        b'--b\r\nContent-Disposition: form-data; name="file"; filename="t.csv"\r\n\r\n'
        + content
        + b"\r\n--b--\r\n"
    )
    return body[: len(body) // 2], body[len(body) // 2 :]


def age(database: Path) -> None:
    """Make the database look as a version to come would leave it."""
    with sqlite3.connect(database) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.close()


SLEEPY = """
import time

from app.engine.module import Meta, NoParams, Outcome

META = Meta(key="sleepy", name="Sleepy", description="Sleeps for a minute.", order=50)


def sleepy(batch, params: NoParams) -> Outcome:
    time.sleep(60)
    return Outcome(frame=batch)
"""
