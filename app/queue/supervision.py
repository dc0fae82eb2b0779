"""Watch over one engine while it works on one request: relay, limit, stop."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from app.engine.protocol import Failure, Progress, Request, Result
from app.queue.engine_process import EngineDied, EngineNonsense, EngineProcess

#: How often memory, time and the wish to stop are looked at.
TICK_SECONDS = 0.1
#: How long an engine that was asked to stop may take before it is killed.
STOP_SECONDS = 0.5


class Stopped(Exception):
    """The run was stopped on request; the engine is free again or gone."""


@dataclass(frozen=True, kw_only=True)
class Limits:
    memory_bytes: int
    seconds: float


class LimitExceeded(Exception):
    """The engine ran over its limits, or died, and is gone. `error` is for the owner: code and
    message.
    """

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.error = {"code": code, "message": message}


class EngineLost(LimitExceeded):
    """The engine ended without our doing: the request may be to blame, or something else on
    the machine.
    """


def supervise(
    engine: EngineProcess,
    request: Request,
    limits: Limits,
    *,
    on_progress: Callable[[Progress], None] | None = None,
    on_tick: Callable[[], None] | None = None,
    should_stop: Callable[[], bool] | None = None,
) -> Result | Failure:
    """Send `request` and wait for its answer.

    `on_tick` is called at least every TICK_SECONDS. Raises Stopped when `should_stop` said so;
    LimitExceeded when the engine died (EngineLost), took too long or too much memory. After
    either the engine may have to be started anew.
    """
    deadline = time.monotonic() + limits.seconds
    try:
        engine.start()
        engine.send(request)
        while True:
            for reply in engine.replies(TICK_SECONDS):
                if not isinstance(reply, Progress):
                    return reply
                if on_progress is not None:
                    on_progress(reply)
            if on_tick is not None:
                on_tick()
            if should_stop is not None and should_stop():
                _stop(engine)
            _check(engine, limits, deadline)
    except Stopped:
        raise
    except EngineDied as death:
        engine.kill()
        raise EngineLost(*_cause(death)) from None
    except EngineNonsense:
        # Whatever wrote that line, this process can no longer be trusted.
        engine.kill()
        raise LimitExceeded("engine_died", "The engine process answered nonsense.") from None
    except BaseException:
        # The engine is still at work on this request. Left alive, its answer would be taken
        # for that of the next one.
        engine.kill()
        raise


def _check(engine: EngineProcess, limits: Limits, deadline: float) -> None:
    if engine.resident_bytes() > limits.memory_bytes:
        engine.kill()
        raise LimitExceeded("out_of_memory", _memory_message(limits))
    if time.monotonic() > deadline:
        engine.kill()
        raise LimitExceeded("timed_out", f"It took longer than {limits.seconds:g} seconds.")


def _stop(engine: EngineProcess) -> None:
    """Ask the engine to stop; kill it when it does not. Always raises Stopped."""
    deadline = time.monotonic() + STOP_SECONDS
    try:
        engine.send(Request(op="cancel"))
        while time.monotonic() < deadline:
            if any(not isinstance(reply, Progress) for reply in engine.replies(TICK_SECONDS)):
                raise Stopped
    except (EngineDied, EngineNonsense):
        pass  # it is killed either way
    engine.kill()
    raise Stopped


def _cause(death: EngineDied) -> tuple[str, str]:
    # The kernel's memory killer sends SIGKILL; we did not, or we would not be here.
    if death.returncode == -9:
        return "out_of_memory", "The engine process was killed, most likely for want of memory."
    return "engine_died", "The engine process ended unexpectedly."


def _memory_message(limits: Limits) -> str:
    return f"It ran out of memory; the limit is {limits.memory_bytes / 2**20:,.0f} MiB."
