"""Rewriting the cells of a batch: what could be read is written anew, and what could not is
kept, emptied or set aside, as the caller chose.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Literal

import polars as pl

from app.engine.module import ColumnType, Outcome

#: What becomes of a cell that cannot be read: it stays as it is (and is counted), it becomes
#: missing, or its row is set aside with the reason.
Invalid = Literal["keep", "null", "reject"]


class Rewriting:
    """A batch while a module rewrites it; `outcome` is what the module returns."""

    def __init__(self, batch: pl.DataFrame, invalid: Invalid) -> None:
        self._batch = batch
        self._invalid = invalid
        self._columns: dict[str, pl.Series] = {}
        self._odd: dict[str, int] = {}
        self._reasons: pl.Series | None = None

    def put(
        self,
        name: str,
        column: pl.Series,
        unread: pl.Series,
        what: str,
        doubtful: pl.Series | None = None,
    ) -> None:
        """The column `name` as rewritten. `unread`: true where a cell could not be read, and
        the old text stands in `column`. `what`: what such a cell is not, for the reason.
        `doubtful`: true where a cell may mean two things: it stays, whatever the caller chose.
        """
        odd = 0 if doubtful is None else int(doubtful.sum())
        if self._invalid == "keep":
            odd += int(unread.sum())
        elif self._invalid == "null":
            column = column.set(unread, None)
        elif unread.any():
            self._set_aside(name, unread, what)
        if odd:
            self._odd[name] = odd
        self._columns[name] = column.alias(name)

    def _set_aside(self, name: str, unread: pl.Series, what: str) -> None:
        cells = self._batch[name].set(~unread, None)
        reasons = pl.select(pl.format('{}: "{}" is not {}', pl.lit(name), cells, pl.lit(what)))
        mine = reasons.to_series()
        if self._reasons is None:
            self._reasons = mine
            return
        both = pl.DataFrame({"old": self._reasons, "new": mine})
        self._reasons = both.select(
            pl.concat_str("old", "new", separator="; ", ignore_nulls=True).replace("", None)
        ).to_series()

    def outcome(
        self,
        types: Mapping[str, ColumnType] | None = None,
        warnings: Sequence[str] = (),
        extra: Sequence[pl.Series] = (),
    ) -> Outcome:
        """`extra`: columns to add at the end, one value for each row of the batch."""
        frame = self._batch.with_columns([*self._columns.values(), *extra])
        if self._reasons is not None:
            frame = frame.filter(self._reasons.is_null())
        return Outcome(
            frame=frame,
            rejected=self._reasons,
            types=types or {},
            odd=self._odd,
            warnings=warnings,
        )


def read_distinct(column: pl.Series, read: Callable[[str], str | None]) -> pl.Series:
    """`read` applied once to each distinct text; null where it returns None.

    >>> read_distinct(pl.Series(["a", None, "a", "?"]), {"a": "A"}.get).to_list()
    ['A', None, 'A', None]
    """
    texts = column.drop_nulls().unique()
    made = pl.Series([read(text) for text in texts], dtype=pl.String)
    return column.replace_strict(texts, made, default=None, return_dtype=pl.String)


def rewritten(
    column: pl.Series, read: Callable[[str], str | None]
) -> tuple[pl.Series, pl.Series]:
    """The column with every cell that `read` can read as it writes it, and which cells it could
    not.

    >>> column, unread = rewritten(pl.Series(["a", None, "?"]), {"a": "A"}.get)
    >>> column.to_list(), unread.to_list()
    (['A', None, '?'], [False, False, True])
    """
    made = read_distinct(column, read)
    return made.fill_null(column), made.is_null() & column.is_not_null()
