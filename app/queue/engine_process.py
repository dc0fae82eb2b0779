"""One engine process: start it, feed it, listen to it, watch its memory, kill it.

The process talks over a socket pair rather than pipes: a Python socket waits greenly under
eventlet, blocks under threads and takes a time limit in both, so one code serves every runtime.
"""

from __future__ import annotations

import contextlib
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil

from app.engine.protocol import Reply, Request, decode_reply, encode_request

#: The longest a process may take to be gone after SIGKILL.
KILL_SECONDS = 5.0
_CHUNK = 64 * 1024  # bytes
_ROOT = Path(__file__).resolve().parents[2]


class EngineDied(Exception):
    """The process ended by itself. `returncode` as subprocess gives it: -9 is SIGKILL."""

    def __init__(self, returncode: int | None) -> None:
        super().__init__(f"the engine process ended with {returncode}")
        self.returncode = returncode


class EngineNonsense(Exception):
    """The process wrote a line that is no reply."""


class EngineProcess:
    """A warm engine. Not safe for several threads: whoever holds it uses it alone.

    It stays in the server's process group and ends at once when its end of the socket pair
    closes, so no engine outlives a server, however that one ends.
    """

    def __init__(self, modules_dir: Path | None) -> None:
        self._modules_dir = modules_dir
        self._process: subprocess.Popen[bytes] | None = None
        self._socket: socket.socket | None = None
        self._buffer = bytearray()

    @property
    def is_alive(self) -> bool:
        # Others may ask while the owner ends it.
        process = self._process
        return process is not None and process.poll() is None

    def start(self) -> None:
        """Have a process that is free for a request. It accepts one at once and answers when
        it is warm.
        """
        # Something unread belongs to an earlier request: the next must not take it for its own.
        if self.is_alive and not self._buffer:
            return
        self.kill()
        ours, theirs = socket.socketpair()
        command = [sys.executable, "-m", "app.engine"]
        if self._modules_dir is not None:
            command += ["--modules-dir", str(self._modules_dir)]
        with theirs:
            # Popen execs at once: the forked child never runs Python, so no lock or thread
            # state is inherited.
            end = theirs.fileno()
            self._process = subprocess.Popen(command, stdin=end, stdout=end, cwd=_ROOT)
        self._socket = ours
        self._buffer = bytearray()

    def send(self, request: Request) -> None:
        """Raises EngineDied."""
        assert self._socket is not None
        try:
            self._socket.settimeout(None)
            self._socket.sendall(encode_request(request))
        except OSError:
            raise self._died() from None

    def replies(self, timeout: float) -> Iterator[Reply]:
        """The replies that are there, waiting at most `timeout` seconds for more. Raises
        EngineDied, EngineNonsense.
        """
        # Only what is new can end a line: an answer of many megabytes is looked through once.
        searched = len(self._buffer)
        self._receive(timeout)
        while (end := self._buffer.find(b"\n", searched)) >= 0:
            line = bytes(self._buffer[:end])
            del self._buffer[: end + 1]
            searched = 0
            try:
                reply = decode_reply(line)
            except ValueError:
                raise EngineNonsense from None
            yield reply

    def resident_bytes(self) -> int:
        """Memory of the process that is its own to give back; 0 when it is gone."""
        if self._process is None:
            return 0
        with contextlib.suppress(psutil.NoSuchProcess):
            # Pages of mapped files (libraries, a Parquet file) are the system's to drop and
            # are not counted.
            memory = psutil.Process(self._process.pid).memory_info()
            return int(memory.rss - getattr(memory, "shared", 0))
        return 0

    def kill(self) -> None:
        """End the process at once. It is gone when this returns."""
        if self._socket is not None:
            self._socket.close()
            self._socket = None
        if self._process is not None:
            if self._process.poll() is None:
                self._process.kill()
            self._process.wait(KILL_SECONDS)
            self._process = None

    def _receive(self, timeout: float) -> None:
        assert self._socket is not None
        self._socket.settimeout(timeout)
        try:
            data = self._socket.recv(_CHUNK)
        except TimeoutError:
            return
        except OSError:
            raise self._died() from None
        if not data:
            raise self._died()
        self._buffer += data

    def _died(self) -> EngineDied:
        assert self._process is not None
        try:
            return EngineDied(self._process.wait(KILL_SECONDS))
        except subprocess.TimeoutExpired:
            self._process.kill()
            return EngineDied(self._process.wait(KILL_SECONDS))
