"""Make one column of several."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import msgspec
import polars as pl

from app.engine.module import ColumnParams, Meta, Outcome


@dataclass(frozen=True, kw_only=True)
class Params(ColumnParams):
    """`columns`: the ones to merge, in the order their texts shall have."""

    #: What the new column is called; it may be the name of one of them.
    into: Annotated[str, msgspec.Meta(min_length=1)] = "merged"
    #: What comes between two texts.
    separator: str = " "
    #: Whether the columns that were merged stay.
    keep: bool = False
    #: Leave a missing cell out, with its separator. Else it is an empty text, so that a place
    #: always means the same column.
    skip_missing: bool = True


def merge_columns(batch: pl.DataFrame, params: Params) -> Outcome:
    """Put the texts of some columns behind one another, where the first of them stands.

    The merged cell is missing where all of them are.

    >>> batch = pl.DataFrame({"first": ["Ada", None], "last": ["Lovelace", "Plato"]})
    >>> merge_columns(batch, Params(columns=("first", "last"), into="name")).frame.rows()
    [('Ada Lovelace',), ('Plato',)]
    """
    if not params.columns:
        return Outcome(frame=batch, warnings=["Nothing to merge: no columns are named."])
    cells = [pl.col(name) for name in dict.fromkeys(params.columns)]
    if params.skip_missing:
        merged = pl.concat_str(cells, separator=params.separator, ignore_nulls=True)
    else:
        filled = [cell.fill_null("") for cell in cells]
        merged = pl.concat_str(filled, separator=params.separator)
    some = pl.any_horizontal(cell.is_not_null() for cell in cells)
    frame = batch.with_columns(pl.when(some).then(merged).alias(params.into))
    return Outcome(frame=frame.select(list(header(params, batch.columns))))


def header(params: Params, columns: list[str]) -> dict[str, str | None]:
    """Raises ValueError when another column has the name that the merged one is to have."""
    merged = set(params.columns or ())
    if not merged:
        return {name: name for name in columns}
    gone = set() if params.keep else merged
    if params.into in columns and params.into not in gone:
        raise ValueError(f'there is a column "{params.into}" already')
    names: dict[str, str | None] = {}
    for name in columns:
        if name in merged and params.into not in names:
            names[params.into] = params.into if params.into in columns else None
        if name not in gone:
            names[name] = name
    return names


META = Meta(
    key="merge_columns",
    name="Merge Columns",
    description="One column of several, with a separator between their texts.",
    order=72,
    params=Params,
    header=header,
)
