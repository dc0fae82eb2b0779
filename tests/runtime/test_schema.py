"""Migrations: up, down, the same as the models, and never under a running server."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from flask import Flask
from flask_migrate import downgrade

from app import create_app
from app.extensions import Base, db
from app.runtime.instance import InstanceInUse, InstanceLock, InstanceUnusable
from app.runtime.schema import SchemaError, upgrade, upgrade_beside
from config import Config, ConfigError


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "instance"


@pytest.fixture
def app(folder: Path) -> Iterator[Flask]:
    app = create_app(Config(instance_dir=folder, async_mode="threading"))
    yield app
    with app.app_context():
        db.engine.dispose()


def tables(app: Flask) -> set[str]:
    with app.app_context():
        return set(sa.inspect(db.engine).get_table_names()) - {"alembic_version"}


def execute(app: Flask, statement: str) -> None:
    with app.app_context(), db.engine.begin() as connection:
        connection.execute(sa.text(statement))


def test_making_the_app_touches_no_database(app: Flask, folder: Path) -> None:
    assert list(folder.iterdir()) == []


def test_the_migrated_schema_is_the_models(app: Flask) -> None:
    upgrade(app)

    with app.app_context(), db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        differences: list[Any] = compare_metadata(context, Base.metadata)
    assert differences == []


def test_every_step_goes_down_again_and_up(app: Flask) -> None:
    upgrade(app)
    made = tables(app)

    with app.app_context():
        downgrade(revision="base")
    assert tables(app) == set()

    upgrade(app)
    assert tables(app) == made == set(Base.metadata.tables)


def test_rows_survive_the_steps(app: Flask) -> None:
    with app.app_context():
        from flask_migrate import upgrade as step

        step(revision="0001")
    execute(
        app,
        "INSERT INTO api_keys (id, name, scope, created_at) "
        "VALUES ('k', 'k', 'read', '2026-01-01')",
    )

    upgrade(app)

    with app.app_context(), db.engine.connect() as connection:
        assert connection.scalar(sa.text("SELECT name FROM api_keys")) == "k"


def test_going_down_a_step_keeps_what_refers_to_a_changed_table(app: Flask) -> None:
    upgrade(app)
    execute(
        app,
        "INSERT INTO api_keys (id, name, scope, created_at) "
        "VALUES ('k', 'k', 'read', '2026-01-01')",
    )
    execute(
        app,
        "INSERT INTO api_key_secrets (key_id, digest, created_at) "
        "VALUES ('k', x'00', '2026-01-01')",
    )

    with app.app_context():
        downgrade(revision="0001")

    with app.app_context(), db.engine.connect() as connection:
        assert connection.scalar(sa.text("SELECT count(*) FROM api_key_secrets")) == 1
        assert connection.scalar(sa.text("PRAGMA foreign_keys")) == 1


def test_upgrading_twice_is_the_same_as_once(app: Flask) -> None:
    upgrade(app)
    upgrade(app)

    assert tables(app) == set(Base.metadata.tables)


def test_a_database_of_a_newer_version_is_left_alone(app: Flask) -> None:
    upgrade(app)
    execute(app, "UPDATE alembic_version SET version_num = '9999'")

    with pytest.raises(SchemaError, match="newer version of NeatData \\(schema 9999\\)"):
        upgrade(app)


def test_a_file_that_is_no_database_is_one_line(app: Flask, folder: Path) -> None:
    (folder / "neatdata.db").write_bytes(b"not a database, by any means" * 100)

    with pytest.raises(SchemaError, match="cannot be used: file is not a database"):
        upgrade(app)


def test_a_command_may_run_next_to_a_server(app: Flask, folder: Path) -> None:
    upgrade(app)
    server = InstanceLock(folder)
    server.acquire(wait_seconds=0)

    upgrade_beside(app)

    server.release()


def test_a_command_does_not_change_the_tables_under_a_server(
    app: Flask, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.runtime.schema.COMMAND_WAIT_SECONDS", 0.0)
    server = InstanceLock(folder)
    server.acquire(wait_seconds=0)

    with pytest.raises(SchemaError, match="stop the server first"):
        upgrade_beside(app)

    server.release()
    upgrade_beside(app)
    assert tables(app) == set(Base.metadata.tables)


def test_a_folder_has_one_server(folder: Path) -> None:
    first, second = InstanceLock(folder), InstanceLock(folder)
    first.acquire(wait_seconds=0)

    with pytest.raises(InstanceInUse, match="another server is running"):
        second.acquire(wait_seconds=0.2)

    first.release()
    second.acquire(wait_seconds=0)
    second.release()


@pytest.mark.parametrize(
    "use",
    [
        pytest.param(lambda path: InstanceLock(path).acquire(0), id="lock"),
        pytest.param(lambda path: create_app(Config(instance_dir=path)), id="app"),
    ],
)
def test_a_folder_that_cannot_be_is_one_line(
    tmp_path: Path, use: Callable[[Path], Any]
) -> None:
    (tmp_path / "file").write_text("in the way")

    with pytest.raises((InstanceUnusable, ConfigError), match="cannot be used") as error:
        use(tmp_path / "file" / "instance")

    assert "\n" not in str(error.value)
