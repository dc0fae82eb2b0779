"""Alembic's environment: runs migrations over the app's own engine, so that its SQLite
settings hold here too.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa
from alembic import context
from flask import current_app

database = current_app.extensions["migrate"].db


@contextmanager
def rebuilding(connection: sa.Connection) -> Iterator[None]:
    """SQLite changes a table by making it anew, and would delete what refers to the old one.

    The switch does nothing within a transaction, so it is the driver's own connection that
    turns it.
    """
    driver = connection.connection.driver_connection
    if connection.dialect.name != "sqlite" or driver is None:
        yield
        return
    driver.execute("PRAGMA foreign_keys=OFF")
    try:
        yield
        broken = driver.execute("PRAGMA foreign_key_check").fetchall()
        if broken:
            raise RuntimeError(f"the migration broke {len(broken)} references: {broken[0]}")
    finally:
        driver.execute("PRAGMA foreign_keys=ON")


def run() -> None:
    with database.engine.connect() as connection, rebuilding(connection):
        context.configure(
            connection=connection,
            target_metadata=database.metadata,
            # SQLite cannot alter a column; Alembic rebuilds the table instead.
            render_as_batch=True,
            compare_type=True,
        )
        with context.begin_transaction():
            context.run_migrations()


run()
