"""Reading a whole small table, with the sums checked on the way."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from app.engine.reading import Inspection, ReadingOptions, inspect_file, open_table
from app.services.pipelines import reading_of


@dataclass
class Table:
    inspection: Inspection
    rows: list[tuple[str | None, ...]]
    records: list[int]
    rejected: list[dict[str, Any]]


def read(
    path: Path, options: ReadingOptions | None = None, filename: str | None = None
) -> Table:
    """Inspects, then opens with the stored settings as a job does, and holds the two against
    each other.
    """
    inspection = inspect_file(path, options, filename=filename)
    reader = open_table(
        path, ReadingOptions(**reading_of(inspection.as_dict())), filename=filename
    )
    table = Table(inspection, [], [], [])
    for batch in reader.batches():
        assert batch.frame.columns == inspection.columns
        assert batch.frame.height == len(batch.records)
        table.rows += batch.frame.rows()
        table.records += batch.records.to_list()
        table.rejected += [asdict(each) for each in batch.rejected]
    assert (inspection.rows, inspection.rejected) == (len(table.rows), len(table.rejected))
    assert (reader.inspection.rows, reader.inspection.rejected) == (
        inspection.rows,
        inspection.rejected,
    )
    numbers = sorted(table.records + [each["record"] for each in table.rejected])
    assert numbers == list(range(1, len(numbers) + 1))
    assert table.records == sorted(table.records)
    return table
