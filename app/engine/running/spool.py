"""Batches that wait between two passes: in memory while they are few, then on disk."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

#: Batches beyond this are written to disk. A table of a few hundred thousand rows never is.
MEMORY_BYTES = 64 * 1024 * 1024
_RECORDS = "\x00records"  # no column can be called that: NUL bytes never get past the reader


@dataclass(frozen=True)
class Chunk:
    """Some rows on their way through the pipeline, and the record number of each."""

    frame: pl.DataFrame
    records: pl.Series

    def keep(self, mask: pl.Series) -> Chunk:
        return Chunk(self.frame.filter(mask), self.records.filter(mask))


class Spool:
    """Holds chunks in order. Read as often as wanted; `close` deletes what lies on disk.

    A chunk on disk is an Arrow IPC file, read back whole: it costs memory only while it is
    looked at.
    """

    def __init__(self, folder: Path, name: str, *, block_rows: int | None = None) -> None:
        """`block_rows`: how many rows of a chunk on disk must be read at once to see one."""
        self._block_rows = block_rows
        self._folder = folder
        self._name = name
        self._chunks: list[Chunk | Path] = []
        self._in_memory = 0
        self.rows = 0
        self.bytes = 0

    def append(self, chunk: Chunk) -> None:
        self.rows += chunk.frame.height
        size = int(chunk.frame.estimated_size())
        self.bytes += size
        if self._in_memory + size <= MEMORY_BYTES:
            self._in_memory += size
            self._chunks.append(chunk)
            return
        path = self._folder / f"{self._name}.{len(self._chunks)}.arrow"
        chunk.frame.with_columns(chunk.records.alias(_RECORDS)).write_ipc(
            path, record_batch_size=self._block_rows
        )
        self._chunks.append(path)

    def __iter__(self) -> Iterator[Chunk]:
        for item in self._chunks:
            if isinstance(item, Chunk):
                yield item
            else:
                frame = pl.read_ipc(item)
                yield Chunk(frame.drop(_RECORDS), frame[_RECORDS])

    def columns(self, names: Sequence[str]) -> Iterator[pl.DataFrame]:
        """Some columns of each chunk; the others are not read."""
        for item in self._chunks:
            if isinstance(item, Chunk):
                yield item.frame.select(names)
            else:
                yield pl.read_ipc(item, columns=list(names))

    def parts(self, bounds: Iterable[tuple[int, int]]) -> Iterator[Chunk]:
        """Of each chunk the rows from one place to another, where there are any."""
        for item, (start, end) in zip(self._chunks, bounds, strict=True):
            length = end - start
            if length <= 0:
                continue
            if isinstance(item, Chunk):
                yield Chunk(item.frame.slice(start, length), item.records.slice(start, length))
            else:
                frame = pl.scan_ipc(item).slice(start, length).collect()
                yield Chunk(frame.drop(_RECORDS), frame[_RECORDS])

    def shares(self) -> Iterator[tuple[Chunk, float]]:
        """Each chunk, with the share of all rows that are done once it is."""
        done = 0
        for chunk in self:
            done += chunk.frame.height
            yield chunk, done / max(self.rows, 1)

    def close(self) -> None:
        for item in self._chunks:
            if isinstance(item, Path):
                item.unlink(missing_ok=True)
        self._chunks.clear()
