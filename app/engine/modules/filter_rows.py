"""Keep or drop the rows that conditions hold for."""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce
from operator import and_, or_
from typing import Literal

import polars as pl

from app.engine.module import ColumnParams, Meta, Outcome
from app.engine.values.conditions import Condition, judge


@dataclass(frozen=True, kw_only=True)
class Params(ColumnParams):
    """`columns`: where conditions look that name no column; all of them by default."""

    where: tuple[Condition, ...] = ()
    #: Whether all conditions must hold, or any of them.
    match: Literal["all", "any"] = "all"
    #: What to do with the rows for which they hold.
    action: Literal["keep", "drop"] = "keep"


def filter_rows(batch: pl.DataFrame, params: Params) -> Outcome:
    """Remove the rows for which the conditions do not hold, or those for which they do.

    A row about which it cannot be said, because a cell is no plain number or ISO date where one
    is compared, stays in either case; its cells are counted as odd.
    Shape: columns unchanged; the rows that stay keep their order.

    >>> batch = pl.DataFrame({"price": ["5", "15", "ask", None]})
    >>> params = Params(where=(Condition(column="price", test="at_least", value=10),))
    >>> filter_rows(batch, params).frame["price"].to_list()
    ['15', 'ask']
    """
    if not params.where:
        return Outcome(frame=batch, warnings=["Nothing to filter by: there are no conditions."])
    unsaid: dict[str, pl.Series] = {}
    holds = reduce(
        and_ if params.match == "all" else or_,
        [_holds(condition, batch, params, unsaid) for condition in params.where],
    )
    wanted = holds if params.action == "keep" else ~holds
    # What cannot be said is null all the way: unknown and false is false, unknown or true true.
    removed = ~wanted.fill_null(True)
    undecided = wanted.is_null()
    odd = {name: int((cells & undecided).sum()) for name, cells in unsaid.items()}
    odd = {name: count for name, count in odd.items() if count}
    return Outcome(
        frame=batch.filter(~removed),
        removed=removed,
        odd=odd,
        warnings=[
            f'Rows stay where "{name}" is no plain number or ISO date: it cannot be compared.'
            for name in odd
        ],
    )


def _holds(
    condition: Condition, batch: pl.DataFrame, params: Params, unsaid: dict[str, pl.Series]
) -> pl.Series:
    """Whether a condition holds for each row; `unsaid` is told of cells about which it cannot
    be said.
    """
    found = []
    for name in _columns(condition, batch, params):
        holds = judge(condition, batch[name], batch)
        found.append(holds)
        if holds.null_count():
            unsaid[name] = unsaid[name] | holds.is_null() if name in unsaid else holds.is_null()
    if not found:
        return pl.repeat(False, batch.height, eager=True)
    return reduce(and_ if condition.test.startswith("not_") else or_, found)


def _columns(condition: Condition, batch: pl.DataFrame, params: Params) -> list[str]:
    return params.among(batch.columns) if condition.column is None else [condition.column]


META = Meta(
    key="filter_rows",
    name="Filter Rows",
    description="Keeps or drops the rows for which conditions hold.",
    order=80,
    params=Params,
    better_after={
        "trim_spaces": "a blank at an end of a text keeps it from being equal to another",
        "convert_types": "numbers that are not written plainly cannot be compared",
    },
)
