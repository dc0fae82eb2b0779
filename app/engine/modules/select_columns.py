"""Keep, drop and reorder columns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import polars as pl

from app.engine.module import ColumnParams, Meta, Outcome


@dataclass(frozen=True, kw_only=True)
class Params(ColumnParams):
    """`columns`: which ones, in the order they shall have."""

    #: keep has them alone, drop all others; first and last move them to that end of the table.
    action: Literal["keep", "drop", "first", "last"] = "keep"


def select_columns(batch: pl.DataFrame, params: Params) -> Outcome:
    """Have the columns that `params` ask for, in that order; no cell is looked at.

    >>> batch = pl.DataFrame({"id": ["1"], "note": ["x"], "name": ["Ada"]})
    >>> select_columns(batch, Params(columns=("name", "id"))).frame.columns
    ['name', 'id']
    """
    warnings = [] if params.columns else ["Nothing to select: no columns are named."]
    return Outcome(frame=batch.select(list(selected(params, batch.columns))), warnings=warnings)


def selected(params: Params, columns: list[str]) -> dict[str, str]:
    """The columns afterwards. Raises ValueError when there would be none.

    >>> list(selected(Params(columns=("c",), action="first"), ["a", "b", "c"]))
    ['c', 'a', 'b']
    """
    named = list(dict.fromkeys(params.columns or ()))
    if not named:
        return {name: name for name in columns}
    others = [name for name in columns if name not in named]
    order = {
        "keep": named,
        "drop": others,
        "first": named + others,
        "last": others + named,
    }[params.action]
    if not order:
        raise ValueError("no column would be left")
    return {name: name for name in order}


META = Meta(
    key="select_columns",
    name="Select Columns",
    description="Only the columns that are wanted, in the order that is wanted.",
    order=14,
    params=Params,
    header=selected,
)
