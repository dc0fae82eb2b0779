"""Work on one claimed job from its claim to its end: the same for every queue."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import Any

from app.engine.protocol import Failure, Progress, Request
from app.queue.engine_process import EngineProcess
from app.queue.lease import HEARTBEAT_SECONDS, LEASE_SECONDS, Claim, Runs
from app.queue.supervision import LimitExceeded, Limits, Stopped, supervise

#: Percentages between two steps are written and sent at most this often.
PROGRESS_SECONDS = 0.1

log = logging.getLogger(__name__)


class JobRun:
    """One attempt. Progress is coalesced before it is stored: the newest state wins, step
    changes never wait.
    """

    def __init__(self, runs: Runs, claim: Claim, *, is_stopping: Callable[[], bool]) -> None:
        self._runs = runs
        self._claim = claim
        self._is_stopping = is_stopping
        self._verdict = "go on"
        self._step: str | None = None
        self._waiting: Progress | None = None
        self._began = time.monotonic()
        # The first heartbeat comes after a second: a cancel between the claim and now went
        # past this run, and the row tells it.
        self._written = self._began - HEARTBEAT_SECONDS + 1.0

    def cancel(self) -> None:
        """Called by another thread: the row already says so, this makes it quick."""
        self._verdict = "cancel"

    def work(self, engine: EngineProcess, limits: Limits) -> None:
        """Run the job and end it, one way or the other."""
        try:
            answer = supervise(
                engine,
                Request(op="clean", args=self._claim.args),
                limits,
                on_progress=self._progress,
                on_tick=self._tick,
                should_stop=lambda: self._verdict != "go on" or self._is_stopping(),
            )
        except Stopped:
            self._stopped()
        except LimitExceeded as exceeded:
            log.warning(
                "job %s, attempt %d: %s", self._claim.job_id, self._claim.attempt, exceeded
            )
            self._runs.engine_died(self._claim, exceeded.error)
        else:
            if isinstance(answer, Failure):
                self._runs.fail(self._claim, answer.error)
            else:
                self._runs.complete(self._claim, answer.value)

    def _stopped(self) -> None:
        if self._verdict == "cancel":
            self._runs.cancel(self._claim)
        else:
            # Stopping, or the lease is lost: then the fenced write changes nothing.
            self._runs.release(self._claim)

    def _progress(self, progress: Progress) -> None:
        self._waiting = progress
        if progress.step != self._step or self._since_written() >= PROGRESS_SECONDS:
            self._write()

    def _tick(self) -> None:
        if self._waiting is not None and self._since_written() >= PROGRESS_SECONDS:
            self._write()
        elif self._since_written() >= HEARTBEAT_SECONDS:
            self._written = time.monotonic()
            self._obey(self._runs.heartbeat(self._claim, lease_seconds=LEASE_SECONDS).value)

    def _write(self) -> None:
        progress, self._waiting = self._waiting, None
        assert progress is not None
        new_step, self._step = progress.step != self._step, progress.step
        self._written = time.monotonic()
        verdict = self._runs.progress(
            self._claim, stored=new_step, lease_seconds=LEASE_SECONDS, **self._state(progress)
        )
        self._obey(verdict.value)

    def _obey(self, verdict: str) -> None:
        # A cancel that was asked for here is not forgotten by a write that was already under
        # way.
        if verdict != "go on":
            self._verdict = verdict

    def _since_written(self) -> float:
        return time.monotonic() - self._written

    def _state(self, progress: Progress) -> dict[str, Any]:
        elapsed = max(time.monotonic() - self._began, 1e-6)
        share = progress.percent / 100
        return {
            # 100 means completed, and the run is not.
            "progress_percent": min(round(progress.percent, 1), 99.9),
            "current_step": progress.step,
            "step_message": progress.message,
            "rows_done": progress.rows_done,
            "rows_total": progress.rows_total,
            "rows_per_second": round(progress.rows_done / elapsed, 1),
            "eta_seconds": round(elapsed * (1 - share) / share, 1) if share > 0 else None,
        }
