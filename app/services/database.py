"""Transactions: how services read and write."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

#: Execution option that makes a SQLite transaction take the write lock when it begins.
_IMMEDIATE = "neatdata_begin_immediate"
#: How long a write waits for another process (a `flask` command) to let go of the database.
WRITE_WAIT_SECONDS = 10.0
#: How often it looks. Waited out here, where it yields, and not inside SQLite, where it would
#: freeze every greenlet.
WRITE_POLL_SECONDS = 0.01
#: For reads and migrations, which wait only while another process opens or closes the database.
_BUSY_MILLISECONDS = 5000


class Transaction(Session):
    """A session for one write. What is handed to `after_commit` runs once the rows are
    durable, in commit order.
    """

    def __init__(self, engine: sa.Engine) -> None:
        super().__init__(engine, expire_on_commit=False)
        self.hooks: list[Callable[[], None]] = []

    def after_commit(self, hook: Callable[[], None]) -> None:
        """`hook` must not wait for anything: the writer lock is still held, which is what
        keeps the order.
        """
        self.hooks.append(hook)


class Database:
    """The one door to the rows.

    SQLite has one writer. Two writers in this process queue here, at a lock that yields under
    eventlet, and never inside SQLite, whose busy wait would freeze every greenlet. Nothing in
    a write may wait for anything else once it has begun.
    """

    def __init__(self, engine: sa.Engine) -> None:
        self.engine = engine
        self._writer = threading.Lock()

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A consistent view. Objects stay usable afterwards, detached."""
        with Session(self.engine, expire_on_commit=False) as session:
            yield session

    @contextmanager
    def writing(self) -> Iterator[Transaction]:
        """One short write: committed at the end of the block, undone when it raises."""
        with self._writer, Transaction(self.engine) as session:
            _begin(session)
            yield session
            session.commit()
            for hook in session.hooks:
                hook()


def _begin(session: Session) -> None:
    """Take SQLite's write lock. Until it is there nothing has begun, so waiting is harmless."""
    deadline = time.monotonic() + WRITE_WAIT_SECONDS
    while True:
        try:
            session.connection(execution_options={_IMMEDIATE: True})
            return
        except sa.exc.OperationalError as error:
            if not _is_busy(error) or time.monotonic() > deadline:
                raise
            session.rollback()
        time.sleep(WRITE_POLL_SECONDS)


def _is_busy(error: sa.exc.OperationalError) -> bool:
    return getattr(error.orig, "sqlite_errorname", "").startswith("SQLITE_BUSY")


def prepare_sqlite(engine: sa.Engine) -> None:
    """Make every connection of `engine` safe for many threads and for a sudden end.

    WAL lets readers go on beside the writer; synchronous=FULL makes a commit survive a power
    cut, because a 201 is a promise; BEGIN IMMEDIATE takes the write lock at the start, since a
    read that turns into a write cannot wait.
    """

    @sa.event.listens_for(engine, "connect")
    def configure(connection: Any, _record: Any) -> None:
        # The driver's own BEGIN comes too late and is never IMMEDIATE: it is switched off,
        # ours below takes over.
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in (
            "journal_mode=WAL",
            "synchronous=FULL",
            f"busy_timeout={_BUSY_MILLISECONDS}",
            "foreign_keys=ON",
            "cache_size=-16000",  # KiB
        ):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @sa.event.listens_for(engine, "begin")
    def begin(connection: sa.Connection) -> None:
        immediate = connection.get_execution_options().get(_IMMEDIATE, False)
        if not immediate:
            connection.exec_driver_sql("BEGIN")
            return
        connection.exec_driver_sql("PRAGMA busy_timeout=0")
        try:
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        finally:
            connection.exec_driver_sql(f"PRAGMA busy_timeout={_BUSY_MILLISECONDS}")
