"""Some rows of a table, as they stand."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from app.engine.errors import Cancelled
from app.engine.reading import TableReader

#: Cells in one answer; of a very wide table there are fewer rows.
MAX_CELLS = 1_000_000


def rows_of(
    table: TableReader,
    offset: int,
    limit: int,
    is_cancelled: Callable[[], bool] | None = None,
) -> dict[str, Any]:
    """{columns, records, rows, has_more}: `limit` rows at most, after the first `offset`.

    `records` has the record number of each: those set aside while reading leave gaps. What lies
    behind the last row shown is not read. Raises SourceError, Cancelled.
    """
    limit = min(limit, max(MAX_CELLS // max(len(table.inspection.columns), 1), 1))
    rows: list[tuple[str | None, ...]] = []
    records: list[int] = []
    for batch in table.batches():
        if is_cancelled is not None and is_cancelled():
            raise Cancelled
        height = batch.frame.height
        if offset < height:
            # One more than is wanted tells whether there are more.
            wanted = limit + 1 - len(rows)
            rows += batch.frame.slice(offset, wanted).rows()
            records += batch.records.slice(offset, wanted).to_list()
        offset = max(offset - height, 0)
        if len(rows) > limit:
            break
    return {
        "columns": list(table.inspection.columns),
        "records": records[:limit],
        "rows": rows[:limit],
        "has_more": len(rows) > limit,
    }
