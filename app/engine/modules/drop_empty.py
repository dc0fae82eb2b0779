"""Remove rows and columns that hold nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import polars as pl

from app.engine.module import ColumnParams, Meta, Outcome


@dataclass(frozen=True, kw_only=True)
class Params(ColumnParams):
    """`columns`: a row is empty when it has nothing in any of them; the others are not looked
    at, nor dropped.
    """

    what: Literal["rows", "columns", "both"] = "both"


class EmptyColumns:
    """Learns in which columns no cell holds anything."""

    def __init__(self, params: Params, columns: list[str]) -> None:
        self._empty = params.among(columns)
        self._rows = 0

    def observe(self, batch: pl.DataFrame) -> None:
        self._rows += batch.height
        nothing = (
            batch.select(pl.col(self._empty).is_null().all()).row(0) if self._empty else ()
        )
        self._empty = [name for name, is_empty in zip(self._empty, nothing, strict=True)
                       if is_empty]  # fmt: skip

    def finish(self) -> list[str]:
        # Without any row nothing is known of the columns.
        return self._empty if self._rows else []


def drop_empty(batch: pl.DataFrame, params: Params, empty: list[str] | None) -> Outcome:
    """Remove rows in which every cell is missing; the run takes out the empty columns.

    A column that a later step names stays, and so do all columns where every one is empty.
    Left alone: cells that hold blanks or tokens such as N/A; trim_spaces and handle_missing
    make those missing.
    Shape: the rows that stay keep their order.

    >>> batch = pl.DataFrame({"a": ["x", None], "b": ["y", None]})
    >>> drop_empty(batch, Params(), []).frame.rows()
    [('x', 'y')]
    """
    looked_at = params.among(batch.columns)
    if params.what == "columns" or not looked_at:
        return Outcome(frame=batch)
    removed = batch.select(pl.all_horizontal(pl.col(looked_at).is_null())).to_series()
    return Outcome(frame=batch.filter(~removed), removed=removed)


def _looks_at_columns(params: Params, columns: list[str]) -> EmptyColumns | None:
    return None if params.what == "rows" else EmptyColumns(params, columns)


def _empty(empty: list[str]) -> list[str]:
    return empty


META = Meta(
    key="drop_empty",
    name="Drop Empty",
    description="Removes rows and columns in which nothing stands.",
    order=52,
    params=Params,
    learn=_looks_at_columns,
    drops=_empty,
    better_after={
        "trim_spaces": "a cell of blanks counts as something",
        "handle_missing": "a token such as N/A counts as something",
    },
)
