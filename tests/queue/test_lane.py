"""The lane: short questions, answered by warm engines, each caller by one of its own."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.errors import Busy, EngineRefusal, EngineTimeout
from app.queue import lane as module
from app.queue.lane import Lane
from tests.queue.conftest import MIB

ASLEEP = {"data": {"a": ["x"]}, "modules": ["sleepy"]}


@pytest.fixture(scope="module")
def lane(modules_dir: Path) -> Iterator[Lane]:
    lane = Lane(memory_bytes=1024 * MIB, modules_dir=modules_dir)
    lane.start()
    yield lane
    lane.stop()


def plan(lane: Lane, column: str) -> list[str]:
    columns: list[str] = lane.call("plan", {"columns": [column], "modules": []})["columns"]
    return columns


def test_a_question_is_answered(lane: Lane) -> None:
    assert plan(lane, "name") == ["name"]


def test_a_refusal_carries_every_fault(lane: Lane) -> None:
    with pytest.raises(EngineRefusal) as refusal:
        lane.call("plan", {"columns": ["a"], "modules": ["nope", "trim_spaces", "nada"]})

    assert [fault["pointer"] for fault in refusal.value.error["faults"]] == ["/0", "/2"]


def test_callers_at_once_each_get_their_own_answer(lane: Lane) -> None:
    answers: dict[str, list[str]] = {}

    def ask(column: str) -> None:
        answers[column] = plan(lane, column)

    threads = [threading.Thread(target=ask, args=(f"c{number}",)) for number in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert answers == {f"c{number}": [f"c{number}"] for number in range(20)}


def test_a_question_that_takes_too_long_is_given_up_and_the_lane_works_on(lane: Lane) -> None:
    with pytest.raises(EngineTimeout):
        lane.call("run", ASLEEP, timeout=0.2)

    assert plan(lane, "name") == ["name"]


def test_a_caller_who_finds_every_engine_taken_is_told_so(
    lane: Lane, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "WAIT_SECONDS", 0.1)

    with lane._borrowed(), lane._borrowed(), pytest.raises(Busy):
        plan(lane, "name")

    assert plan(lane, "name") == ["name"]


def test_a_question_whose_engine_is_killed_is_asked_again(lane: Lane) -> None:
    plan(lane, "warm")
    engine = lane._free[-1]._process
    assert engine is not None
    # Stopped, it takes the question and cannot answer before it is killed.
    os.kill(engine.pid, signal.SIGSTOP)
    killer = threading.Timer(0.3, engine.kill)
    killer.start()

    assert plan(lane, "name") == ["name"]
    assert engine.returncode == -signal.SIGKILL
    killer.join()


def test_a_question_that_ends_every_engine_is_given_up(lane: Lane) -> None:
    with pytest.raises(EngineTimeout, match="ended unexpectedly"):
        lane.call("run", {"data": {"a": ["x"]}, "modules": ["deadly"]})

    assert plan(lane, "name") == ["name"]
