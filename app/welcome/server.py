"""The server as a child: start it, wait until it answers, stop it gracefully."""

from __future__ import annotations

import contextlib
import socket
import subprocess
import sys
import time
from types import TracebackType

import requests

import config as settings
from app.runtime.instance import InstanceInUse, InstanceLock, InstanceUnusable

#: From the start of the process to the first answer; a slow disk and a migration included.
START_SECONDS = 60.0
POLL_SECONDS = 0.1
_REASON = "NeatData cannot start: "


class CannotServe(Exception):
    """The server does not start. The text is one line that says why."""


class ServerProcess:
    """`python wsgi.py`, whose log goes to server.log in the instance folder.

    It has a process group of its own: Ctrl-C reaches us alone, and we end it with SIGTERM,
    which gives running jobs their grace.
    """

    def __init__(self, config: settings.Config) -> None:
        self._config = config
        self._process: subprocess.Popen[bytes] | None = None
        self.log_file = config.instance_dir / "server.log"
        self.url = f"http://{_reachable(config.host)}:{config.port}"

    def __enter__(self) -> ServerProcess:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def start(self) -> None:
        """Start and wait until it answers. Raises CannotServe."""
        self._check_folder()
        self._check_port()
        with self.log_file.open("wb") as log:
            self._process = subprocess.Popen(
                [sys.executable, str(settings.HERE / "wsgi.py")],
                stdout=log,
                stderr=log,
                process_group=0,
            )
        deadline = time.monotonic() + START_SECONDS
        while not self._answers():
            if self._process.poll() is not None:
                raise CannotServe(self.last_words())
            if time.monotonic() > deadline:
                raise CannotServe(
                    f"it did not answer within {START_SECONDS:.0f} seconds; see {self.log_file}"
                )
            time.sleep(POLL_SECONDS)

    def wait(self) -> int:
        """Wait until it ends by itself; its exit status."""
        assert self._process is not None
        return self._process.wait()

    def stop(self) -> None:
        """Stop it gracefully; a second Ctrl-C stops it at once."""
        if self._process is None or self._process.poll() is not None:
            return
        self._process.terminate()
        try:
            self._process.wait(self._config.shutdown_grace_seconds + 30)
        except (KeyboardInterrupt, subprocess.TimeoutExpired):
            self._process.kill()
            self._process.wait()

    def last_words(self) -> str:
        """Why it ended, as far as its log tells."""
        lines = self.log_file.read_text(errors="replace").splitlines()
        for line in reversed(lines):
            if _REASON in line:
                return line.split(_REASON, 1)[1]
        return f"it ended at once; see {self.log_file}"

    def _check_folder(self) -> None:
        lock = InstanceLock(self._config.instance_dir)
        try:
            lock.acquire(wait_seconds=0)
        except (InstanceInUse, InstanceUnusable) as error:
            raise CannotServe(str(error)) from None
        lock.release()

    def _check_port(self) -> None:
        # gunicorn would try for five seconds and then say it at length.
        host, port = self._config.host, self._config.port
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
            except OSError as error:
                raise CannotServe(
                    f"port {port} of {host} cannot be had ({error.strerror}); "
                    "free it or set NEATDATA_PORT to another"
                ) from None

    def _answers(self) -> bool:
        with contextlib.suppress(requests.RequestException):
            return requests.get(f"{self.url}/v1/health", timeout=2).ok
        return False


def _reachable(host: str) -> str:
    """A host that a browser here can open, as it stands in a URL.

    >>> _reachable("0.0.0.0"), _reachable("::1"), _reachable("example.org")
    ('127.0.0.1', '[::1]', 'example.org')
    """
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)
    return f"[{host}]" if ":" in host else host
