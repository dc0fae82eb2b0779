"""Texts and how often each occurs, in bounded memory."""

from __future__ import annotations

import polars as pl

SCHEMA = {"text": pl.String, "count": pl.Int64, "first": pl.UInt64}


def counted(texts: pl.Series, records: pl.Series) -> pl.DataFrame:
    """Each text once: how often it occurs, and the first record it is in. Nulls are left out.

    >>> records = pl.Series([4, 5, 6, 7], dtype=pl.UInt64)
    >>> sorted(counted(pl.Series(["a", None, "b", "a"]), records).rows())
    [('a', 2, 4), ('b', 1, 6)]
    """
    frame = pl.DataFrame({"text": texts, "first": records}).drop_nulls("text")
    return _summed(frame.with_columns(count=pl.lit(1, pl.Int64)).select(list(SCHEMA)))


class Counts:
    """The most frequent texts. Exact until there are more than `limit` different ones; from
    then on rare ones are forgotten, and a count may be short of the truth by up to `error`.
    """

    def __init__(self, limit: int) -> None:
        self.error = 0
        self._limit = limit
        self._table = pl.DataFrame(schema=SCHEMA)

    @property
    def table(self) -> pl.DataFrame:
        """text, count, first (record); in no order."""
        return self._table

    @property
    def is_exact(self) -> bool:
        return self.error == 0

    @property
    def is_full(self) -> bool:
        """Whether what is held must be cut down before more is added."""
        return self._table.height > self._limit

    def add(self, batch: pl.DataFrame) -> None:
        """`batch`: as `counted` makes it."""
        if not self.is_exact:
            batch = self._worth_keeping(batch)
        if batch.is_empty():
            return
        if self._table.is_empty():
            self._table = batch
        else:
            self._table = _summed(pl.concat([self._table, batch]))

    def _worth_keeping(self, batch: pl.DataFrame) -> pl.DataFrame:
        """What of a batch is not there once only and new besides: nearly all of a column of
        identifiers is, and would be forgotten again at once.
        """
        held = pl.col("text").is_in(self._table["text"].implode())
        kept = batch.filter((pl.col("count") > 1) | held)
        self.error += kept.height < batch.height
        return kept

    def cut(self) -> None:
        """Forget the rarest texts, as many as it takes."""
        if not self.is_full:
            return
        ordered = self._table.sort("count", "text", descending=[True, False])
        keep = self._limit // 2
        self.error += int(ordered["count"][keep])
        self._table = ordered.head(keep)

    def merge(self, other: Counts) -> None:
        """Take in what another part of the table came to."""
        self.error += other.error
        self.add(other.table)

    def top(self, number: int) -> list[tuple[str, int, int]]:
        """The most frequent texts, each with its count and first record; of several alike, the
        first in the alphabet. One that forgetting has made doubtful is left out.
        """
        sure = self._table.filter(pl.col("count") > self.error)
        ordered = sure.sort("count", "text", descending=[True, False])
        return ordered.head(number).rows()


def _summed(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.group_by("text").agg(pl.col("count").sum(), pl.col("first").min())
