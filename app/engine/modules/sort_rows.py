"""Put the rows in order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

import msgspec
import polars as pl

from app.engine.module import Column, ColumnParams, Meta, Outcome, RowOrder
from app.engine.values.collation import sort_key
from app.engine.values.comparing import EXACT, numbers


@dataclass(frozen=True, kw_only=True)
class Params(ColumnParams):
    """`columns`: what to sort by, the weightiest first; by default all, from left to right."""

    #: Those among them that go from large to small, from Z to A, from late to early.
    descending: tuple[Column, ...] = ()
    #: Where rows go whose cell is missing.
    missing: Literal["last", "first"] = "last"
    #: Language of the texts, for the place of letters such as ç and å.
    locale: Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z]{2,3}([-_][A-Za-z0-9]+)*$")] = "en"

    def __post_init__(self) -> None:
        if self.columns is not None:
            for name in self.descending:
                if name not in self.columns:
                    raise ValueError(f'"{name}" is in descending, and not in columns')

    def by(self, header: list[str]) -> list[str]:
        return header if self.columns is None else list(dict.fromkeys(self.columns))


class Order:
    """A learner that has nothing to learn: each cell says by itself where it belongs."""

    def __init__(self, params: Params, columns: list[str]) -> None:
        self._params = params
        self._by = params.by(columns)

    def observe(self, batch: pl.DataFrame) -> None:
        """Nothing of a batch must be known."""

    def finish(self) -> RowOrder:
        descending, nulls_last = [], []
        for name in self._by:
            down = name in self._params.descending
            descending += [self._params.missing == "first", down, down]
            # Numbers come before texts, or behind them where all is turned round.
            nulls_last += [True, not down, True]
        return RowOrder(keys=self.keys, descending=descending, nulls_last=nulls_last)

    def keys(self, batch: pl.DataFrame) -> pl.DataFrame:
        """Three for each column: whether a cell is missing, the number it is, its text."""
        keys = []
        for place, name in enumerate(self._by):
            cells = batch[name]
            number = numbers(cells)
            # What a double cannot tell apart is told apart by its digits.
            text = sort_key(cells, self._params.locale).set(number.abs() < EXACT, None)
            keys += [
                cells.is_null().alias(f"{place} missing"),
                number.alias(f"{place} number"),
                text.alias(f"{place} text"),
            ]
        return pl.DataFrame(keys)


def sort_rows(batch: pl.DataFrame, params: Params, order: RowOrder) -> Outcome:
    """Hand on the rows, which come in order.

    Plain numbers and ISO dates go by what they say, texts by the alphabet, without regard to
    case and accents; a column that has both has its numbers first. Rows that are equal in every
    column stay as they follow each other, so sorting twice does no more than sorting once.
    Shape: rows, cells and columns unchanged. A row keeps its record number in the report.

    >>> from app.engine.testing import try_module
    >>> try_module("sort_rows", {"n": ["10", "x", "9"]}).frame["n"].to_list()
    ['9', '10', 'x']
    """
    return Outcome(frame=batch)


def _needs_order(params: Params, columns: list[str]) -> Order | None:
    return Order(params, columns) if params.by(columns) else None


META = Meta(
    key="sort_rows",
    name="Sort Rows",
    description="Rows in order: numbers by value, texts by the alphabet of their language.",
    order=90,
    params=Params,
    learn=_needs_order,
    reorders=True,
    better_after={
        "convert_types": "numbers that are not written plainly are sorted as texts",
        "trim_spaces": "a blank in front of a text moves it to the top",
    },
)
