"""The database's schema: which one it has, and bringing it to this version's."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import command
from alembic.config import Config as AlembicConfig
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask

import config as settings
from app.extensions import db
from app.runtime.instance import InstanceInUse, InstanceLock

#: A command may find another one at work on the same fresh folder; it is done in no time.
COMMAND_WAIT_SECONDS = 5.0


class SchemaError(Exception):
    """The database cannot be brought to this version's schema. The text is one line."""


def upgrade(app: Flask) -> None:
    """Bring the database to this version's schema; nothing happens when it has it. The caller
    holds the instance's lock. Raises SchemaError.
    """
    with app.app_context():
        if not _is_current(app):
            command.upgrade(_alembic(app), "head")


def upgrade_beside(app: Flask) -> None:
    """The same for a command, which may run next to a server. Raises SchemaError when the
    server would find its tables changed under it; InstanceUnusable.
    """
    with app.app_context():
        if _is_current(app):
            return
    config: settings.Config = app.config["NEATDATA"]
    lock = InstanceLock(config.instance_dir)
    try:
        lock.acquire(wait_seconds=COMMAND_WAIT_SECONDS)
    except InstanceInUse:
        raise SchemaError(
            "the database has the schema of another version, and a server is running on it; "
            "stop the server first"
        ) from None
    try:
        upgrade(app)
    finally:
        lock.release()


def _is_current(app: Flask) -> bool:
    script = ScriptDirectory.from_config(_alembic(app))
    try:
        with db.engine.connect() as connection:
            found = set(MigrationContext.configure(connection).get_current_heads())
    except sa.exc.DBAPIError as error:
        raise SchemaError(f"the database cannot be used: {error.orig}") from None
    unknown = found - {revision.revision for revision in script.walk_revisions()}
    if unknown:
        raise SchemaError(
            f"the database was made by a newer version of NeatData (schema {unknown.pop()})"
        )
    return found == set(script.get_heads())


def _alembic(app: Flask) -> AlembicConfig:
    config: AlembicConfig = app.extensions["migrate"].migrate.get_config()
    return config
