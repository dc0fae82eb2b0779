"""Pairs of rows worth comparing: those that agree in a column, or in an end of one."""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray

from app.engine.likeness.neighbours import pairs_at, window_for

#: Letters at the start or end of a cell by which its row is looked for too.
SHARED = 5
#: Pairs in all, over every column.
BUDGET = 1_500_000

_PARTS = ("whole", "start", "end")

Pairs = NDArray[np.uint32]


def candidate_pairs(table: pl.DataFrame, *, budget: int = BUDGET) -> Pairs:
    """Pairs of places of rows, the smaller first, sorted.

    Of the many rows that agree in something common, such as a city, only those are paired that
    stand near each other when all of them are sorted by their other columns.
    Shape: two columns of numbers.

    >>> table = pl.DataFrame({"name": ["ada", "bob", "ada"], "city": ["x", "y", "z"]})
    >>> candidate_pairs(table).tolist()
    [[0, 2]]
    """
    keys = [(place, part) for place in range(table.width) for part in _PARTS]
    found = [np.zeros(0, dtype=np.uint64)]
    for place, part in keys:
        blocks = _blocks(table, place, part)
        window = window_for(blocks, budget // len(keys))
        found += [_coded(pairs_at(blocks, step)) for step in range(1, window + 1)]
    codes = np.unique(np.concatenate(found))
    sides = [codes >> np.uint64(32), codes & np.uint64(0xFFFFFFFF)]
    return np.asarray(np.stack(sides, axis=1), dtype=np.uint32)


def _blocks(table: pl.DataFrame, place: int, part: str) -> pl.DataFrame:
    """item (a row's place) and block, sorted: blocks of two rows and more."""
    cells = table.to_series(place)
    if part != "whole":
        long = cells.str.len_chars() > SHARED
        cells = cells.str.head(SHARED) if part == "start" else cells.str.tail(SHARED)
        cells = cells.set(~long, None)
    names = table.columns[place + 1 :] + table.columns[:place]
    blocks = pl.DataFrame(
        {"item": pl.int_range(table.height, dtype=pl.Int64, eager=True), "block": cells.hash()}
    ).filter(cells.is_not_null() & cells.is_duplicated())
    if names:
        others = table.select(
            pl.concat_str(names, separator=" ", ignore_nulls=True)
        ).to_series()
        blocks = blocks.with_columns(order=others.gather(blocks["item"]))
        blocks = blocks.sort("block", "order", "item")
    return blocks.select("item", "block")


def _coded(pairs: pl.DataFrame) -> NDArray[np.uint64]:
    left, right = (pairs[side].to_numpy().astype(np.uint64) for side in ("left", "right"))
    return np.asarray(left << np.uint64(32) | right, dtype=np.uint64)
