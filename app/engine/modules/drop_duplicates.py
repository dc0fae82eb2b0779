"""Remove rows that say the same as another row."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
import polars as pl

from app.engine.module import Column, ColumnParams, Meta, Outcome

Hashes = npt.NDArray[np.uint64]

#: Two hashes of 64 bits with seeds of their own. Two different rows among ten million share
#: both with a probability below 1e-24: see docs/decisions/0006-finding-duplicates.md.
SEEDS = (0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F)


@dataclass(frozen=True, kw_only=True)
class Params(ColumnParams):
    #: Columns that make two rows the same; all of them by default. `columns` means the same.
    subset: tuple[Column, ...] | None = None
    #: Which of the rows that are the same stays.
    keep: Literal["first", "last", "none"] = "first"
    #: Accepted for callers of old; rows have no index here.
    reset_index: bool = True

    def __post_init__(self) -> None:
        if self.subset is not None and self.columns is not None:
            raise ValueError("subset and columns mean the same: give one of them")

    def key(self, header: list[str]) -> list[str]:
        chosen = self.subset if self.subset is not None else self.columns
        return header if chosen is None else [name for name in header if name in chosen]


class Duplicates:
    """Learns which rows to remove: 16 bytes a row while it learns, one bit a row afterwards."""

    def __init__(self, params: Params, columns: list[str]) -> None:
        self._params = params
        self._key = params.key(columns)
        #: The two hashes of every row, an array a batch.
        self._first: list[Hashes] = []
        self._second: list[Hashes] = []

    def observe(self, batch: pl.DataFrame) -> None:
        rows = batch.select(self._key)
        self._first.append(rows.hash_rows(SEEDS[0]).to_numpy())
        self._second.append(rows.hash_rows(SEEDS[1]).to_numpy())

    def finish(self) -> Removal:
        first, self._first = _joined(self._first), []
        second, self._second = _joined(self._second), []
        return Removal(_to_remove(first, second, self._params.keep))


class Removal:
    """One bit a row of the whole table, handed out batch by batch in order."""

    def __init__(self, rows: pl.Series) -> None:
        self._rows = rows
        self._cursor = 0

    def take(self, height: int) -> pl.Series:
        start, self._cursor = self._cursor, self._cursor + height
        return self._rows.slice(start, height)


def drop_duplicates(batch: pl.DataFrame, params: Params, removal: Removal) -> Outcome:
    """Remove every row that equals another one in the key columns, but the one to keep.

    Two missing cells are equal. Texts are equal when they are the same to the letter: blanks
    and case count, so trim first.
    Shape: columns unchanged; the rows that stay keep their order.
    """
    removed = removal.take(batch.height)
    return Outcome(frame=batch.filter(~removed), removed=removed)


def _to_remove(first: Hashes, second: Hashes, keep: str) -> pl.Series:
    """True for each row of the table that goes."""
    repeated = _repeated(first)
    # The first hash alone rules out nearly every row.
    places = pl.Series(first).is_in(pl.Series(repeated).implode()).arg_true()
    pairs = pl.DataFrame({"first": first[places], "second": second[places]}).to_struct()
    if keep == "first":
        extra = ~pairs.is_first_distinct()
    elif keep == "last":
        extra = ~pairs.is_last_distinct()
    else:
        extra = pairs.is_duplicated()
    remove = pl.repeat(False, first.size, dtype=pl.Boolean, eager=True)
    return remove.scatter(places.filter(extra), True)


def _repeated(hashes: Hashes) -> Hashes:
    """The hashes that occur more than once. Sorting takes 8 bytes a row; a hash table, 60."""
    ordered = np.sort(hashes)
    return np.unique(ordered[1:][ordered[1:] == ordered[:-1]])


def _joined(arrays: list[Hashes]) -> Hashes:
    return np.concatenate(arrays) if arrays else np.empty(0, dtype=np.uint64)


_BLANKS_FIRST = (
    'rows that differ only in blanks ("x" and "x ") both stay, and become the same later'
)
META = Meta(
    key="drop_duplicates",
    name="Drop Duplicates",
    description="Removes rows that say the same as another one.",
    order=40,
    params=Params,
    learn=Duplicates,
    better_after={
        "trim_spaces": _BLANKS_FIRST,
        "text_normalize": "rows that differ only in quotes, blanks or mojibake both stay",
    },
)
