"""Remove rows that say the same as another row."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import polars as pl

from app.engine.module import Column, ColumnParams, Meta, Outcome

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
        self._hashes: list[pl.DataFrame] = []

    def observe(self, batch: pl.DataFrame) -> None:
        rows = batch.select(self._key)
        self._hashes.append(pl.DataFrame({f"h{seed}": rows.hash_rows(seed) for seed in SEEDS}))

    def finish(self) -> Removal:
        hashes = pl.concat(self._hashes) if self._hashes else pl.DataFrame({"h": []})
        self._hashes = []
        return Removal(_to_remove(hashes, self._params.keep))


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


def _to_remove(hashes: pl.DataFrame, keep: str) -> pl.Series:
    # The first hash alone rules out nearly every row, at half the memory of both.
    suspects = hashes.to_series(0).is_duplicated()
    if not suspects.any():
        return suspects
    places = suspects.arg_true()
    pairs = hashes[places].to_struct("row")
    if keep == "first":
        extra = ~pairs.is_first_distinct()
    elif keep == "last":
        extra = ~pairs.is_last_distinct()
    else:
        extra = pairs.is_duplicated()
    remove = pl.repeat(False, hashes.height, dtype=pl.Boolean, eager=True)
    return remove.scatter(places.filter(extra), True)


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
