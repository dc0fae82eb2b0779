"""Engines with a few modules that misbehave."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from app.engine.protocol import Request
from app.queue.engine_process import EngineProcess
from app.queue.supervision import Limits

MODULE = """
import os, sys, time

from app.engine.module import Meta, NoParams, Outcome

META = Meta(key="{key}", name="{key}", description="For tests.", order=50)


def {key}(batch, params: NoParams) -> Outcome:
    {body}
    return Outcome(frame=batch)
"""
BODIES = {
    "deadly": "os._exit(7)",
    "greedy": "hoard = [time.sleep(0.02) or bytearray(b'x' * 20_000_000) for _ in range(1000)]",
    "sleepy": "time.sleep(60)",
    "chatty": 'print(\'{"kind": "result", "value": {}}\', flush=True)',
}
MIB = 1024 * 1024
PLENTY = Limits(memory_bytes=1024 * MIB, seconds=30)


@pytest.fixture(scope="session")
def modules_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("modules")
    for key, body in BODIES.items():
        (folder / f"{key}.py").write_text(MODULE.format(key=key, body=body))
    return folder


@pytest.fixture(scope="module")
def shared_engine(modules_dir: Path) -> Iterator[EngineProcess]:
    engine = EngineProcess(modules_dir)
    engine.start()
    yield engine
    engine.kill()


@pytest.fixture
def engine(shared_engine: EngineProcess) -> EngineProcess:
    """A warm engine; started anew where the test before had to end it."""
    shared_engine.start()
    return shared_engine


@pytest.fixture
def clean(tmp_path: Path) -> Callable[..., Request]:
    """A request to clean a small table (or `rows` rows of one) with `modules`."""

    def make(*modules: str, rows: int = 2) -> Request:
        source = tmp_path / "table.csv"
        source.write_text("name,city\n" + " Ada ,London\n" * rows)
        args: dict[str, Any] = {
            "source": str(source),
            "filename": "table.csv",
            "reading": {},
            "modules": list(modules),
            "target": str(tmp_path / "clean.csv"),
            "format": "csv",
            "rejects": str(tmp_path / "rejects.csv"),
            "report": str(tmp_path / "report.json"),
            "rows_total": rows,
        }
        return Request(op="clean", args=args)

    return make
