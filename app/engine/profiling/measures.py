"""Numbers and days of a column, under every reading they might have.

One pass cannot know yet whether a column writes 1.234 for a thousand or for a bit more than
one, nor whether its days or its months come first. So each reading keeps its own account, and
the one that the whole column proves is shown.
"""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import polars as pl

from app.engine.profiling.histogram import Histogram
from app.engine.values.dates import Order, read_date
from app.engine.values.numbers import (
    APOSTROPHES,
    SPACES,
    Convention,
    candidate_pattern,
    plain_numbers,
)

ORDERS: tuple[Order, ...] = ("DMY", "MDY", "YMD")
#: A day in numbers that a time follows: the day alone, of which there are far fewer.
_NUMERIC_DAY = r"^([0-9]{1,4}[-/.][0-9]{1,2}[-/.][0-9]{1,4})[T ,].*$"


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
    """Days, each as every order of its parts would have it."""

    def __init__(self) -> None:
        self._spreads: dict[Order, Spread] = {order: Spread() for order in ORDERS}
        #: Cells that only one order can read.
        self.proof: Counter[Order] = Counter()
        #: Cells that several orders can.
        self.open = 0

    def add(self, dated: pl.DataFrame) -> None:
        """`dated`: distinct texts that look like dates, and their counts."""
        days = dated.group_by(pl.col("text").str.replace(_NUMERIC_DAY, "${1}")).agg(
            pl.col("count").sum()
        )
        found: dict[Order, list[tuple[int, int]]] = {order: [] for order in ORDERS}
        for text, count in days.iter_rows():
            reading = read_date(text)
            if reading is None:
                continue
            if len(reading.orders) > 1:
                self.open += count
            elif reading.is_numeric:
                self.proof[next(iter(reading.orders))] += count
            for order in ORDERS:
                day = reading.day(order)
                if day is not None:
                    found[order].append((day.toordinal(), count))
        for order, pairs in found.items():
            table = pl.DataFrame(pairs, schema=["day", "count"], orient="row")
            self._spreads[order].add(
                table["day"].cast(pl.Float64), table["count"].cast(pl.Int64)
            )

    def merge(self, other: Days) -> None:
        for order, spread in self._spreads.items():
            spread.merge(other._spreads[order])
        self.proof += other.proof
        self.open += other.open

    @property
    def order(self) -> Order | None:
        """The order that the column proves, or any where none matters; None where it is open,
        or cells contradict each other.
        """
        if len(self.proof) > 1 or (self.open and not self.proof):
            return None
        return next(iter(self.proof), "YMD")

    def under(self, order: Order) -> Spread:
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


def _iso(day: float) -> str:
    return date.fromordinal(min(max(int(day), 1), date.max.toordinal())).isoformat()
