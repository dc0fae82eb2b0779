"""The default queue: worker threads in the server, each with a warm engine process of its
own.
"""

from __future__ import annotations

import logging
import threading
import time
import uuid
from pathlib import Path

from app.queue.engine_process import EngineProcess
from app.queue.lease import LEASE_SECONDS, REAP_SECONDS, Runs, worker_name
from app.queue.run import JobRun
from app.queue.supervision import Limits

#: A sleeping worker looks for work this often, should a wake-up have gone missing.
POLL_SECONDS = 1.0
#: A queue in which nothing moved for this long is taken for deaf. Several polls, and several
#: rounds of the reaper: a machine under load is slow, not deaf.
DEAF_SECONDS = 30.0
#: A worker that met an unforeseen error waits this long: a fault that stays must not spin.
ERROR_SECONDS = 1.0

log = logging.getLogger(__name__)


class WorkerPool:
    """Claims pending jobs and sees them through. Threads are whatever the runtime makes of
    `threading`.
    """

    def __init__(
        self, runs: Runs, *, workers: int, limits: Limits, modules_dir: Path | None
    ) -> None:
        self._runs = runs
        self._limits = limits
        self._name = worker_name()
        self._engines = [EngineProcess(modules_dir) for _ in range(workers)]
        self._work = threading.Event()
        self._stopped = threading.Event()
        self._running: dict[uuid.UUID, JobRun] = {}
        self._claiming = False
        self._stopping = False
        self._threads: list[threading.Thread] = []
        #: When a worker last looked for work, and the reaper for lost leases, by
        #: time.monotonic(): what readiness asks.
        self.last_poll = 0.0
        self.last_reap = 0.0

    def start(self) -> None:
        self._claiming = True
        self.last_poll = self.last_reap = time.monotonic()
        self._threads = [
            threading.Thread(
                target=self._serve, args=(engine,), name=f"worker-{number}", daemon=True
            )
            for number, engine in enumerate(self._engines, start=1)
        ]
        self._threads.append(threading.Thread(target=self._reap, name="reaper", daemon=True))
        for thread in self._threads:
            thread.start()

    def wake(self) -> None:
        self._work.set()

    def cancel(self, job_id: uuid.UUID) -> None:
        run = self._running.get(job_id)
        if run is not None:
            run.cancel()

    def stop(self, grace_seconds: float) -> None:
        """Claim nothing more, give running jobs `grace_seconds`, hand the rest back, end the
        engines.
        """
        self._claiming = False
        self._stopped.set()
        self._work.set()
        deadline = time.monotonic() + grace_seconds
        while self._running and time.monotonic() < deadline:
            time.sleep(0.05)
        self._stopping = True
        for thread in self._threads:
            thread.join(timeout=5.0)
        for engine in self._engines:
            engine.kill()

    def fault(self) -> str | None:
        """What is wrong with the queue; None when it takes jobs."""
        if not self._claiming:
            return "It takes no jobs: the server is starting or stopping."
        now = time.monotonic()
        # Workers that are all at a job have no reason to look for one.
        has_free_worker = len(self._running) < len(self._engines)
        if has_free_worker and now - self.last_poll > DEAF_SECONDS:
            return f"No worker has looked for jobs for {now - self.last_poll:.0f} seconds."
        if now - self.last_reap > DEAF_SECONDS:
            return f"Lost jobs were last looked for {now - self.last_reap:.0f} seconds ago."
        return None

    def engine_fault(self) -> str | None:
        """What is wrong with the engines; None when at least one can work."""
        if any(engine.is_alive for engine in self._engines):
            return None
        return "No engine process is running."

    def _serve(self, engine: EngineProcess) -> None:
        while self._claiming:
            try:
                # Warm before there is work, and again when an idle one has died.
                engine.start()
                # Cleared before looking: a wake-up that comes while we look is not slept over.
                self._work.clear()
                if not self._work_once(engine):
                    self._work.wait(POLL_SECONDS)
            except Exception:
                # The job's lease runs out and the reaper takes it back; the worker must live
                # on.
                log.exception("a worker met an unforeseen error")
                time.sleep(ERROR_SECONDS)

    def _work_once(self, engine: EngineProcess) -> bool:
        """Claim a job and see it through. False when there was none."""
        self.last_poll = time.monotonic()
        claim = self._runs.claim(self._name, LEASE_SECONDS)
        if claim is None:
            return False
        run = self._running[claim.job_id] = JobRun(
            self._runs, claim, is_stopping=lambda: self._stopping
        )
        try:
            run.work(engine, self._limits)
        finally:
            del self._running[claim.job_id]
        return True

    def _reap(self) -> None:
        while self._claiming:
            try:
                if self._runs.reap():
                    self.wake()
                self.last_reap = time.monotonic()
            except Exception:
                log.exception("the reaper met an unforeseen error")
            self._stopped.wait(REAP_SECONDS)
