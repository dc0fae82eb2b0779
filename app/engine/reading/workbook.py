"""Workbooks: the sheet, the region of the table in it, and its cells as text.

Calamine reads them. A workbook is an archive that may unfold to any size, so what it unfolds to
is
measured first, by unfolding it, not by what it declares.
"""

from __future__ import annotations

import datetime as dt
import zipfile
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import polars as pl
from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    PasswordError,
    WorksheetNotFound,
    XmlError,
    ZipError,
)

from app.engine.errors import SourceError
from app.engine.reading.contract import Inspection, ReadingOptions, TableBatch
from app.engine.reading.structure import SampleRecord, find_structure

#: What all parts of a workbook may unfold to, together. Calamine holds a sheet in memory.
MAX_UNFOLDED_BYTES = 1024 * 1024 * 1024
BATCH_CELLS = 1_000_000
SAMPLE_ROWS = 200


class WorkbookTable:
    """One sheet of a workbook as a table."""

    def __init__(self, path: Path, options: ReadingOptions) -> None:
        check_unfolded_size(path)
        workbook = opened(path)
        self.sheets = list(workbook.sheet_names)
        self.sheet = chosen_sheet(workbook, options)
        self._cells = sheet_of(workbook, self.sheet)
        self._first_line = (self._cells.start or (0, 0))[0] + 1
        sample = [
            SampleRecord(row, self._first_line + number)
            for number, row in enumerate(islice(self._text_rows(), SAMPLE_ROWS))
            if any(row)
        ]
        self.structure = find_structure(sample, options)
        self._rows = 0

    @property
    def inspection(self) -> Inspection:
        structure = self.structure
        return Inspection(
            format="xlsx",
            encoding=None,
            delimiter=None,
            quotechar=None,
            header=structure.header,
            header_rows=structure.header_rows,
            skip_lines=structure.skip_lines,
            sheet=self.sheet,
            sheets=self.sheets,
            columns=structure.columns,
            rows=self._rows,
            rejected=0,
            confidence=1.0,
            warnings=structure.warnings,
        )

    def count(self) -> Inspection:
        self._rows = sum(1 for _ in self._data())
        return self.inspection

    def batches(self) -> Iterator[TableBatch]:
        width = max(1, self.structure.width)
        size = max(1, min(131_072, BATCH_CELLS // width))
        rows = self._data()
        total = max(1, self._cells.height)
        self._rows = 0
        while True:
            chunk = list(islice(rows, size))
            if not chunk and self._rows:
                return
            first = self._rows + 1
            self._rows += len(chunk)
            yield TableBatch(
                frame=self._frame(chunk),
                records=pl.Series("record", range(first, first + len(chunk)), dtype=pl.UInt64),
                rejected=[],
                share_read=min(1.0, self._rows / total) if chunk else 1.0,
            )
            if not chunk:
                return

    def _frame(self, rows: list[list[str]]) -> pl.DataFrame:
        columns = self.structure.columns
        if not rows:
            return pl.DataFrame(schema=dict.fromkeys(columns, pl.String))
        cells = zip(*rows, strict=True)
        return pl.DataFrame(
            [
                pl.Series(name, [cell or None for cell in column], dtype=pl.String)
                for name, column in zip(columns, cells, strict=True)
            ]
        )

    def _data(self) -> Iterator[list[str]]:
        """The rows below the header. Rows without anything in them are the sheet's margins, not
        records.
        """
        skip = max(0, self.structure.skip_lines - self._first_line + 1)
        header_rows = self.structure.header_rows
        for row in islice(self._text_rows(), skip, None):
            if not any(row):
                continue
            if header_rows:
                header_rows -= 1
                continue
            yield row

    def _text_rows(self) -> Iterator[list[str]]:
        for row in self._cells.iter_rows():
            yield [as_text(cell) for cell in row]


def check_unfolded_size(path: Path) -> None:
    """Raises SourceError workbook_too_large; broken_workbook when a part cannot be unfolded."""
    if not zipfile.is_zipfile(path):
        return
    left = MAX_UNFOLDED_BYTES
    try:
        with zipfile.ZipFile(path) as archive:
            for entry in archive.infolist():
                left -= entry.file_size
                if left < 0:
                    raise too_large()
            left = MAX_UNFOLDED_BYTES
            for entry in archive.infolist():
                with archive.open(entry) as part:
                    while chunk := part.read(1024 * 1024):
                        left -= len(chunk)
                        if left < 0:
                            raise too_large()
    except (zipfile.BadZipFile, NotImplementedError, EOFError, OSError) as error:
        raise broken(str(error)) from None
    except RuntimeError:
        raise encrypted() from None


def opened(path: Path) -> CalamineWorkbook:
    try:
        return CalamineWorkbook.from_path(str(path))
    except PasswordError:
        raise encrypted() from None
    except (CalamineError, ZipError, XmlError, OSError) as error:
        raise broken(str(error)) from None


def chosen_sheet(workbook: CalamineWorkbook, options: ReadingOptions) -> str:
    """The sheet asked for, or the first that has cells.

    Raises: SourceError no_such_sheet; empty_file when no sheet has any cell.
    """
    names = workbook.sheet_names
    if options.sheet is not None:
        if options.sheet not in names:
            raise SourceError(
                "no_such_sheet",
                f"The workbook has no sheet {options.sheet!r}; it has: {', '.join(names)}.",
            )
        return options.sheet
    for name in names:
        if sheet_of(workbook, name).height:
            return name
    raise SourceError("empty_file", "No sheet of the workbook has any cell filled.")


def sheet_of(workbook: CalamineWorkbook, name: str) -> CalamineSheet:
    try:
        return workbook.get_sheet_by_name(name)
    except (CalamineError, WorksheetNotFound, ZipError, XmlError) as error:
        raise broken(f"sheet {name!r}: {error}") from None


def as_text(cell: Any) -> str:
    """A cell as text: whole numbers without a point, dates and times as ISO 8601.

    >>> [as_text(c) for c in ("00123", 5.0, 0.1, True)]
    ['00123', '5', '0.1', 'TRUE']
    >>> as_text(dt.datetime(2024, 1, 5)), as_text(dt.datetime(2024, 1, 5, 9, 30))
    ('2024-01-05', '2024-01-05 09:30:00')
    """
    match cell:
        case str():
            return cell
        case bool():
            return "TRUE" if cell else "FALSE"
        case float():
            return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
        case dt.datetime():
            if cell.time() == dt.time():
                return cell.date().isoformat()
            return cell.isoformat(sep=" ")
        case _:
            return str(cell)


def broken(detail: str) -> SourceError:
    return SourceError("broken_workbook", f"The workbook is damaged: {detail.rstrip('.')}.")


def encrypted() -> SourceError:
    return SourceError(
        "encrypted_workbook", "The workbook is encrypted; save it without a password."
    )


def too_large() -> SourceError:
    gib = MAX_UNFOLDED_BYTES // 1024**3
    return SourceError("workbook_too_large", f"The workbook unfolds to more than {gib} GiB.")
