"""The engine process, spoken to over its protocol as the server does."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from app.engine.protocol import Failure, Progress, Reply, Request, decode_reply, encode_request

ROOT = Path(__file__).resolve().parents[2]


class Process:
    def __init__(self) -> None:
        self.popen = subprocess.Popen(
            [sys.executable, "-m", "app.engine"],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )

    def end(self) -> None:
        self.popen.kill()
        self.popen.wait(5)
        for pipe in (self.popen.stdin, self.popen.stdout):
            assert pipe is not None
            pipe.close()

    def send(self, op: str, **args: Any) -> None:
        assert self.popen.stdin is not None
        self.popen.stdin.write(encode_request(Request(op=op, args=args)))
        self.popen.stdin.flush()

    def answer(self) -> Reply:
        assert self.popen.stdout is not None
        while isinstance(reply := decode_reply(self.popen.stdout.readline()), Progress):
            pass
        return reply

    def call(self, op: str, **args: Any) -> Any:
        self.send(op, **args)
        reply = self.answer()
        return reply.error if isinstance(reply, Failure) else reply.value  # type: ignore[union-attr]


@pytest.fixture(scope="module")
def shared() -> Iterator[Process]:
    process = Process()
    yield process
    process.end()


@pytest.fixture
def process() -> Iterator[Process]:
    own = Process()
    yield own
    own.end()


def test_answers_one_request_after_another(shared: Process) -> None:
    plan = shared.call("plan", columns=["a"], modules=["Trim Spaces"])
    again = shared.call("plan", columns=["a"], modules=plan["modules"])

    assert plan == again
    assert plan["columns"] == ["a"]


def test_a_refusal_has_every_fault(shared: Process) -> None:
    error = shared.call("plan", columns=["a"], modules=["x", "y"])

    assert error["code"] == "bad_pipeline"
    assert [fault["pointer"] for fault in error["faults"]] == ["/0", "/1"]


def test_a_small_table_goes_back_as_it_came_where_nothing_touched_it(shared: Process) -> None:
    data = {"a": [" x ", None], "n": [1, None], "f": [1.5, 2], "b": [True, False]}

    answer = shared.call("run", data=data, modules=["trim_spaces"])

    assert answer["result_data"] == {"a": ["x", None], "n": [1, None], "f": [1.5, 2.0],
                                     "b": [True, False]}  # fmt: skip
    assert answer["original_shape"] == answer["cleaned_shape"] == [2, 4]


@pytest.mark.parametrize(
    "data",
    [
        pytest.param({"a": [1], "b": []}, id="unequal-columns"),
        pytest.param({"a": [{"x": 1}]}, id="no-cell"),
    ],
)
def test_a_table_that_is_none_is_refused(shared: Process, data: dict[str, Any]) -> None:
    assert shared.call("run", data=data, modules=[])["code"] == "bad_data"


def test_an_unforeseen_error_is_told_without_its_details(shared: Process) -> None:
    error = shared.call("inspect", path="/no/such/file", filename="x.csv", reading={})

    assert error["code"] == "internal_error"
    assert "/no/such" not in error["message"]
    assert shared.call("plan", columns=[], modules=[])["columns"] == []


def test_clean_says_what_it_wrote(shared: Process, tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_text("a,b\n x,1\n")

    answer = shared.call(
        "clean",
        source=str(tmp_path / "in.csv"),
        filename="in.csv",
        reading={},
        modules=["trim_spaces", "convert_types"],
        target=str(tmp_path / "clean.csv"),
        format="csv",
        rejects=str(tmp_path / "rejects.csv"),
        report=str(tmp_path / "report.json"),
        rows_total=1,
    )

    assert answer["types"] == {"a": "text", "b": "integer"}
    assert answer["files"]["target"]["size"] == (tmp_path / "clean.csv").stat().st_size
    assert answer["modules"][0]["columns"] == {"a": 1}


def test_ends_at_once_when_its_stdin_closes(process: Process) -> None:
    process.call("plan", columns=[], modules=[])
    assert process.popen.stdin is not None

    process.popen.stdin.close()

    assert process.popen.wait(5) == 0


def test_is_deaf_to_the_signals_of_a_terminal(process: Process) -> None:
    process.call("plan", columns=[], modules=[])

    process.popen.send_signal(signal.SIGINT)
    process.popen.send_signal(signal.SIGTERM)

    assert process.call("plan", columns=["a"], modules=[])["columns"] == ["a"]
