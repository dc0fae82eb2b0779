"""Watching over a real engine: relay, limit, stop, and never mistake one answer for another."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from app.engine.protocol import Failure, Progress, Request, Result
from app.queue.engine_process import EngineDied, EngineNonsense, EngineProcess
from app.queue.supervision import LimitExceeded, Limits, Stopped, supervise
from tests.queue.conftest import MIB, PLENTY

Clean = Callable[..., Request]
PLAN = Request(op="plan", args={"columns": ["name"], "modules": ["trim_spaces"]})


def pid(engine: EngineProcess) -> int:
    assert engine._process is not None
    return engine._process.pid


def refusal(engine: EngineProcess, request: Request, limits: Limits = PLENTY) -> dict[str, str]:
    with pytest.raises(LimitExceeded) as exceeded:
        supervise(engine, request, limits)
    return exceeded.value.error


def test_the_answer_and_the_progress_are_relayed(engine: EngineProcess, clean: Clean) -> None:
    seen: list[Progress] = []

    answer = supervise(engine, clean("trim_spaces"), PLENTY, on_progress=seen.append)

    assert isinstance(answer, Result)
    assert answer.value["rows_out"] == 2
    percents = [progress.percent for progress in seen]
    assert percents
    assert percents == sorted(percents)


def test_what_the_engine_refuses_is_an_answer(engine: EngineProcess, clean: Clean) -> None:
    answer = supervise(engine, clean("no_such_module"), PLENTY)

    assert isinstance(answer, Failure)
    assert answer.error["code"] == "bad_pipeline"
    assert isinstance(supervise(engine, PLAN, PLENTY), Result), "the engine works on"


def test_what_a_module_prints_is_not_taken_for_an_answer(
    engine: EngineProcess, clean: Clean
) -> None:
    answer = supervise(engine, clean("chatty"), PLENTY)

    assert isinstance(answer, Result)
    assert answer.value["rows_out"] == 2


def test_a_run_that_takes_too_long_is_ended(engine: EngineProcess, clean: Clean) -> None:
    error = refusal(engine, clean("sleepy"), Limits(memory_bytes=1024 * MIB, seconds=0.3))

    assert error == {"code": "timed_out", "message": "It took longer than 0.3 seconds."}
    assert not engine.is_alive


def test_a_run_that_takes_too_much_memory_is_ended(engine: EngineProcess, clean: Clean) -> None:
    error = refusal(engine, clean("greedy"), Limits(memory_bytes=300 * MIB, seconds=30))

    assert error["code"] == "out_of_memory"
    assert "300 MiB" in error["message"]
    assert not engine.is_alive


def test_an_engine_that_ends_by_itself_is_told_from_one_the_kernel_killed(
    engine: EngineProcess, clean: Clean
) -> None:
    assert refusal(engine, clean("deadly"))["code"] == "engine_died"

    engine.start()
    engine.send(PLAN)
    os.kill(pid(engine), signal.SIGKILL)
    with pytest.raises(EngineDied) as death:
        while True:
            list(engine.replies(1))

    assert death.value.returncode == -signal.SIGKILL


def test_a_stop_frees_the_engine_and_leaves_it_warm(
    engine: EngineProcess, clean: Clean
) -> None:
    before = pid(engine)
    began: list[Progress] = []

    with pytest.raises(Stopped):
        supervise(
            engine,
            clean("trim_spaces", rows=2_000_000),
            PLENTY,
            on_progress=began.append,
            should_stop=lambda: bool(began),
        )

    answer = supervise(engine, PLAN, PLENTY)
    assert isinstance(answer, Result)
    assert answer.value["columns"] == ["name"]
    assert pid(engine) == before


def test_an_engine_that_does_not_stop_is_killed(engine: EngineProcess, clean: Clean) -> None:
    began = time.monotonic()

    with pytest.raises(Stopped):
        supervise(
            engine,
            clean("sleepy"),
            PLENTY,
            should_stop=lambda: time.monotonic() - began > 0.3,
        )

    assert not engine.is_alive
    assert time.monotonic() - began < 2


def test_a_fault_in_the_supervisor_never_leaves_an_answer_for_the_next_request(
    engine: EngineProcess, clean: Clean
) -> None:
    def fail() -> None:
        raise RuntimeError("the database is gone")

    with pytest.raises(RuntimeError):
        supervise(engine, clean("trim_spaces", rows=500_000), PLENTY, on_tick=fail)
    answer = supervise(engine, PLAN, PLENTY)

    assert isinstance(answer, Result)
    assert answer.value["columns"] == ["name"], "the plan's answer, not the run's"


def test_something_unread_costs_the_engine_its_place(engine: EngineProcess) -> None:
    before = pid(engine)
    engine._buffer += b'{"kind": "result", "value": {}}\n'

    engine.start()

    assert pid(engine) != before
    assert isinstance(supervise(engine, PLAN, PLENTY), Result)


def test_a_line_that_is_no_reply_is_told_from_one_that_is(engine: EngineProcess) -> None:
    engine._buffer += b"nonsense "
    engine.send(PLAN)

    with pytest.raises(EngineNonsense):
        while True:
            list(engine.replies(1))
    engine.kill()


def test_an_engine_ends_when_its_server_is_gone(modules_dir: Path) -> None:
    engine = EngineProcess(modules_dir)
    engine.start()
    assert engine._socket is not None
    assert engine._process is not None

    engine._socket.close()

    assert engine._process.wait(10) == 0


def test_starting_twice_is_the_same_as_once(engine: EngineProcess) -> None:
    before = pid(engine)

    engine.start()

    assert pid(engine) == before
    assert engine.resident_bytes() > 0


def test_a_killed_engine_is_gone_and_killing_it_again_does_no_harm(modules_dir: Path) -> None:
    engine = EngineProcess(modules_dir)
    engine.start()
    process = psutil.Process(pid(engine))

    engine.kill()
    engine.kill()

    assert not process.is_running()
    assert engine.resident_bytes() == 0
