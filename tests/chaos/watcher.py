"""A JavaScript client that follows every job through every fault."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

from tests.acceptance.server import ROOT


class Watcher:
    """tests/js/follow.js; what it saw goes into a file, so that it never waits for us."""

    def __init__(self, node: str, url: str, key: str, file: Path) -> None:
        self._file = file
        with file.open("wb") as out:
            self._process = subprocess.Popen(
                [node, "follow.js", url, key],
                cwd=ROOT / "tests/js",
                stdin=subprocess.PIPE,
                stdout=out,
                text=True,
            )

    def follow(self, job_id: str) -> None:
        self._tell(job_id)

    def hang_up(self) -> None:
        self._tell("hang up")

    def seen(self) -> list[dict[str, Any]]:
        """Everything so far: {"kind": "connect" | "update" | "trouble", "data"}."""
        text = self._file.read_text()
        return [json.loads(line) for line in text[: text.rfind("\n") + 1].splitlines()]

    def updates(self) -> dict[str, list[dict[str, Any]]]:
        """The updates of each job, in the order they came."""
        found: dict[str, list[dict[str, Any]]] = {}
        for line in self.seen():
            if line["kind"] == "update":
                found.setdefault(line["data"]["job_id"], []).append(line["data"])
        return found

    def stop(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait(10)

    def _tell(self, line: str) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(line + "\n")
        self._process.stdin.flush()
