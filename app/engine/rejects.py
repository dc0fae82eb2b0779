"""The file of what was set aside: while reading, and by modules. CSV, UTF-8."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import polars as pl

from app.engine.reading import Rejected
from app.engine.spool import Chunk
from app.engine.writing.csv import record

COLUMNS = ("record", "line", "module", "reason", "raw")


class RejectsFile:
    """Written as the run goes; `rewind` takes back what a pass wrote that has to begin anew.

    `line` is known for records that reading refused, and empty for rows that a module did;
    `raw` is the record as it stood, or the row as it was when the module saw it.
    """

    def __init__(self, path: Path) -> None:
        self.count = 0
        self._file = path.open("w+", encoding="utf-8", newline="")
        self._file.write(f"{record(COLUMNS)}\n")

    def add_read(self, rejected: Iterable[Rejected]) -> None:
        for item in rejected:
            self._add(item.record, item.line, "", item.reason, item.raw)

    def add_rows(self, chunk: Chunk, module: str, reasons: pl.Series) -> None:
        """The rows of `chunk` that have a reason."""
        rows = reasons.is_not_null()
        refused = chunk.keep(rows)
        for number, reason, cells in zip(
            refused.records, reasons.filter(rows), refused.frame.iter_rows(), strict=True
        ):
            self._add(number, None, module, reason, record(cells))

    def _add(self, number: int, line: int | None, module: str, reason: str, raw: str) -> None:
        self._file.write(f"{record((number, line, module, reason, raw))}\n")
        self.count += 1

    def mark(self) -> tuple[int, int]:
        return self._file.tell(), self.count

    def rewind(self, mark: tuple[int, int]) -> None:
        position, self.count = mark
        self._file.seek(position)
        self._file.truncate()

    def close(self) -> None:
        self._file.close()
