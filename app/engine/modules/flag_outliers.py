"""Point out numbers that lie far from the others of their column. No value is changed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

import msgspec
import polars as pl

from app.engine.module import ColumnParams, Meta, Outcome
from app.engine.values.comparing import numbers
from app.engine.values.filling import plain

#: Fewer numbers than this do not show what is usual.
MIN_NUMBERS = 8
#: Numbers kept in memory, 8 bytes each, over all columns, and at least in each. Quartiles of so
#: many, evenly spread, are those of the column for every practical purpose.
KEPT, LEAST_KEPT = 8_000_000, 10_000
#: Tukey's fences (Exploratory Data Analysis, 1977), and the modified z-score of Iglewicz and
#: Hoaglin (How to Detect and Handle Outliers, 1993), whose 0.6745 makes the median deviation of
#: a normal distribution its standard deviation.
THRESHOLDS = {"iqr": 1.5, "mad": 3.5}
_MAD_OF_NORMAL = 0.6745
#: An identifier rather than an amount.
_IDENTIFIER = r"^-?0[0-9]"


@dataclass(frozen=True, kw_only=True)
class Params(ColumnParams):
    """`columns`: by default all in which every cell is a plain number."""

    #: iqr goes by the distance from the quartiles, mad by that from the median; mad is not
    #: misled by many outliers.
    method: Literal["iqr", "mad"] = "iqr"
    #: How many times the spread a number may lie outside; by default 1.5 (iqr) or 3.5 (mad).
    threshold: Annotated[float, msgspec.Meta(gt=0)] | None = None
    #: A new column names, row by row, the columns that stand out; or the report alone tells.
    mark: Literal["column", "warn"] = "column"
    #: The new column.
    into: Annotated[str, msgspec.Meta(min_length=1)] = "outliers"


class Amounts:
    """Learns the numbers of one column: at most `most` of them, evenly spread over it, and none
    once a cell is no number.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._kept = pl.Series([], dtype=pl.Float64)
        #: Every so-manieth number is kept.
        self._stride = 1
        self._count = 0
        self._others = 0
        self._is_identifier = False

    def observe(self, column: pl.Series) -> None:
        cells = column.drop_nulls()
        found = numbers(cells)
        self._others += found.null_count()
        self._is_identifier = self._is_identifier or bool(cells.str.contains(_IDENTIFIER).any())
        if self._others or self._is_identifier:
            self._kept = self._kept.clear()
        else:
            self._keep(found)
        self._count += found.len() - found.null_count()

    def _keep(self, found: pl.Series) -> None:
        start = -self._count % self._stride
        self._kept = pl.concat([self._kept, found.gather_every(self._stride, start)])
        while self._kept.len() > self._most:
            self._kept = self._kept.gather_every(2)
            self._stride *= 2

    def judge(self, params: Params) -> Verdict:
        if self._is_identifier:
            return Verdict(reason="it holds identifiers")
        if self._others:
            is_mostly_text = self._others > self._count
            why = f"{self._others:,} of its cells are no plain numbers"
            return Verdict(reason="it holds text" if is_mostly_text else why,
                           is_text=is_mostly_text)  # fmt: skip
        if self._count < MIN_NUMBERS:
            few = f"{self._count} numbers do not show what is usual"
            return Verdict(reason=few, is_text=self._count == 0)
        low, high = _bounds(self._kept, params)
        if low == high:
            return Verdict(reason="most of its cells are the same")
        return Verdict(low=low, high=high)


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What is usual in a column, or the reason why that cannot be said."""

    low: float = 0.0
    high: float = 0.0
    reason: str | None = None
    #: Nobody would ask for outliers of this column.
    is_text: bool = False


class Usual:
    """Learns what is usual in each column."""

    def __init__(self, params: Params, columns: list[str]) -> None:
        self._params = params
        names = params.among(columns)
        most = max(KEPT // max(len(names), 1), LEAST_KEPT)
        self._amounts = {name: Amounts(most) for name in names}
        self.verdicts: dict[str, Verdict] = {}

    def observe(self, batch: pl.DataFrame) -> None:
        for name, amounts in self._amounts.items():
            amounts.observe(batch[name])

    def finish(self) -> Usual:
        self.verdicts = {name: amounts.judge(self._params)
                         for name, amounts in self._amounts.items()}  # fmt: skip
        self._amounts = {}
        return self

    @property
    def judged(self) -> dict[str, Verdict]:
        return {name: each for name, each in self.verdicts.items() if each.reason is None}

    @property
    def not_judged(self) -> list[str]:
        asked_for = self._params.columns is not None
        return [
            f'"{name}" was not judged: {each.reason}.'
            for name, each in self.verdicts.items()
            if each.reason is not None and (asked_for or not each.is_text)
        ]


def flag_outliers(batch: pl.DataFrame, params: Params, usual: Usual) -> Outcome:
    """Name the outliers of each row in a new column, count them as odd, and tell of them.

    Not judged: columns with identifiers (leading zeros), with a cell that is no plain number,
    with fewer than 8 numbers, and such in which most cells are the same; the report says so.
    Shape: rows and cells unchanged; one column more, with mark="column".

    >>> from app.engine.testing import try_module
    >>> trial = try_module("flag_outliers", {"n": ["1", "2", "3", "2", "1", "2", "3", "99"]})
    >>> trial.frame["outliers"].to_list()
    [None, None, None, None, None, None, None, 'n']
    """
    flags = {name: _outside(batch[name], each) for name, each in usual.judged.items()}
    odd = {name: int(rows.sum()) for name, rows in flags.items() if rows.any()}
    frame = batch
    if params.mark == "column":
        frame = batch.with_columns(_named(flags, batch.height).alias(params.into))
    said = [f'"{name}" has cells outside {plain(usual.judged[name].low)} to '
            f'{plain(usual.judged[name].high)}; details.counts says how many.'
            for name in odd]  # fmt: skip
    bounds = {name: [each.low, each.high] for name, each in usual.judged.items()}
    return Outcome(
        frame=frame,
        odd=odd,
        warnings=[*usual.not_judged, *said],
        details={"usual": bounds},
        counts=odd,
    )


def _bounds(amounts: pl.Series, params: Params) -> tuple[float, float]:
    """The least and the largest number that is usual.

    >>> _bounds(pl.Series([1.0, 2.0, 3.0, 4.0, 5.0]), Params())
    (-1.0, 7.0)
    """
    threshold = THRESHOLDS[params.method] if params.threshold is None else params.threshold
    if params.method == "iqr":
        low, high = _quantile(amounts, 0.25), _quantile(amounts, 0.75)
        reach = threshold * (high - low)
        return low - reach, high + reach
    middle = _quantile(amounts, 0.5)
    reach = threshold * _quantile((amounts - middle).abs(), 0.5) / _MAD_OF_NORMAL
    return middle - reach, middle + reach


def _quantile(amounts: pl.Series, part: float) -> float:
    value = amounts.quantile(part, interpolation="linear")
    assert value is not None
    return value


def _outside(cells: pl.Series, verdict: Verdict) -> pl.Series:
    amounts = numbers(cells)
    return ((amounts < verdict.low) | (amounts > verdict.high)).fill_null(False)


def _named(flags: dict[str, pl.Series], height: int) -> pl.Series:
    """For each row the columns in which it stands out."""
    named = [pl.when(pl.lit(rows)).then(pl.lit(name)) for name, rows in flags.items()]
    if not named:
        return pl.repeat(None, height, dtype=pl.String, eager=True)
    return pl.select(pl.concat_str(named, separator="; ", ignore_nulls=True)).to_series()


def _header(params: Params, columns: list[str]) -> list[str]:
    """Raises ValueError when the name of the new column is taken."""
    if params.mark == "column" and params.into in columns:
        raise ValueError(f'there is a column "{params.into}" already')
    return [*columns, params.into] if params.mark == "column" else columns


META = Meta(
    key="flag_outliers",
    name="Flag Outliers",
    description="Points out numbers far from the others of their column; changes none.",
    order=85,
    params=Params,
    learn=Usual,
    header=_header,
    better_after={"convert_types": "columns with numbers that are not plain are not judged"},
)
