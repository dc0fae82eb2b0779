"""How gunicorn serves NeatData: `gunicorn -c gunicorn.conf.py wsgi:app`, or simply `python
wsgi.py`.
"""

import sys

import config as settings

try:
    _config = settings.load()
except settings.ConfigError as error:
    sys.exit(f"NeatData cannot start: {error}")

_WORKERS = {
    "eventlet": "app.runtime.eventlet.EventletWorker",
    "threading": "app.runtime.threading.ThreadingWorker",
}

wsgi_app = "wsgi:app"
# An IPv6 address stands in brackets before a port.
bind = (
    f"[{_config.host}]:{_config.port}"
    if ":" in _config.host
    else f"{_config.host}:{_config.port}"
)
worker_class = _WORKERS[_config.async_mode]
threads = _config.threads
worker_connections = 10_000
backlog = 4096  # a crowd that reconnects at once must not be turned away
keepalive = 75  # seconds; longer than the proxies in front usually keep theirs
timeout = 60  # seconds without a sign of life from the worker
graceful_timeout = _config.shutdown_grace_seconds + 20
loglevel = _config.log_level
proc_name = "neatdata"
control_socket_disable = True  # it would lie in the home folder, shared by every gunicorn there


def on_starting(server):
    """Refuse what would go wrong later, in one line, before anything is started."""
    from app.runtime.instance import InstanceInUse, InstanceLock, InstanceUnusable

    if server.cfg.workers > 1:
        sys.exit(
            f"NeatData cannot start: {server.cfg.workers} gunicorn workers were asked for. "
            "A Socket.IO server lives in one process: set --workers 1 and unset "
            "WEB_CONCURRENCY. More CPU for jobs is NEATDATA_WORKERS."
        )
    lock = InstanceLock(_config.instance_dir)
    try:
        # A master killed outright leaves a worker that notices within a second.
        lock.acquire(wait_seconds=3)
    except (InstanceInUse, InstanceUnusable) as error:
        sys.exit(f"NeatData cannot start: {error}")
    lock.release()  # the worker takes it for good
