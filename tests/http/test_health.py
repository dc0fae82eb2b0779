"""Alive, and ready."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app import create_app
from app.queue import pool as queue
from app.realtime import publisher
from app.runtime.machinery import Machinery
from app.runtime.schema import upgrade
from config import Config
from tests.http.contract import check


@pytest.fixture
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """An app whose queue and publisher run, in an instance of its own."""
    folder = tmp_path_factory.mktemp("ready")
    app = create_app(Config(instance_dir=folder, async_mode="threading", workers=1))
    upgrade(app)
    machinery: Machinery = app.extensions["neatdata-machinery"]
    machinery.services.keys.ensure_admin(None, folder / "admin.key")
    machinery.storage.prepare()
    machinery.publisher.start()
    machinery.pool.start()
    yield app
    machinery.pool.stop(0)
    machinery.publisher.stop()


def failing(app: Flask) -> dict[str, str]:
    answer = app.test_client().get("/v1/health/ready")
    check(app, "get", answer)
    assert answer.status_code == 503
    assert answer.get_json()["code"] == "not-ready"
    assert str(app.config["NEATDATA"].instance_dir) not in answer.text
    checks: dict[str, str] = answer.get_json()["checks"]
    return {name: text for name, text in checks.items() if text != "ok"}


def test_alive_is_not_ready(client: FlaskClient) -> None:
    """Nothing has been started in this app."""
    assert client.get("/v1/health").status_code == 200

    checks = client.get("/v1/health/ready").get_json()["checks"]

    assert checks["disk"] == "ok"
    for name in ("queue", "engines", "publisher"):
        assert checks[name] != "ok"


def test_ready_names_every_part(running: Flask) -> None:
    deadline = time.monotonic() + 20
    while (answer := running.test_client().get("/v1/health/ready")).status_code != 200:
        assert time.monotonic() < deadline, answer.text
        time.sleep(0.05)

    check(running, "get", answer)
    assert answer.get_json()["checks"] == dict.fromkeys(
        ("database", "disk", "queue", "engines", "publisher"), "ok"
    )


def test_each_part_that_fails_is_named(running: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    machinery: Machinery = running.extensions["neatdata-machinery"]
    folder = running.config["NEATDATA"].instance_dir
    monkeypatch.setattr("app.services.readiness.RESERVED_BYTES", 2**60)
    assert "MiB are free" in failing(running)["disk"]

    monkeypatch.setattr(queue, "DEAF_SECONDS", -1.0)
    assert "No worker has looked for jobs" in failing(running)["queue"]

    monkeypatch.setattr(publisher, "DEAF_SECONDS", -1.0)
    assert "Nothing was sent" in failing(running)["publisher"]

    machinery.pool.stop(0)
    assert failing(running)["engines"] == "No engine process is running."

    for file in folder.glob("neatdata.db*"):
        file.write_bytes(b"no database")
    assert failing(running)["database"] == "It cannot be used."
