"""For those who want to see more of a run than its report: every batch, step by step."""

from __future__ import annotations

from typing import Any, Protocol

import polars as pl

from app.engine.module import Outcome
from app.engine.running.plan import Step
from app.engine.running.spool import Chunk


class Watcher(Protocol):
    """Told of everything, changes nothing. A pass that has to begin anew is told again, after a
    `rewind` to where it began.
    """

    def read(self, chunk: Chunk) -> None:
        """Rows as they stand in the file."""
        ...

    def worked(
        self,
        step: Step,
        before: Chunk,
        stays: Chunk,
        after: pl.DataFrame,
        outcome: Outcome,
    ) -> None:
        """What a step made of a batch. `before`: as it was given; `stays`: those rows of it
        that stay, still as they were; `after`: the same rows as the step left them, all text.
        """
        ...

    def wrote(self, chunk: Chunk) -> None:
        """Rows of the clean table."""
        ...

    def mark(self) -> Any: ...

    def rewind(self, mark: Any) -> None: ...
