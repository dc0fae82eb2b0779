"""The file of what was set aside: while reading, and by modules. CSV, UTF-8."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import polars as pl

from app.engine.reading import Rejected
from app.engine.running.spool import Chunk
from app.engine.writing.csv import record

COLUMNS = ("record", "line", "module", "reason", "raw")


class RejectsFile:
    """Written as the run goes; `rewind` takes back what a pass wrote that has to begin anew.

    `line` is known for records that reading refused, and empty for rows that a module did;
    `raw` is the record as it stood, or the row as it was when the module saw it.
    """

    def __init__(self, path: Path) -> None:
        self.count = 0
        self._file = path.open("wb+")
        self._file.write(f"{record(COLUMNS)}\n".encode())

    def add_read(self, rejected: Iterable[Rejected]) -> None:
        for item in rejected:
            line = record((item.record, item.line, "", item.reason, item.raw))
            self._file.write(f"{line}\n".encode())
            self.count += 1

    def add_rows(self, chunk: Chunk, module: str, reasons: pl.Series) -> None:
        """The rows of `chunk` that have a reason."""
        rows = reasons.is_not_null()
        refused = chunk.keep(rows)
        lines = pl.DataFrame(
            {
                "record": refused.records,
                "line": pl.repeat(None, refused.frame.height, dtype=pl.String, eager=True),
                "module": pl.repeat(module, refused.frame.height, eager=True),
                "reason": reasons.filter(rows),
                "raw": _as_records(refused.frame),
            }
        )
        lines.write_csv(self._file, include_header=False)
        self.count += lines.height

    def mark(self) -> tuple[int, int]:
        return self._file.tell(), self.count

    def rewind(self, mark: tuple[int, int]) -> None:
        position, self.count = mark
        self._file.seek(position)
        self._file.truncate()

    def close(self) -> None:
        self._file.close()


def _as_records(frame: pl.DataFrame) -> pl.Series:
    """Each row as a record of CSV.

    >>> _as_records(pl.DataFrame({"a": ["x,y", None], "b": ["1", "2"]})).to_list()
    ['"x,y",1', ',2']
    """
    cells = (
        pl.when(pl.col(name).str.contains('[",\r\n]'))
        .then(pl.format('"{}"', pl.col(name).str.replace_all('"', '""', literal=True)))
        .otherwise(pl.col(name))
        .fill_null("")
        for name in frame.columns
    )
    return frame.select(pl.concat_str(cells, separator=",")).to_series()
