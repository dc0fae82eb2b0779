"""The gunicorn worker that runs the server on threads."""

from __future__ import annotations

import threading
import time

from gunicorn.workers.gthread import ThreadWorker

from app.runtime import server

TICK_SECONDS = 0.25


class ThreadingWorker(ThreadWorker):
    """gunicorn's threaded worker, which starts and stops the queue and lets go of open sockets.

    Each open WebSocket holds a thread; without the letting go, a stop would wait for every one
    of them.
    """

    def run(self) -> None:
        server.start(self)
        leaving = threading.Thread(target=self._leave, name="leave")
        leaving.start()
        super().run()
        leaving.join()
        server.finish(self)

    def _leave(self) -> None:
        while self.alive and self.is_parent_alive():
            time.sleep(TICK_SECONDS)
        server.stop(self)
