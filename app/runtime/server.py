"""What a worker process starts before it serves, and stops when it leaves: the same in both
runtimes.
"""

from __future__ import annotations

import logging
import sys
from typing import Any

from flask import Flask

from app.runtime.instance import InstanceInUse, InstanceLock, InstanceUnusable
from app.runtime.machinery import Machinery
from app.runtime.refusals import speak_in_problems
from app.runtime.schema import SchemaError, upgrade

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
    speak_in_problems()
    _log_beside(worker)
    lock = InstanceLock(config.instance_dir)
    try:
        # A worker that is being replaced may still be finishing what it has under way.
        lock.acquire(wait_seconds=worker.cfg.graceful_timeout + 5)
        upgrade(app)
        machinery.services.keys.ensure_admin(
            config.admin_key, config.instance_dir / "admin.key"
        )
        machinery.storage.prepare()
    except (InstanceInUse, InstanceUnusable, SchemaError, ValueError, OSError) as error:
        worker.log.error("NeatData cannot start: %s", error)
        sys.exit(BOOT_ERROR)
    # Never let go of: requests under way go on writing until the process ends, and then the
    # kernel does it.
    app.extensions["neatdata-lock"] = lock
    recovered = machinery.services.runs.recover()
    machinery.services.idempotency.recover()
    machinery.storage.sweep(*machinery.services.runs.stored_names())
    machinery.publisher.start()
    machinery.lane.start()
    machinery.pool.start()
    machinery.housekeeper.start()
    worker.log.info(
        "NeatData serves on %s, %d workers, %d interrupted jobs taken up again",
        config.async_mode,
        config.workers,
        recovered,
    )


def _log_beside(worker: Any) -> None:
    """Have the application's own lines go where gunicorn's go, at the same level."""
    own = logging.getLogger("app")
    own.handlers = list(worker.log.error_log.handlers)
    own.setLevel(worker.log.error_log.level)
    own.propagate = False


def stop(worker: Any) -> None:
    """Answer long polls, give running jobs their grace, hand the rest back, say goodbye to the
    sockets. Requests under way go on; `finish` comes after them.
    """
    app: Flask = worker.wsgi
    machinery: Machinery = app.extensions["neatdata-machinery"]
    machinery.services.jobs.leave()
    machinery.housekeeper.stop()
    machinery.pool.stop(machinery.config.shutdown_grace_seconds)
    machinery.publisher.stop()
    close_sockets(app)


def finish(worker: Any) -> None:
    """No request is under way any more: end the engines that answered them."""
    machinery: Machinery = worker.wsgi.extensions["neatdata-machinery"]
    machinery.lane.stop()


def close_sockets(app: Flask) -> None:
    """End every socket, without waiting for clients to fetch what they have not fetched yet."""
    for socket in list(app.extensions["socketio"].server.eio.sockets.values()):
        socket.close(wait=False)
