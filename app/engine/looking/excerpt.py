"""The first rows of a table: as many as can be worked on while somebody waits."""

from __future__ import annotations

from collections.abc import Iterator

from app.engine.reading import Inspection, TableBatch, TableReader


class Excerpt:
    """A table that ends after `max_rows` rows, or `max_cells` cells. `is_whole` says, once it
    was read, whether that was all of it.
    """

    def __init__(
        self, table: TableReader, max_rows: int | None, max_cells: int | None = None
    ) -> None:
        self.is_whole = True
        self._table = table
        limits = [] if max_rows is None else [max_rows]
        if max_cells is not None:
            limits.append(max(max_cells // max(len(table.inspection.columns), 1), 1))
        #: Rows at most.
        self.max_rows = min(limits, default=2**62)

    @property
    def inspection(self) -> Inspection:
        return self._table.inspection

    def count(self) -> Inspection:
        return self._table.count()

    def batches(self) -> Iterator[TableBatch]:
        self.is_whole = True
        left = self.max_rows
        for batch in self._table.batches():
            if batch.frame.height > left:
                self.is_whole = False
                yield _head(batch, left)
                return
            left -= batch.frame.height
            yield batch


def _head(batch: TableBatch, rows: int) -> TableBatch:
    records = batch.records.head(rows)
    last = int(records[-1]) if rows else 0
    return TableBatch(
        frame=batch.frame.head(rows),
        records=records,
        rejected=[refused for refused in batch.rejected if refused.record <= last],
        share_read=1.0,
    )
