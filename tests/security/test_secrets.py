"""What must not get out, looked for in everything that does: keys, their secrets and digests,
paths of the machine, SQL and tracebacks.
"""

from __future__ import annotations

import base64
import logging
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app import create_app
from app.models import ApiKey, KeySecret, Scope
from app.runtime.machinery import Machinery
from app.runtime.schema import upgrade
from app.services import Services
from app.services.key_format import KeyText, parse
from config import Config
from tests.security.cast import Cast
from tests.security.matrix import OPERATIONS, ask

ROOT = Path(__file__).resolve().parents[2]
CALLERS = ("malformed", "wrong-secret", "revoked", "foreign", "owner", "admin")
#: Of the machine and of how the program is made.
INSIDES = (
    str(ROOT),
    sys.prefix,
    "site-packages",
    "Traceback (most recent",
    'File "',
    "sqlalchemy",
    "SELECT ",
    "INSERT INTO",
)
MODULE = """
from app.engine.module import Meta, NoParams, Outcome

META = Meta(key="leaky", name="Leaky", description="Needs a file that is not there.", order=50)


def leaky(batch, params: NoParams) -> Outcome:
    return Outcome(frame=batch) if open("{folder}/rates.csv") else None
"""


def secrets_of(*texts: str) -> set[str]:
    """A key in every form in which it could lie about."""
    found = set()
    for text in texts:
        key = parse(text)
        assert key is not None
        encoded = base64.b64encode(key.digest).decode()
        found |= {text, key.secret, key.digest.hex(), encoded, repr(key.digest)}
    return found


def everything_in(answer: TestResponse) -> str:
    """The answer as it goes over the wire."""
    return f"{answer.status}\n{answer.headers}\n{answer.get_data().decode('latin-1')}"


def leaks(text: str, needles: set[str] | tuple[str, ...]) -> list[str]:
    return [needle for needle in needles if needle in text]


@pytest.fixture
def secrets(cast: Cast) -> set[str]:
    texts = [
        cast.text(name) for name in ("wrong-secret", "revoked", "foreign", "owner", "admin")
    ]
    return secrets_of(*(text for text in texts if text is not None))


