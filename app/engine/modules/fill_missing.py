"""Put a value where cells are missing.

Missing means that nothing is there: handle_missing makes tokens such as N/A missing, this
module does not look for them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

import msgspec
import polars as pl

from app.engine.module import ALL_TYPES, ColumnParams, Meta, Outcome
from app.engine.values.comparing import Value, as_cell
from app.engine.values.filling import FromAbove, FromBelow, Gatherer, gatherer, kinds_of


@dataclass(frozen=True, kw_only=True)
class Params(ColumnParams):
    #: constant takes `value`; mean and median are of numbers; mode is the most frequent text;
    #: forward takes the cell above, backward the one below.
    strategy: Literal["constant", "mean", "median", "mode", "forward", "backward"] = "constant"
    #: What the strategy "constant" fills with; 0 and false are values.
    value: Value | None = None
    #: How many cells in a row forward and backward may fill.
    limit: Annotated[int, msgspec.Meta(ge=1)] | None = None

    def __post_init__(self) -> None:
        if self.value is not None and self.strategy != "constant":
            raise ValueError('value goes with the strategy "constant"')
        if self.value == "":
            raise ValueError('the value "" would leave missing cells missing')
        if self.limit is not None and self.strategy not in ("forward", "backward"):
            raise ValueError('limit goes with the strategies "forward" and "backward"')


class Fillers:
    """Learns what each column is filled with, and fills it, over the seams of batches."""

    def __init__(self, params: Params, columns: list[str]) -> None:
        names = params.among(columns)
        self.values: dict[str, str] = {}
        self.warnings: list[str] = []
        self._strategy = params.strategy
        self._statistics: dict[str, Gatherer] = {}
        self._above: dict[str, FromAbove] = {}
        self._below: dict[str, FromBelow] = {}
        if params.strategy == "forward":
            self._above = {name: FromAbove(params.limit) for name in names}
        elif params.strategy == "backward":
            self._below = {name: FromBelow(params.limit) for name in names}
        elif params.strategy != "constant":
            self._statistics = {name: gatherer(params.strategy) for name in names}

    def observe(self, batch: pl.DataFrame) -> None:
        for name, statistic in self._statistics.items():
            statistic.observe(batch[name])
        for name, below in self._below.items():
            below.observe(batch[name], doubtful=())

    def finish(self) -> Fillers:
        for name, statistic in self._statistics.items():
            value = statistic.value(missing=())
            if value is None:
                self.warnings.append(f'"{name}" has no {self._strategy} to fill with.')
            else:
                self.values[name] = value
        return self

    def filled(self, batch: pl.DataFrame) -> list[pl.Series]:
        near = self._above or self._below
        by_value = [batch[name].fill_null(value) for name, value in self.values.items()]
        return [filler.fill(batch[name]) for name, filler in near.items()] + by_value


def fill_missing(batch: pl.DataFrame, params: Params, fillers: Fillers | None) -> Outcome:
    """Fill the missing cells of `columns`; no other cell is changed.

    mean and median are of columns in which every cell is a plain number, rounded to 6 decimals;
    mode is of columns with at most 100 000 different texts. A column that has none is left as
    it is, and the report says so. A type that was proven before still holds where the value is
    of that type.
    Shape: unchanged.

    >>> batch = pl.DataFrame({"qty": ["1", None]})
    >>> fill_missing(batch, Params(value=0), None).frame["qty"].to_list()
    ['1', '0']
    """
    columns = params.among(batch.columns)
    if fillers is not None:
        kinds = {name: kinds_of(value) for name, value in fillers.values.items()}
        return Outcome(
            frame=batch.with_columns(fillers.filled(batch)),
            keeps={name: kinds.get(name, ALL_TYPES) for name in columns},
            warnings=fillers.warnings,
        )
    if params.value is None:
        return Outcome(frame=batch, warnings=["Nothing to fill with: no value is given."])
    value = as_cell(params.value)
    return Outcome(
        frame=batch.with_columns(pl.col(columns).fill_null(value)),
        keeps=dict.fromkeys(columns, kinds_of(value)),
    )


def _fillers(params: Params, columns: list[str]) -> Fillers | None:
    return None if params.strategy == "constant" else Fillers(params, columns)


META = Meta(
    key="fill_missing",
    name="Fill Missing",
    description="A constant, the mean, median, mode or a neighbour where cells are missing.",
    order=55,
    params=Params,
    learn=_fillers,
    better_after={"handle_missing": "tokens such as N/A are not missing yet"},
)
