"""CSV: UTF-8, commas, quotes where needed, a line feed after each record."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from pathlib import Path

import polars as pl


class CsvSink:
    """Takes the clean table batch by batch."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("wb")
        self._null = ""

    def begin(self, columns: Sequence[str]) -> None:
        """Write the header; forget every row written so far."""
        self._file.seek(0)
        self._file.truncate()
        # A blank line is no record to most readers: in a table of one column an empty cell is
        # written as "".
        self._null = '""' if len(columns) == 1 else ""
        self._file.write(f"{record(columns)}\n".encode())

    def write(self, frame: pl.DataFrame) -> None:
        frame.write_csv(self._file, include_header=False, null_value=self._null)

    def close(self) -> None:
        self._file.close()


def record(cells: Iterable[object]) -> str:
    """A record as CSV, without the line feed behind it.

    >>> record(["a,b", None, "1\\r2"])
    '"a,b",,"1\\r2"'
    """
    line = io.StringIO()
    # With this end csv quotes carriage returns too: bare ones end a record for most readers.
    csv.writer(line, lineterminator="\r\n").writerow(cells)
    return line.getvalue().removesuffix("\r\n")
