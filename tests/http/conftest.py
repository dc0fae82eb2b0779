"""A real app over Flask's test client. Its engines run where a test asks for them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app import create_app
from app.models import ApiKey, Scope
from app.runtime.machinery import Machinery
from app.runtime.schema import upgrade
from app.services import Services
from app.services.keys import IssuedKey
from config import Config
from tests.http.contract import check
from tests.http.factory import Factory

MAX_UPLOAD_BYTES = 100_000
MAX_JSON_BYTES = 20_000


@pytest.fixture(scope="session")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """One app for all tests here: each test works with keys of its own, and so sees nothing of
    the others.
    """
    app = create_app(
        Config(
            instance_dir=tmp_path_factory.mktemp("instance"),
            async_mode="threading",
            max_upload_bytes=MAX_UPLOAD_BYTES,
            max_json_bytes=MAX_JSON_BYTES,
            cors_origins=("https://app.example.com",),
        )
    )
    upgrade(app)
    machinery: Machinery = app.extensions["neatdata-machinery"]
    machinery.storage.prepare()
    yield app
    machinery.lane.stop()


@pytest.fixture
def services(app: Flask) -> Services:
    found: Services = app.extensions["neatdata"]
    return found


@pytest.fixture
def files(app: Flask) -> Path:
    return app.config["NEATDATA"].instance_dir / "files"


class Caller:
    """Requests with one key, every answer held against the OpenAPI document."""

    def __init__(self, app: Flask, issued: IssuedKey) -> None:
        self.key: ApiKey = issued.key
        self.text = issued.text
        self._app = app

    def __getattr__(self, method: str) -> Any:
        def call(path: str, *, headers: dict[str, str] | None = None, **options: Any) -> Any:
            headers = {"X-API-Key": self.text, **(headers or {})}
            # Buffered: read to its end and closed, as a server does.
            options = {"headers": headers, "buffered": True, **options}
            answer = getattr(self._app.test_client(), method)(path, **options)
            check(self._app, method, answer)
            return answer

        return call


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """Requests without a key."""
    return app.test_client()


@pytest.fixture
def api(app: Flask, services: Services) -> Caller:
    """Requests with a fresh key that may write and owns nothing yet."""
    return Caller(app, services.keys.create("writer", Scope.WRITE))


@pytest.fixture
def reader(app: Flask, services: Services) -> Caller:
    return Caller(app, services.keys.create("reader", Scope.READ))


@pytest.fixture
def admin(app: Flask, services: Services) -> Caller:
    return Caller(app, services.keys.create("admin", Scope.ADMIN))


@pytest.fixture
def make(app: Flask, api: Caller) -> Factory:
    """Makes uploads and jobs that belong to `api`."""
    return Factory(app.extensions["neatdata-machinery"], api.key)
