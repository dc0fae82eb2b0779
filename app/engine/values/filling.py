"""What to put where a cell is missing: the cell above or below, or what the column usually has.

Everything here goes batch by batch; a value above or below may lie in another batch.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Collection
from typing import Literal, Protocol

import polars as pl

from app.engine.module import ColumnType
from app.engine.values.numbers import PLAIN_INTEGER

#: A column with more different values than this has no usual one.
MODE_LIMIT = 100_000
#: Decimals of a computed mean or median. More would claim to know more than the column does.
DECIMALS = 6

_KINDS: dict[ColumnType, str] = {
    "integer": PLAIN_INTEGER,
    "number": r"-?(?:0|[1-9][0-9]{0,14})(?:\.[0-9]+)?$",
    "boolean": r"(?:true|false)$",
    "date": r"[0-9]{4}-[0-9]{2}-[0-9]{2}$",
}

Statistic = Literal["mean", "median", "mode"]


class Gatherer(Protocol):
    """Learns one column; `value` is what fills it, or None with nothing to fill it with."""

    def observe(self, column: pl.Series) -> None: ...

    def value(self, missing: Collection[str]) -> str | None:
        """`missing`: texts that turned out to stand for a missing cell."""
        ...


class UsualValue:
    """The most frequent value; of several, the first in the alphabet."""

    def __init__(self) -> None:
        self._counts: Counter[str] | None = Counter()

    def observe(self, column: pl.Series) -> None:
        if self._counts is None:
            return
        self._counts.update(dict(column.drop_nulls().alias("text").value_counts().iter_rows()))
        if len(self._counts) > MODE_LIMIT:
            self._counts = None

    def value(self, missing: Collection[str]) -> str | None:
        counts = {text: n for text, n in (self._counts or {}).items() if text not in missing}
        return min(counts, key=lambda text: (-counts[text], text), default=None)


class Middle:
    """Mean or median of a column of plain numbers; None when one cell is no number.

    The median keeps 8 bytes a cell while it learns.
    """

    def __init__(self, statistic: Statistic) -> None:
        self._statistic = statistic
        self._numbers: list[pl.Series] = []
        self._sums: list[float] = []
        self._count = 0
        self._others: set[str] = set()

    def observe(self, column: pl.Series) -> None:
        cells = column.drop_nulls()
        numbers = cells.cast(pl.Float64, strict=False)
        usable = numbers.is_finite().fill_null(False)
        self._others.update(cells.filter(~usable).unique().head(1000))
        numbers = numbers.filter(usable)
        self._count += numbers.len()
        self._sums.append(float(numbers.sum()))
        if self._statistic == "median":
            self._numbers.append(numbers)

    def value(self, missing: Collection[str]) -> str | None:
        if not self._count or self._others - set(missing):
            return None
        if self._statistic == "mean":
            return plain(math.fsum(self._sums) / self._count)
        median = pl.concat(self._numbers).median()
        assert isinstance(median, float)
        return plain(median)


def gatherer(statistic: Statistic) -> Gatherer:
    return UsualValue() if statistic == "mode" else Middle(statistic)


def plain(number: float) -> str:
    """A number without exponent and idle zeros.

    >>> plain(2.5), plain(3.0), plain(1 / 3)
    ('2.5', '3', '0.333333')
    """
    text = f"{number:.{DECIMALS}f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def kinds_of(text: str) -> tuple[ColumnType, ...]:
    """What a column of texts like this one may be.

    >>> kinds_of("0"), kinds_of("2.5"), kinds_of("none")
    (('integer', 'number'), ('number',), ())
    """
    return tuple(kind for kind, pattern in _KINDS.items() if re.match(pattern, text))


class FromAbove:
    """Fills a column downwards, over the seams of batches.

    >>> above = FromAbove(limit=2)
    >>> above.fill(pl.Series(["a", None])).to_list()
    ['a', 'a']
    >>> above.fill(pl.Series([None, None], dtype=pl.String)).to_list()
    ['a', None]
    """

    def __init__(self, limit: int | None) -> None:
        self._limit = limit
        self._last: str | None = None
        #: Missing cells since the last value.
        self._gap = 0

    def fill(self, column: pl.Series) -> pl.Series:
        ahead = _seam(self._last, self._gap, self._limit)
        filled = pl.concat([ahead, column]).fill_null(strategy="forward", limit=self._limit)
        present = column.is_not_null().arg_true()
        if present.is_empty():
            self._gap += column.len()
        else:
            self._last = column[int(present[-1])]
            self._gap = column.len() - 1 - int(present[-1])
        return filled.slice(ahead.len()).alias(column.name)


class FromBelow:
    """Fills a column upwards. Learns the first value of every batch, then is given the batches
    again.
    """

    def __init__(self, limit: int | None) -> None:
        self._limit = limit
        #: Of each batch: height, and the texts at its top with the rows before each, up to the
        #: first that is surely a value. Any of the others may turn out to stand for nothing.
        self._tops: list[tuple[int, dict[str, int]]] = []
        self._batch = 0
        self._missing: frozenset[str] = frozenset()

    def observe(self, column: pl.Series, doubtful: Collection[str]) -> None:
        """`doubtful`: texts that may turn out to stand for a missing cell."""
        top: dict[str, int] = {}
        sure = (column.is_not_null() & ~column.is_in(list(doubtful))).arg_true()
        end = column.len() if sure.is_empty() else int(sure[0]) + 1
        for row, text in enumerate(column.head(end)):
            if text is not None:
                top.setdefault(text, row)
        self._tops.append((column.len(), top))

    def settle(self, missing: Collection[str]) -> None:
        self._missing = frozenset(missing)

    def fill(self, column: pl.Series) -> pl.Series:
        self._batch += 1
        value, gap = self._next(self._batch)
        below = _seam(value, gap, self._limit).reverse()
        filled = pl.concat([column, below]).fill_null(strategy="backward", limit=self._limit)
        return filled.head(column.len()).alias(column.name)

    def _next(self, batch: int) -> tuple[str | None, int]:
        """The first value below, and the missing cells before it."""
        gap = 0
        for height, top in self._tops[batch:]:
            values = {row: text for text, row in top.items() if text not in self._missing}
            if values:
                row = min(values)
                return values[row], gap + row
            gap += height
        return None, gap


def _seam(value: str | None, gap: int, limit: int | None) -> pl.Series:
    """A value and the missing cells that lie between it and the next batch, as many as
    matter.
    """
    if value is None:
        return pl.Series([], dtype=pl.String)
    between = 0 if limit is None else min(gap, limit)
    return pl.Series([value, *[None] * between], dtype=pl.String)
