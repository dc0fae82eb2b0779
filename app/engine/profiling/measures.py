"""Numbers and days of a column, under every reading they might have.

One pass cannot know yet whether a column writes 1.234 for a thousand or for a bit more than
one, nor whether its days or its months come first. So each reading keeps its own account, and
the one that the whole column proves is shown.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import polars as pl

from app.engine.numbers import APOSTROPHES, SPACES, Convention, candidate_pattern, plain_numbers
from app.engine.profiling.histogram import Histogram

_YEAR_FIRST = r"^([0-9]{4})[-/.]([0-9]{1,2})[-/.]([0-9]{1,2})(?:[T ,].*)?$"
_YEAR_LAST = r"^([0-9]{1,2})[-/.]([0-9]{1,2})[-/.]([0-9]{4})(?:[T ,].*)?$"
_EPOCH = date(1970, 1, 1).toordinal()


@dataclass
class Spread:
    """Exact count, sum, extremes and histogram of some numbers."""

    count: int = 0
    total: float = 0.0
    least: float = math.inf
    most: float = -math.inf
    histogram: Histogram = field(default_factory=Histogram)

    def add(self, values: pl.Series, weights: pl.Series) -> None:
        usable = values.is_finite()
        if not usable.all():
            values, weights = values.filter(usable), weights.filter(usable)
        if values.is_empty():
            return
        numbers, times = values.to_numpy(), weights.to_numpy()
        self.count += int(times.sum())
        self.total += float((numbers * times).sum())
        self.least = min(self.least, float(numbers.min()))
        self.most = max(self.most, float(numbers.max()))
        self.histogram.add(numbers, times)

    def merge(self, other: Spread) -> None:
        self.count += other.count
        self.total += other.total
        self.least = min(self.least, other.least)
        self.most = max(self.most, other.most)
        self.histogram.merge(other.histogram)


class Numbers:
    """Numbers under both decimal marks. `units` may stand beside them."""

    def __init__(self, units: tuple[str, ...]) -> None:
        self._units = units
        self._candidate = candidate_pattern(units)
        blanks = SPACES + APOSTROPHES
        self._readings = {
            mark: (Convention(mark, other + blanks), Spread())
            for mark, other in ((".", ","), (",", "."))
        }

    def add(self, counted: pl.DataFrame) -> None:
        """`counted`: distinct texts and their counts."""
        candidates = counted.filter(pl.col("text").str.contains(self._candidate))
        if candidates.is_empty():
            return
        for convention, spread in self._readings.values():
            pattern = convention.pattern(self._units)
            fitting = candidates.filter(pl.col("text").str.contains(pattern))
            plain = plain_numbers(fitting["text"], convention, self._units)
            spread.add(plain.cast(pl.Float64), fitting["count"])

    def merge(self, other: Numbers) -> None:
        for mark, (_, spread) in self._readings.items():
            spread.merge(other._readings[mark][1])

    def under(self, decimal: str) -> Spread:
        return self._readings[decimal][1]


class Days:
    """Days as written with digits, with the year first or last."""

    def __init__(self) -> None:
        self._spreads = {order: Spread() for order in ("ymd", "dmy", "mdy")}
        #: Cells that only one order can read.
        self.proof = {"dmy": 0, "mdy": 0}

    def add(self, counted: pl.DataFrame) -> None:
        year_first = counted.filter(pl.col("text").str.contains(_YEAR_FIRST))
        if not year_first.is_empty():
            self._add("ymd", _parts(year_first, _YEAR_FIRST), ("1", "2", "3"))
        year_last = counted.filter(pl.col("text").str.contains(_YEAR_LAST))
        if year_last.is_empty():
            return
        parts = _parts(year_last, _YEAR_LAST)
        for order, month, day in (("dmy", "2", "1"), ("mdy", "1", "2")):
            only = parts.filter((pl.col(day) > 12) & pl.col(month).is_between(1, 12))
            self.proof[order] += int(only["count"].sum())
            self._add(order, parts, ("3", month, day))

    def _add(self, order: str, parts: pl.DataFrame, places: tuple[str, str, str]) -> None:
        written = pl.format(
            "{}-{}-{}", *(pl.col(place).cast(pl.String).str.zfill(2) for place in places)
        )
        days = parts.select(
            written.str.to_date("%Y-%m-%d", strict=False).cast(pl.Int32).alias("day"), "count"
        ).drop_nulls()
        self._spreads[order].add(days["day"].cast(pl.Float64), days["count"])

    def merge(self, other: Days) -> None:
        for order, spread in self._spreads.items():
            spread.merge(other._spreads[order])
        for order in self.proof:
            self.proof[order] += other.proof[order]

    @property
    def order(self) -> str | None:
        """Which part comes first, where the column proves it; None where it is open or the
        cells contradict each other.
        """
        by_year = self._spreads["ymd"].count
        proven = [order for order, cells in self.proof.items() if cells]
        if not proven and not any(self._spreads[order].count for order in self.proof):
            return "ymd" if by_year else None
        return proven[0] if len(proven) == 1 and not by_year else None

    def under(self, order: str) -> Spread:
        return self._spreads[order]


def number_figures(spread: Spread, *, whole: bool) -> dict[str, Any]:
    """min, max, mean and histogram, as the profile shows them."""

    def shown(value: float) -> int | float:
        return int(value) if whole else value

    return {
        "min": shown(spread.least),
        "max": shown(spread.most),
        "mean": float(f"{spread.total / spread.count:.12g}"),
        "histogram": [
            {"from": low, "to": high, "count": count}
            for low, high, count in spread.histogram.bars(whole=whole)
        ],
    }


def day_figures(spread: Spread) -> dict[str, Any]:
    """min, max and histogram of days, as ISO dates; `to` is the day after a bar's last."""
    return {
        "min": _iso(spread.least),
        "max": _iso(spread.most),
        "mean": None,
        "histogram": [
            {"from": _iso(low), "to": _iso(high), "count": count}
            for low, high, count in spread.histogram.bars(whole=True)
        ],
    }


def _parts(counted: pl.DataFrame, pattern: str) -> pl.DataFrame:
    groups = counted["text"].str.extract_groups(pattern).struct.unnest()
    return groups.cast(pl.Int32).with_columns(counted["count"])


def _iso(day: float) -> str:
    ordinal = min(max(int(day) + _EPOCH, 1), date.max.toordinal())
    return date.fromordinal(ordinal).isoformat()
