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
from app.engine.running.spool import Chunk, Spool

#: What one segment is to hold; up to twice as much where keys are spread unevenly.
SEGMENT_BYTES = 32 * 1024 * 1024
#: Keys noted from each run.
SAMPLES = 64
#: Rows of a run that are read at once: a stretch of every run is in memory together, each with
#: what surrounds it in its first and last block.
BLOCK_ROWS = 4096
#: Rows of a batch that is handed on.
BATCH_ROWS = 131_072
# No column can be called these: NUL bytes never get past the reader.
_SIDE, _KEY = "\x00side", "\x00key"


class SortedSpool:
    """Read as a Spool is, as often as wanted: all chunks put in, in the order asked for. Rows
    with the same keys stay in the order in which they came.
    """

    def __init__(
        self, folder: Path, name: str, order: RowOrder, segment_bytes: int = SEGMENT_BYTES
    ) -> None:
        self._runs = Spool(folder, name, block_rows=BLOCK_ROWS)
        self._order = order
        self._segment_bytes = segment_bytes
        self._samples: list[pl.DataFrame] = []
        #: The names of the key columns.
        self._keys: list[str] = []

    def append(self, chunk: Chunk) -> None:
        if chunk.frame.is_empty():
            return
        keys = self._order.keys(chunk.frame)
        keys.columns = self._keys = [f"{_KEY}{place}" for place in range(keys.width)]
        places = self._places(keys)
        self._samples.append(keys[places.gather_every(max(1, keys.height // SAMPLES))])
        # The keys wait with the rows: making them again would cost more than reading them.
        self._runs.append(Chunk(chunk.frame.hstack(keys)[places], chunk.records[places]))

    def shares(self) -> Iterator[tuple[Chunk, float]]:
        """Each batch, with the share of all rows that are done once it is."""
        done = 0
        for chunk in self:
            done += chunk.frame.height
            yield chunk, done / max(self._runs.rows, 1)

    def __iter__(self) -> Iterator[Chunk]:
        splitters = self._splitters()
        runs = self._runs.columns(self._keys)
        cuts = [_cuts(self._order, keys, splitters) for keys in runs]
        for number in range(2 * splitters.height + 1):
            bounds = [(cut[number], cut[number + 1]) for cut in cuts]
            if any(start < end for start, end in bounds):
                is_tie = number % 2 == 1
                pieces = self._runs.parts(bounds)
                for piece in pieces if is_tie else self._merged(pieces):
                    yield Chunk(piece.frame.drop(self._keys), piece.records)

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

    def _merged(self, pieces: Iterator[Chunk]) -> Iterator[Chunk]:
        """The stretches as one, in order, in batches."""
        chunks = list(pieces)
        frame = pl.concat([chunk.frame for chunk in chunks])
        records = pl.concat([chunk.records for chunk in chunks])
        places = self._places(frame.select(self._keys))
        for start in range(0, frame.height, BATCH_ROWS):
            batch = places.slice(start, BATCH_ROWS)
            yield Chunk(frame[batch], records[batch])


def _cuts(order: RowOrder, keys: pl.DataFrame, splitters: pl.DataFrame) -> list[int]:
    """Where the segments of a sorted run begin and end: before and behind the rows that equal
    each splitter, from 0 to the end.
    """
    if splitters.is_empty():
        return [0, keys.height]
    # Among equals the order is kept: a splitter in front of the rows, and again behind them.
    sides = [(splitters, -1), (keys, 0), (splitters, 1)]
    lined_up = pl.concat(frame.with_columns(pl.lit(side).alias(_SIDE)) for frame, side in sides)
    side = lined_up.sort(
        splitters.columns,
        descending=order.descending,
        nulls_last=order.nulls_last,
        maintain_order=True,
    )[_SIDE]
    rows_before = (side == 0).cum_sum()
    return [0, *rows_before.filter(side != 0), keys.height]
