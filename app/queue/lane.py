"""The lane for short interactive work: inspect, plan, preview, convert. It never waits behind
a job.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from app.engine.protocol import Failure, Request, Result
from app.errors import Busy, EngineRefusal, EngineTimeout
from app.queue.engine_process import EngineProcess
from app.queue.supervision import EngineLost, LimitExceeded, Limits, supervise

#: Two, so that a look through a large upload leaves room for the quick questions of others.
ENGINES = 2
#: A caller who finds every engine taken waits this long before it is told to come again.
WAIT_SECONDS = 30.0

log = logging.getLogger(__name__)


class Lane:
    """A few warm engines that callers borrow one at a time."""

    def __init__(self, *, memory_bytes: int, modules_dir: Path | None) -> None:
        self._memory_bytes = memory_bytes
        self._free = [EngineProcess(modules_dir) for _ in range(ENGINES)]
        self._places = threading.Semaphore(ENGINES)

    def start(self) -> None:
        """Warm one engine up; another starts when two callers come at once."""
        self._free[-1].start()

    def stop(self) -> None:
        for engine in self._free:
            engine.kill()

    def call(
        self, op: str, args: dict[str, Any], *, timeout: float | None = None
    ) -> dict[str, Any]:
        """The result of one operation; `timeout` in seconds counts from when an engine is free.
        Done again when the engine is lost, so it must do no harm twice.

        Raises EngineRefusal for what the engine refuses; EngineTimeout when it takes too long
        or too much memory, and is killed for it; Busy.
        """
        limits = Limits(
            memory_bytes=self._memory_bytes,
            seconds=float("inf") if timeout is None else timeout,
        )
        with self._borrowed() as engine:
            try:
                answer = _ask(engine, Request(op=op, args=args), limits)
            except LimitExceeded as exceeded:
                raise EngineTimeout(str(exceeded)) from None
        if isinstance(answer, Failure):
            raise EngineRefusal(answer.error)
        return answer.value

    @contextmanager
    def _borrowed(self) -> Iterator[EngineProcess]:
        if not self._places.acquire(timeout=WAIT_SECONDS):
            raise Busy("Every engine is busy; try again in a moment.")
        engine = self._free.pop()
        try:
            yield engine
        finally:
            self._free.append(engine)
            self._places.release()


def _ask(engine: EngineProcess, request: Request, limits: Limits) -> Result | Failure:
    try:
        return supervise(engine, request, limits)
    except EngineLost as lost:
        # Once more: what ended it may have had nothing to do with the question.
        log.warning("an engine was lost during %s: %s", request.op, lost)
        return supervise(engine, request, limits)
