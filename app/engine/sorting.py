"""Chunks that wait between two passes, handed on in the order of a module's sort keys.

A table may be larger than memory, so it is sorted in two steps. First every chunk is sorted by
itself (a run) and a few keys are noted from each, evenly spaced. From these, splitters are
chosen that part the whole table into segments small enough to be sorted in memory; a segment
lies in one stretch of every run, because runs are sorted. Rows equal to a splitter are a
segment of their own, which is in order as it is: one key in most rows costs no memory either.

Source: H. Shi, J. Schaeffer, Parallel Sorting by Regular Sampling (1992).
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import polars as pl

from app.engine.module import RowOrder
from app.engine.spool import Chunk, Spool

#: What one segment is to hold; up to twice as much where keys are spread unevenly.
SEGMENT_BYTES = 32 * 1024 * 1024
#: Keys noted from each run.
SAMPLES = 64
#: Rows of a batch that is handed on.
BATCH_ROWS = 131_072
_SIDE = "\x00side"  # no column can be called that: NUL bytes never get past the reader


class SortedSpool:
    """Read as a Spool is, as often as wanted: all chunks put in, in the order asked for. Rows
    with the same keys stay in the order in which they came.
    """

    def __init__(
        self, folder: Path, name: str, order: RowOrder, segment_bytes: int = SEGMENT_BYTES
    ) -> None:
        self._runs = Spool(folder, name)
        self._order = order
        self._segment_bytes = segment_bytes
        self._samples: list[pl.DataFrame] = []

    def append(self, chunk: Chunk) -> None:
        if chunk.frame.is_empty():
            return
        keys = self._order.keys(chunk.frame)
        places = self._places(keys)
        self._runs.append(Chunk(chunk.frame[places], chunk.records[places]))
        step = max(1, keys.height // SAMPLES)
        self._samples.append(keys[places.gather_every(step)])

    def shares(self) -> Iterator[tuple[Chunk, float]]:
        """Each batch, with the share of all rows that are done once it is."""
        done = 0
        for chunk in self:
            done += chunk.frame.height
            yield chunk, done / max(self._runs.rows, 1)

    def __iter__(self) -> Iterator[Chunk]:
        splitters = self._splitters()
        cuts = [_cuts(self._order, run.frame, splitters) for run in self._runs]
        for number in range(2 * splitters.height + 1):
            bounds = [(cut[number], cut[number + 1]) for cut in cuts]
            if any(start < end for start, end in bounds):
                is_tie = number % 2 == 1
                pieces = self._pieces(bounds)
                yield from pieces if is_tie else self._merged(pieces)

    def close(self) -> None:
        self._runs.close()
        self._samples.clear()

    def _places(self, keys: pl.DataFrame) -> pl.Series:
        """The rows in order, each by its place now."""
        return keys.select(
            pl.arg_sort_by(
                keys.columns,
                descending=self._order.descending,
                nulls_last=self._order.nulls_last,
                maintain_order=True,
            )
        ).to_series()

    def _splitters(self) -> pl.DataFrame:
        """Keys at which the table is parted: distinct, in order."""
        segments = -(-self._runs.bytes // self._segment_bytes)
        if segments <= 1:
            return self._samples[0].clear() if self._samples else pl.DataFrame()
        samples = pl.concat(self._samples)
        samples = samples[self._places(samples)]
        chosen = [samples.height * part // segments for part in range(1, segments)]
        return samples[chosen].unique(maintain_order=True)

    def _pieces(self, bounds: list[tuple[int, int]]) -> Iterator[Chunk]:
        """A stretch of every run, where there is one."""
        for run, (start, end) in zip(self._runs, bounds, strict=True):
            if start < end:
                length = end - start
                yield Chunk(run.frame.slice(start, length), run.records.slice(start, length))

    def _merged(self, pieces: Iterator[Chunk]) -> Iterator[Chunk]:
        """The stretches as one, in order, in batches."""
        chunks = list(pieces)
        frame = pl.concat([chunk.frame for chunk in chunks])
        records = pl.concat([chunk.records for chunk in chunks])
        places = self._places(self._order.keys(frame))
        for start in range(0, frame.height, BATCH_ROWS):
            batch = places.slice(start, BATCH_ROWS)
            yield Chunk(frame[batch], records[batch])


def _cuts(order: RowOrder, run: pl.DataFrame, splitters: pl.DataFrame) -> list[int]:
    """Where the segments of a sorted run begin and end: before and behind the rows that equal
    each splitter, from 0 to the end.
    """
    if splitters.is_empty():
        return [0, run.height]
    # Among equals the order is kept: a splitter in front of the rows, and again behind them.
    sides = [(splitters, -1), (order.keys(run), 0), (splitters, 1)]
    lined_up = pl.concat(keys.with_columns(pl.lit(side).alias(_SIDE)) for keys, side in sides)
    side = lined_up.sort(
        splitters.columns,
        descending=order.descending,
        nulls_last=order.nulls_last,
        maintain_order=True,
    )[_SIDE]
    rows_before = (side == 0).cum_sum()
    return [0, *rows_before.filter(side != 0), run.height]
