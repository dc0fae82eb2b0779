"""Transactions: short, ordered, undone whole, and safe beside another process."""

from __future__ import annotations

import sqlite3
import threading
import time
from pathlib import Path

import pytest
import sqlalchemy as sa

from app.models import ApiKey, Scope
from app.services import Database
from app.services import database as module


def key(name: str) -> ApiKey:
    return ApiKey(id=name, name=name, scope=Scope.READ)


def names(database: Database) -> list[str]:
    with database.reading() as session:
        return list(session.scalars(sa.select(ApiKey.name).order_by(ApiKey.name)))


def test_a_write_that_raises_leaves_nothing_and_tells_no_one(database: Database) -> None:
    told: list[str] = []

    with pytest.raises(RuntimeError), database.writing() as session:
        session.add(key("a"))
        session.flush()
        session.after_commit(lambda: told.append("a"))
        raise RuntimeError

    assert names(database) == []
    assert told == []


def test_hooks_run_once_the_rows_are_durable(database: Database, tmp_path: Path) -> None:
    seen: list[int] = []

    def look() -> None:
        with sqlite3.connect(tmp_path / "neatdata.db") as other:
            seen.append(other.execute("SELECT count(*) FROM api_keys").fetchone()[0])

    with database.writing() as session:
        session.add(key("a"))
        session.after_commit(look)
        look()

    assert seen == [0, 1]


def test_hooks_run_in_commit_order(database: Database) -> None:
    order: list[int] = []

    def write(number: int) -> None:
        with database.writing() as session:
            session.add(key(str(number)))
            session.flush()
            place = session.scalar(sa.select(sa.func.count(ApiKey.id)))
            assert place is not None
            session.after_commit(lambda: order.append(place))

    threads = [threading.Thread(target=write, args=(number,)) for number in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert order == list(range(1, 21))


def test_a_reader_goes_on_beside_a_writer(database: Database) -> None:
    with database.writing() as session:
        session.add(key("a"))
        session.flush()

        assert names(database) == []

    assert names(database) == ["a"]


def test_a_write_waits_for_another_process_and_not_inside_sqlite(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = sqlite3.connect(tmp_path / "neatdata.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    waits: list[float] = []

    def wait(seconds: float) -> None:
        waits.append(seconds)
        if len(waits) == 3:
            other.execute("COMMIT")

    monkeypatch.setattr(module.time, "sleep", wait)
    began = time.monotonic()

    with database.writing() as session:
        session.add(key("a"))

    other.close()
    assert waits == [module.WRITE_POLL_SECONDS] * 3
    assert time.monotonic() - began < 1, "SQLite itself did not wait"
    assert names(database) == ["a"]


def test_a_write_gives_up_when_another_process_never_lets_go(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "WRITE_WAIT_SECONDS", 0.05)
    other = sqlite3.connect(tmp_path / "neatdata.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")

    with pytest.raises(sa.exc.OperationalError, match="locked"), database.writing():
        pass

    other.execute("ROLLBACK")
    other.close()
    with database.writing() as session:
        session.add(key("a"))
    assert names(database) == ["a"]


@pytest.mark.parametrize(
    ("pragma", "value"),
    [
        ("journal_mode", "wal"),
        ("synchronous", 2),
        ("foreign_keys", 1),
        ("busy_timeout", 5000),
    ],
)
def test_every_connection_has_the_settings_that_keep_a_promise(
    database: Database, pragma: str, value: object
) -> None:
    with database.writing():
        pass

    with database.reading() as session:
        assert session.scalar(sa.text(f"PRAGMA {pragma}")) == value
