"""What a worker process starts before it serves, and stops when it leaves: the same in both
runtimes.
"""

from __future__ import annotations

import sys
from typing import Any

import flask_migrate
from flask import Flask

from app.runtime.instance import InstanceInUse, InstanceLock
from app.runtime.machinery import Machinery

#: gunicorn's exit status for "could not boot": the master then stops instead of trying for
#: ever.
BOOT_ERROR = 3


def start(worker: Any) -> None:
    """Take the instance's lock, migrate, recover, and start engines, queue and publisher.

    Exits with one clear line where that cannot be.
    """
    app: Flask = worker.wsgi
    machinery: Machinery = app.extensions["neatdata-machinery"]
    config = machinery.config
    lock = InstanceLock(config.instance_dir)
    try:
        # A worker that is being replaced may still be giving its jobs their grace.
        lock.acquire(wait_seconds=config.shutdown_grace_seconds + 10)
        migrate(app)
        machinery.services.keys.ensure_admin(
            config.admin_key, config.instance_dir / "admin.key"
        )
    except (InstanceInUse, ValueError) as error:
        worker.log.error("NeatData cannot start: %s", error)
        sys.exit(BOOT_ERROR)
    app.extensions["neatdata-lock"] = lock
    machinery.storage.prepare()
    recovered = machinery.services.runs.recover()
    machinery.storage.sweep(*machinery.services.runs.stored_names())
    machinery.publisher.start()
    machinery.lane.start()
    machinery.pool.start()
    worker.log.info(
        "NeatData serves on %s, %d workers, %d interrupted jobs taken up again",
        config.async_mode,
        config.workers,
        recovered,
    )


def stop(worker: Any) -> None:
    """Give running jobs their grace, hand the rest back, say goodbye to the sockets, let go of
    the lock.
    """
    app: Flask = worker.wsgi
    machinery: Machinery = app.extensions["neatdata-machinery"]
    machinery.pool.stop(machinery.config.shutdown_grace_seconds)
    machinery.publisher.stop()
    machinery.lane.stop()
    close_sockets(app)
    app.extensions["neatdata-lock"].release()


def migrate(app: Flask) -> None:
    """Bring the SQLite database to this version's schema."""
    with app.app_context():
        flask_migrate.upgrade()


def close_sockets(app: Flask) -> None:
    """End every socket, without waiting for clients to fetch what they have not fetched yet."""
    for socket in list(app.extensions["socketio"].server.eio.sockets.values()):
        socket.close(wait=False)
