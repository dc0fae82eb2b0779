"""Every change of a run, as Parquet: which cell or row, by which module, before and after.

A watcher of the run: it costs nothing unless it is asked for, and no more memory than its
buffer however much changes.
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import polars as pl

from app.engine.module import Outcome
from app.engine.running.plan import Step
from app.engine.running.spool import Chunk

#: `row` is the record number in the source. `column` is null where a whole row went, and is the
#: column's name once the module is done.
SCHEMA = {
    "row": pl.UInt64,
    "column": pl.String,
    "module": pl.String,
    "change": pl.String,
    "before": pl.String,
    "after": pl.String,
}
#: What waits in memory before it is written.
BUFFER_BYTES = 16 * 1024 * 1024

Change = Literal["cell", "removed", "rejected"]


class ChangeLog:
    """Gathers changes in files within `folder`; `write` makes one Parquet file of them."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._parts: list[Path] = []
        self._buffer: list[pl.DataFrame] = []
        self._buffered = 0

    def read(self, chunk: Chunk) -> None:
        """Nothing has changed yet."""

    def wrote(self, chunk: Chunk) -> None:
        """Nothing changes any more."""

    def worked(
        self, step: Step, before: Chunk, stays: Chunk, after: pl.DataFrame, outcome: Outcome
    ) -> None:
        for old, new in step.pairs:
            differs = stays.frame[old].ne_missing(after[new])
            if differs.any():
                was = stays.frame[old].filter(differs)
                if step.module.meta.hides_cells:
                    was = was.clear(was.len())
                self._add(
                    step,
                    "cell",
                    stays.records.filter(differs),
                    column=new,
                    before=was,
                    after=after[new].filter(differs),
                )
        if outcome.rejected is not None:
            self._add(step, "rejected", before.records.filter(outcome.rejected.is_not_null()))
        if outcome.removed is not None:
            removed = outcome.removed
            if outcome.rejected is not None:
                removed = removed & outcome.rejected.is_null()
            self._add(step, "removed", before.records.filter(removed))

    def mark(self) -> int:
        self._flush()
        return len(self._parts)

    def rewind(self, mark: int) -> None:
        self._buffer, self._buffered = [], 0
        for path in self._parts[mark:]:
            path.unlink()
        del self._parts[mark:]

    def write(self, path: Path) -> None:
        """All changes, pass by pass, in the order of the rows within each batch."""
        self._flush()
        if self._parts:
            pl.scan_ipc(self._parts).sink_parquet(path, compression="zstd")
        else:
            pl.DataFrame(schema=SCHEMA).write_parquet(path, compression="zstd")
        self.rewind(0)

    def _add(
        self,
        step: Step,
        change: Change,
        rows: pl.Series,
        *,
        column: str | None = None,
        before: pl.Series | None = None,
        after: pl.Series | None = None,
    ) -> None:
        if rows.is_empty():
            return
        frame = pl.DataFrame({"row": rows}).with_columns(
            pl.lit(column, pl.String).alias("column"),
            pl.lit(step.key).alias("module"),
            pl.lit(change).alias("change"),
            pl.lit(before, pl.String).alias("before"),
            pl.lit(after, pl.String).alias("after"),
        )
        self._buffer.append(frame)
        self._buffered += int(frame.estimated_size())
        if self._buffered > BUFFER_BYTES:
            self._flush()

    def _flush(self) -> None:
        if not self._buffer:
            return
        path = self._folder / f"changes.{len(self._parts)}.arrow"
        pl.concat(self._buffer).write_ipc(path)
        self._parts.append(path)
        self._buffer, self._buffered = [], 0
