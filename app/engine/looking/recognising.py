"""In which columns a module finds what it is for, where the caller names none."""

from __future__ import annotations

from collections.abc import Callable

import polars as pl

from app.engine.module import ColumnParams

#: Cells looked at, from the top of a column: as many however the table is cut.
PROBE = 1000


class Recogniser:
    """Learns which columns hold nearly nothing but what `is_one` recognises.

    Columns that the caller names are taken at his word and not looked at.
    """

    def __init__(
        self,
        params: ColumnParams,
        columns: list[str],
        is_one: Callable[[str], bool],
        share: float = 0.9,
    ) -> None:
        self._named = None if params.columns is None else tuple(params.among(columns))
        self._seen = dict.fromkeys(columns, 0)
        self._recognised = dict.fromkeys(columns, 0)
        self._is_one = is_one
        self._share = share

    def observe(self, batch: pl.DataFrame) -> None:
        if self._named is not None:
            return
        for name, seen in self._seen.items():
            if seen < PROBE:
                probe = batch[name].drop_nulls().head(PROBE - seen)
                self._seen[name] += probe.len()
                for text, count in probe.alias("text").value_counts().iter_rows():
                    self._recognised[name] += count * self._is_one(text)

    def finish(self) -> tuple[str, ...]:
        if self._named is not None:
            return self._named
        return tuple(
            name
            for name, found in self._recognised.items()
            if found and found >= self._share * self._seen[name]
        )
