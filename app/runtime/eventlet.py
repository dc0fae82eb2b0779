"""The gunicorn worker that runs the server on eventlet.

gunicorn dropped its own in release 26. This one stands on the base that gunicorn's gevent
worker stands on. It patches in the worker process, before anything of the application is
imported; the master stays as it is.
"""

from __future__ import annotations

import os
import time
from functools import partial
from typing import IO, Any

import eventlet
from eventlet import greenio, greenpool, hubs, wsgi
from gunicorn.workers.base_async import AsyncWorker

#: How often the main loop tells the master that it lives, and looks whether it is to stop.
TICK_SECONDS = 0.25
#: A file leaves in pieces of this size, so that the others get their turn in between.
SEND_BYTES = 256 * 1024


class FileSendingSocket(greenio.GreenSocket):
    """A green socket that can send a file. Eventlet's own has the blocking `sendfile`, which
    refuses a socket that does not block. What `accept` returns is of this kind too.
    """

    def sendfile(self, file: IO[bytes], offset: int = 0, count: int | None = None) -> int:
        """As socket.sendfile, from `offset` (the position is left alone). Raises OSError."""
        sent = 0
        while count is None or sent < count:
            piece = SEND_BYTES if count is None else min(SEND_BYTES, count - sent)
            try:
                gone = os.sendfile(self.fileno(), file.fileno(), offset + sent, piece)
            except BlockingIOError:
                hubs.trampoline(self.fileno(), write=True)
                continue
            if gone == 0:
                break  # the file is shorter than was said
            sent += gone
            eventlet.sleep(0)
        return sent


class EventletWorker(AsyncWorker):
    """One process, one hub, a greenlet per connection."""

    def init_process(self) -> None:
        # A hub made before the fork would share its epoll with the master.
        hubs.use_hub()
        # gunicorn's own pipes and waits use the os module from the main greenlet, where they
        # must block.
        eventlet.monkey_patch(os=False)
        self._requests = 0
        super().init_process()

    def run(self) -> None:
        # Imported here: the master loads this module too, before anything is patched.
        from app.runtime import server

        server.start(self)
        connections = greenpool.GreenPool(self.worker_connections)
        acceptors = [
            eventlet.spawn(self._accept, FileSendingSocket(listener.sock), connections)
            for listener in self.sockets
        ]
        while self.alive and os.getppid() == self.ppid:
            self.notify()
            eventlet.sleep(TICK_SECONDS)
        for acceptor in acceptors:
            acceptor.kill()
        leaving = eventlet.spawn(server.stop, self)
        while not leaving.dead:
            # Jobs may have a long grace; the master is told that this takes its time.
            self.notify()
            eventlet.sleep(TICK_SECONDS)
        leaving.wait()
        self._finish()
        server.finish(self)

    def _accept(self, listener: Any, connections: greenpool.GreenPool) -> None:
        listener.setblocking(True)
        while True:
            try:
                client, address = listener.accept()
            except OSError:
                # The client has gone again, or this process is out of descriptors: the next
                # one may fare better.
                eventlet.sleep(0.01)
                continue
            connections.spawn_n(partial(self.handle, listener, client, address))

    def _finish(self) -> None:
        """Let requests under way end, within gunicorn's graceful_timeout. Idle connections just
        close.
        """
        deadline = time.monotonic() + self.cfg.graceful_timeout
        while self._requests and time.monotonic() < deadline:
            self.notify()
            eventlet.sleep(TICK_SECONDS)

    def timeout_ctx(self) -> Any:
        return eventlet.Timeout(self.cfg.keepalive or None, False)

    def is_already_handled(self, respiter: Any) -> bool:
        # A WebSocket has lived and died on this connection; there is nothing left to answer.
        if getattr(wsgi.WSGI_LOCAL, "already_handled", False):
            raise StopIteration
        return bool(super().is_already_handled(respiter))

    def handle_request(self, listener: Any, request: Any, client: Any, address: Any) -> Any:
        wsgi.WSGI_LOCAL.already_handled = False
        # A WebSocket has been told to go before the count is looked at; it is not waited for.
        counted = not any(name == "UPGRADE" for name, _ in request.headers)
        self._requests += counted
        try:
            answer = super().handle_request(listener, request, client, address)
        finally:
            self._requests -= counted
        self._leave_unread(request)
        return answer

    def _leave_unread(self, request: Any) -> None:
        """End the connection of a sender whose body was refused and goes on. gunicorn would
        read all of it before the next request, at full speed, while everyone else waits.
        """
        if not request.body.failed:
            with self.timeout_ctx():
                if not request.body.read(1):
                    return
        raise StopIteration