def test_no_answer_and_no_log_holds_a_secret_and_no_answer_the_insides(
    app: Flask,
    cast: Cast,
    instance: Path,
    secrets: set[str],
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    """Every operation, by callers that succeed and callers that fail, at the lowest level of
    logging there is, the engines' own output included.
    """
    caplog.set_level(logging.DEBUG)
    for operation in OPERATIONS:
        for name in CALLERS:
            said = everything_in(ask(app, operation, cast.things_for(name), cast.headers(name)))

            assert leaks(said, secrets) == []
            if "/static/" not in operation:  # files that anyone may have
                assert leaks(said, (*INSIDES, str(instance))) == []
    assert leaks(caplog.text + "".join(capfd.readouterr()), secrets) == []


def test_a_key_in_the_wrong_place_is_not_repeated(
    client: FlaskClient, cast: Cast, secrets: set[str], caplog: pytest.LogCaptureFixture
) -> None:
    """In a query it is in the address, which many a log keeps: ours says nothing of it."""
    caplog.set_level(logging.DEBUG)
    text, headers = cast.text("owner"), cast.headers("owner")
    answers = [
        client.get(f"/v1/queue/jobs?api_key={text}"),
        client.get(f"/v1/queue/jobs?api_key={text}", headers=headers),
        client.get("/v1/queue/jobs", headers={"Authorization": f"Basic {text}"}),
        client.get("/v1/queue/jobs", headers={"X-API-Key": f"{text}x"}),
        client.get("/v1/queue/jobs", headers={"Cookie": f"api_key={text}"}),
        client.post("/v1/clean", json={"data": "x", "api_key": text}, headers=headers),
        client.post("/v1/clean", data=f"api_key={text}", headers=headers),
    ]

    assert [answer.status_code for answer in answers] == [401, 422, 401, 401, 401, 422, 415]
    for answer in answers:
        assert leaks(everything_in(answer), secrets) == []
    assert leaks(caplog.text, secrets) == []


@pytest.mark.parametrize(
    "error",
    [
        pytest.param(
            sa.exc.OperationalError("SELECT secret FROM t", {"a": 1}, Exception("gone")),
            id="sql",
        ),
        pytest.param(FileNotFoundError(2, "No such file", str(ROOT / "x")), id="path"),
        pytest.param(RuntimeError(f"{ROOT}: SELECT 1"), id="anything"),
    ],
)
def test_what_nobody_foresaw_tells_the_caller_nothing(
    app: Flask,
    client: FlaskClient,
    cast: Cast,
    error: Exception,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fail() -> Any:
        raise error

    monkeypatch.setitem(app.view_functions, "queue.count_jobs", fail)

    answer = client.get("/v1/queue/stats", headers=cast.headers("owner"))

    assert answer.status_code == 500
    assert leaks(everything_in(answer), INSIDES) == []


def test_a_failed_statement_keeps_what_it_was_given_to_itself(
    app: Flask, services: Services
) -> None:
    """Its error goes to the log."""
    digest = KeyText.new().digest
    with (
        pytest.raises(sa.exc.IntegrityError) as failure,
        services.database.writing() as session,
    ):
        session.add(KeySecret(key_id=None, digest=digest))

    assert leaks(str(failure.value), (repr(digest), digest.hex())) == []
    assert "INSERT" in str(failure.value)


def test_no_repr_shows_a_secret(app: Flask, services: Services) -> None:
    """A repr ends in logs, in debuggers, in reports of crashes."""
    issued = services.keys.create("someone", Scope.READ)
    text = KeyText.new()
    config = Config(admin_key=text.reveal())
    with services.database.reading() as session:
        key = session.get_one(ApiKey, issued.key.id)
        shown = [
            repr(thing)
            for thing in (
                issued,
                issued.key,
                key,
                key.secrets,
                parse(issued.text),
                text,
                config,
                services,
                services.keys,
                app.config,
                app.extensions["neatdata-machinery"],
                app.extensions["neatdata-live"],
            )
        ]

    assert leaks("\n".join(shown), secrets_of(issued.text, text.reveal())) == []


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Flask]:
    """An app at work, with a module that fails over a path, and one that does not load."""
    folder = tmp_path / "modules"
    folder.mkdir()
    (folder / "leaky.py").write_text(MODULE.format(folder=tmp_path))
    (folder / "broken.py").write_text(f"open('{tmp_path}/settings.ini')\n")
    app = create_app(
        Config(instance_dir=tmp_path / "instance", async_mode="threading", modules_dir=folder)
    )
    upgrade(app)
    machinery: Machinery = app.extensions["neatdata-machinery"]
    machinery.storage.prepare()
    machinery.pool.start()
    yield app
    machinery.pool.stop(grace_seconds=5)
    machinery.lane.stop()


def test_nothing_that_a_job_leaves_names_a_path_or_a_key(
    running: Flask, tmp_path: Path
) -> None:
    """What it says while it runs, when it fails, its report, its logs and its files."""
    issued = running.extensions["neatdata"].keys.create("owner", Scope.WRITE)
    client = running.test_client()
    client.environ_base["HTTP_X_API_KEY"] = issued.text
    table = {"file": ((ROOT / "examples" / "siparisler.csv").open("rb"), "orders.csv")}
    upload_id = client.post("/v1/upload/csv", data=table).get_json()["upload_id"]
    bodies = [
        {
            "upload_id": upload_id,
            "modules": ["trim_spaces", "convert_types"],
            "change_log": True,
        },
        {"upload_id": upload_id, "modules": ["leaky"]},
        {"upload_id": upload_id, "modules": [{"key": "leaky", "on_error": "skip"}]},
    ]
    said = [
        client.get("/v1/pipeline/available"),
        client.post("/v1/pipeline/run", json=bodies[1]),
    ]

    jobs = [client.post("/v1/queue/submit", json=body).get_json() for body in bodies]

    ended = [ended_job(client, job["id"]) for job in jobs]
    assert [job["status"] for job in ended] == ["completed", "failed", "completed"]
    assert "rates.csv" in ended[1]["error_message"]
    for job in ended:
        path = f"/v1/queue/jobs/{job['id']}"
        said += [client.get(path), client.get(f"{path}/events"), client.get(f"{path}/report")]
        said += [client.get(f"{path}/report", headers={"Accept": "text/html"})]
        said += [client.get(f"{path}/{name}", buffered=True) for name in ("result", "rejects")]
    said += [client.get(f"/v1/db/logs/{upload_id}"), client.get(f"/v1/db/uploads/{upload_id}")]
    needles = {*secrets_of(issued.text), *INSIDES, str(tmp_path)}
    for answer in said:
        assert leaks(everything_in(answer), needles) == []
    assert "settings.ini" in everything_in(said[0])


def ended_job(client: FlaskClient, job_id: str) -> dict[str, Any]:
    deadline = time.monotonic() + 60
    job: dict[str, Any] = {"status": "pending", "seq": 0}
    while job["status"] not in ("completed", "failed"):
        assert time.monotonic() < deadline
        address = f"/v1/queue/jobs/{job_id}?wait=10&after_seq={job['seq']}"
        job = client.get(address).get_json()
    return job
