"""A real app, and everybody who might come to its door."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app import create_app
from app.runtime.machinery import Machinery
from app.runtime.schema import upgrade
from app.services import Services
from config import Config
from tests.security.cast import Cast


@pytest.fixture(scope="module")
def instance(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("instance")


@pytest.fixture(scope="module")
def app(instance: Path) -> Iterator[Flask]:
    """An app for each file of tests: the Socket.IO server belongs to the app made last."""
    app = create_app(
        Config(instance_dir=instance, async_mode="threading", max_json_bytes=20_000)
    )
    upgrade(app)
    machinery: Machinery = app.extensions["neatdata-machinery"]
    machinery.storage.prepare()
    yield app
    machinery.lane.stop()


@pytest.fixture(scope="module")
def services(app: Flask) -> Services:
    found: Services = app.extensions["neatdata"]
    return found


@pytest.fixture(scope="module")
def cast(app: Flask) -> Cast:
    return Cast(app)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """Requests without a key."""
    return app.test_client()
