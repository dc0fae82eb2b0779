"""What a trial shows beyond its report."""

from __future__ import annotations

from collections import Counter
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

import polars as pl

from app.engine.module import Outcome
from app.engine.running.plan import Step
from app.engine.running.spool import Chunk
from app.engine.suggesting.keys import KeySearch

#: Different texts remembered per step and column.
MAX_TEXTS = 100


@dataclass(kw_only=True)
class Shown:
    """What one step showed."""

    #: column -> texts it changed, and how often; the first MAX_TEXTS different ones.
    texts: dict[str, Counter[str]] = field(default_factory=dict)
    #: Columns of which it proved what they hold.
    types: dict[str, str] = field(default_factory=dict)
    #: column -> characters of its shortest and of its longest cell.
    lengths: dict[str, tuple[int, int]] = field(default_factory=dict)


class Evidence:
    """Watches a trial."""

    def __init__(self) -> None:
        self.steps: dict[int, Shown] = {}
        self.filled: Counter[str] = Counter()
        self.keys = KeySearch()

    def read(self, chunk: Chunk) -> None:
        """What the file holds says nothing that the steps do not."""

    def worked(
        self,
        step: Step,
        before: Chunk,
        stays: Chunk,
        after: pl.DataFrame,
        outcome: Outcome,
    ) -> None:
        shown = self.steps.setdefault(step.index, Shown())
        shown.types.update(outcome.types)
        for name in outcome.types:
            _widen(shown.lengths, name, after[name])
        for old, new in step.pairs:
            differs = stays.frame[old].ne_missing(after[new])
            if differs.any():
                found = shown.texts.setdefault(new, Counter())
                if len(found) < MAX_TEXTS:
                    changed = stays.frame[old].filter(differs).drop_nulls()
                    found.update(
                        dict(changed.alias("text").value_counts().head(MAX_TEXTS).iter_rows())
                    )

    def wrote(self, chunk: Chunk) -> None:
        self.keys.observe(chunk.frame)
        for column in chunk.frame:
            self.filled[column.name] += column.len() - column.null_count()

    def mark(self) -> dict[str, Any]:
        return deepcopy(vars(self))

    def rewind(self, mark: dict[str, Any]) -> None:
        vars(self).update(deepcopy(mark))


def _widen(lengths: dict[str, tuple[int, int]], name: str, column: pl.Series) -> None:
    sizes = column.str.len_chars()
    least, most = sizes.min(), sizes.max()
    if isinstance(least, int) and isinstance(most, int):
        low, high = lengths.get(name, (least, most))
        lengths[name] = (min(low, least), max(high, most))
