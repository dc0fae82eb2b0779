"""What is done to a server: each fault is one a machine room knows."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import time
from collections import Counter
from collections.abc import Callable

import psutil

from tests.acceptance.server import Server
from tests.chaos.watcher import Watcher

#: Longer than a lease lasts: what comes back then has lost its jobs.
PAST_LEASE_SECONDS = 17.0


class Faults:
    """Injects faults chosen by a seeded generator, and leaves the server running after each."""

    def __init__(
        self, server: Server, watcher: Watcher, seed: int, *, long_freezes: bool
    ) -> None:
        self.done: Counter[str] = Counter()
        #: Process groups of every server there was.
        self.groups = {server.process.pid}
        self._server = server
        self._watcher = watcher
        self._random = random.Random(seed)
        self._long_freezes = long_freezes
        self._kinds: dict[str, tuple[int, Callable[[], None]]] = {
            "server killed": (4, self._kill_server),
            "worker killed": (3, self._kill_worker),
            "engine killed": (7, self._kill_engine),
            "engine stopped for a while": (4, self._freeze_engine),
            "server stopped for a while": (2, self._freeze_worker),
            "SIGTERM and restart": (3, self._restart),
            "watcher cut off": (4, watcher.hang_up),
        }

    def inject(self) -> None:
        names = list(self._kinds)
        weights = [weight for weight, _ in self._kinds.values()]
        name = self._random.choices(names, weights)[0]
        # A process may end by itself just before it is told to.
        with contextlib.suppress(psutil.NoSuchProcess, ProcessLookupError):
            self._kinds[name][1]()
            self.done[name] += 1

    def wait(self) -> None:
        """Until the next fault: sometimes at once, while the last one is being mended."""
        time.sleep(self._random.choice([0.05, 0.3, 0.8, 1.5, 3.0]))

    @property
    def kills(self) -> int:
        return sum(count for name, count in self.done.items() if "killed" in name)

    def _kill_server(self) -> None:
        os.killpg(self._server.process.pid, signal.SIGKILL)
        self._server.process.wait(10)
        self._start()

    def _restart(self) -> None:
        self._server.process.terminate()
        status = self._server.process.wait(60)
        assert status == 0, f"SIGTERM ended in {status}:\n{self._server.log()[-3000:]}"
        self._start()

    def _kill_worker(self) -> None:
        """The master lives on and starts another."""
        for worker in self._workers():
            worker.kill()

    def _kill_engine(self) -> None:
        if engines := self._server.engines():
            self._random.choice(engines).kill()

    def _freeze_engine(self) -> None:
        if engines := self._server.engines():
            self._freeze(self._random.choice(engines), self._random.uniform(0.2, 3))

    def _freeze_worker(self) -> None:
        long = self._long_freezes and self._random.random() < 0.3
        seconds = PAST_LEASE_SECONDS if long else self._random.uniform(0.2, 2)
        for worker in self._workers():
            self._freeze(worker, seconds)

    @staticmethod
    def _freeze(process: psutil.Process, seconds: float) -> None:
        process.suspend()
        try:
            time.sleep(seconds)
        finally:
            process.resume()

    def _workers(self) -> list[psutil.Process]:
        """The processes that serve: the master's children that are no engines."""
        children = psutil.Process(self._server.process.pid).children()
        return [child for child in children if "app.engine" not in child.cmdline()]

    def _start(self) -> None:
        self._server.start()
        self.groups.add(self._server.process.pid)
