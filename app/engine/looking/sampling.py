"""Some rows of a table, drawn evenly from all of it while it streams past."""

from __future__ import annotations

import polars as pl

#: A sample never holds more rows, nor more cells.
SAMPLE_ROWS, SAMPLE_CELLS = 50_000, 2_000_000
_SEED = 0x5851F42D4C957F2D


class RowSample:
    """Keeps a row by a hash of its place, so a table gives the same sample however it is cut.

    Rows that stand together are kept or left one by one, not in strides: groups of two or three
    neighbours would fall between those. A table that fits is kept whole.

    >>> sample = RowSample(rows=100)
    >>> for start in range(0, 1000, 50):
    ...     sample.add(pl.DataFrame({"n": range(start, start + 50)}).cast(pl.String))
    >>> 25 <= sample.frame().height <= 100
    True
    """

    def __init__(self, *, rows: int = SAMPLE_ROWS) -> None:
        self._most = rows
        self._seen = 0
        self._kept: list[tuple[pl.DataFrame, pl.Series]] = []
        #: Only rows whose hash is a multiple of this are kept.
        self._one_in = 1

    def add(self, batch: pl.DataFrame) -> None:
        places = pl.int_range(self._seen, self._seen + batch.height, eager=True)
        self._seen += batch.height
        self._kept.append(self._thinned(batch, places.hash(_SEED)))
        while self._height() > min(self._most, SAMPLE_CELLS // max(1, batch.width)):
            self._one_in *= 2
            self._kept = [self._thinned(frame, hashes) for frame, hashes in self._kept]

    def frame(self) -> pl.DataFrame:
        return pl.concat([frame for frame, _ in self._kept]) if self._kept else pl.DataFrame()

    def _height(self) -> int:
        return sum(frame.height for frame, _ in self._kept)

    def _thinned(
        self, frame: pl.DataFrame, hashes: pl.Series
    ) -> tuple[pl.DataFrame, pl.Series]:
        if self._one_in == 1:
            return frame, hashes
        stays = hashes % self._one_in == 0
        return frame.filter(stays), hashes.filter(stays)
