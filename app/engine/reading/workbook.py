"""Workbooks: the sheet, the region of the table in it, and its cells as text.

Calamine reads them. A workbook is an archive that may unfold to any size, so what it unfolds to
is
measured first, by unfolding it, not by what it declares.
"""

from __future__ import annotations

import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path

import polars as pl
from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    PasswordError,
    SheetVisibleEnum,
    WorksheetNotFound,
    XmlError,
    ZipError,
)

from app.engine.errors import SourceError
from app.engine.reading.compound_file import check_chains
from app.engine.reading.contract import Inspection, ReadingOptions, Rejected, TableBatch
from app.engine.reading.pieces import from_cells
from app.engine.reading.sheet_cells import SheetRow, rows_of
from app.engine.reading.sheet_errors import error_cells
from app.engine.reading.source import OLE, entries_of
from app.engine.reading.structure import SampleRecord, find_structure

#: What all parts of a workbook may unfold to, together. Calamine holds a sheet in memory.
MAX_UNFOLDED_BYTES = 1024**3
MAX_COLUMNS = 100_000
BATCH_ROWS, BATCH_CELLS = 131_072, 1_000_000
SAMPLE_ROWS = 500


class WorkbookTable:
    """One sheet of a workbook as a table."""

    def __init__(self, path: Path, options: ReadingOptions) -> None:
        self.format = format_of(path)
        if self.format == "xls":
            check_chains(path)
        else:
            check_unfolded_size(path)
        workbook = opened(path)
        self.sheets = list(workbook.sheet_names)
        self._cells = chosen_sheet(workbook, options)
        self.sheet = self._cells.name
        self._errors = error_cells(path, self.sheet) if self.format in ("xlsx", "xlsm") else {}
        if (self._cells.width or 0) > MAX_COLUMNS:
            raise SourceError(
                "too_many_columns",
                f"The sheet has {self._cells.width} columns; {MAX_COLUMNS} can be read.",
            )
        sample = [
            SampleRecord(row.cells, row.line)
            for row in islice(self._sheet_rows(), SAMPLE_ROWS)
            if any(row.cells)
        ]
        self.structure = find_structure(sample, options)
        self._usual = max(1, sum(record.filled for record in sample) // max(1, len(sample)))
        self._rows = self._rejected = 0

    @property
    def inspection(self) -> Inspection:
        """What is known so far; rows and rejected are those read so far."""
        structure = self.structure
        return Inspection(
            format=self.format,
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
            rejected=self._rejected,
            confidence=1.0,
            warnings=[*structure.warnings, *self._error_warnings()],
        )

    def _error_warnings(self) -> list[str]:
        kinds = Counter(text for row in self._errors.values() for text in row.values())
        if not kinds:
            return []
        named = ", ".join(f"{text} {count}" for text, count in kinds.most_common(8))
        return [f"Cells that hold an error instead of a value: {named}"]

    def count(self) -> Inspection:
        self._rows = self._rejected = 0
        for record in self._records():
            self._rows += not isinstance(record, Rejected)
            self._rejected += isinstance(record, Rejected)
        return self.inspection

    def batches(self) -> Iterator[TableBatch]:
        size = max(1, min(BATCH_ROWS, BATCH_CELLS // max(1, self.structure.width)))
        records = self._records()
        self._rows = self._rejected = 0
        while (chunk := list(islice(records, size))) or not self._rows + self._rejected:
            yield self._batch(chunk)
            if not chunk:
                return

    def _batch(self, chunk: list[tuple[int, list[str]] | Rejected]) -> TableBatch:
        rows = [each for each in chunk if not isinstance(each, Rejected)]
        rejected = [each for each in chunk if isinstance(each, Rejected)]
        self._rows += len(rows)
        self._rejected += len(rejected)
        columns = self.structure.columns
        empty = pl.DataFrame(schema=dict.fromkeys(columns, pl.String))
        return TableBatch(
            frame=from_cells(columns, [cells for _, cells in rows]) if rows else empty,
            records=pl.Series("record", [number for number, _ in rows], dtype=pl.UInt64),
            rejected=rejected,
            share_read=self._share(),
        )

    def _share(self) -> float:
        return min(1.0, (self._rows + self._rejected) / max(1, self._cells.height))

    def _records(self) -> Iterator[tuple[int, list[str]] | Rejected]:
        """The records below the header, numbered.

        Rows without anything in them are margins, not records. After such a gap, a row with
        one cell in a table of several is a note, and set aside.
        """
        width, left, number = self.structure.width, self.structure.header_rows, 0
        gap = False
        for row in self._sheet_rows():
            if row.line <= self.structure.skip_lines:
                continue
            if not any(row.cells):
                gap = True
                continue
            if left:
                left -= 1
                continue
            number += 1
            filled = sum(1 for cell in row.cells if cell)
            if gap and filled == 1 < min(width - 1, self._usual):
                yield note(number, row)
                continue
            gap = False
            yield number, row.cells[:width]

    def _sheet_rows(self) -> Iterator[SheetRow]:
        return rows_of(self._cells, self._errors)


def note(number: int, row: SheetRow) -> Rejected:
    return Rejected(
        record=number,
        line=row.line,
        reason=f"stands apart from the table: 1 of {len(row.cells)} cells is filled",
        raw=" ".join(cell for cell in row.cells if cell),
    )


def format_of(path: Path) -> str:
    """xlsx, xlsm, xlsb, ods or xls."""
    with path.open("rb") as file:
        if file.read(len(OLE)) == OLE:
            return "xls"
    names = entries_of(path)
    if "content.xml" in names:
        return "ods"
    if any(name.endswith("workbook.bin") for name in names):
        return "xlsb"
    return "xlsm" if any(name.endswith("vbaProject.bin") for name in names) else "xlsx"


def check_unfolded_size(path: Path) -> None:
    """Raises SourceError workbook_too_large, by what is declared and by what there is."""
    with zipfile.ZipFile(path) as archive:
        if sum(entry.file_size for entry in archive.infolist()) > MAX_UNFOLDED_BYTES:
            raise too_large()
        left = MAX_UNFOLDED_BYTES
        for entry in archive.infolist():
            left -= unfolded_size(archive, entry, left)
            if left < 0:
                raise too_large()


def unfolded_size(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, limit: int) -> int:
    """How many bytes the part unfolds to, counted no further than just above the limit."""
    size = 0
    try:
        with archive.open(entry) as part:
            while size <= limit and (chunk := part.read(1024 * 1024)):
                size += len(chunk)
    except RuntimeError:
        raise encrypted() from None
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError, OSError):
        # A damaged part that is not needed does no harm: Calamine judges those that are.
        return size
    return size


def opened(path: Path) -> CalamineWorkbook:
    with refusing():
        return CalamineWorkbook.from_path(str(path))


@contextmanager
def refusing(what: str = "") -> Iterator[None]:
    """Calamine's errors as SourceError encrypted_workbook or broken_workbook."""
    try:
        yield
    except PasswordError:
        raise encrypted() from None
    except (CalamineError, WorksheetNotFound, ZipError, XmlError, OSError) as error:
        raise broken(f"{what}{error}") from None
    except BaseException as error:
        # A panic in Rust is no Exception, so that nobody catches it by mistake.
        if type(error).__name__ != "PanicException":
            raise
        raise broken(f"{what}it cannot be made sense of") from None


def chosen_sheet(workbook: CalamineWorkbook, options: ReadingOptions) -> CalamineSheet:
    """The sheet asked for, or the first that has cells and is not hidden, or the first that
    has.

    Raises: SourceError no_such_sheet; empty_file when no sheet has any cell.
    """
    names = workbook.sheet_names
    if options.sheet is not None:
        if options.sheet not in names:
            raise SourceError(
                "no_such_sheet",
                f"The workbook has no sheet {options.sheet!r}; it has: {', '.join(names)}.",
            )
        return sheet_of(workbook, options.sheet)
    shown = {
        sheet.name
        for sheet in workbook.sheets_metadata
        if sheet.visible == SheetVisibleEnum.Visible
    }
    for name in sorted(names, key=lambda name: name not in shown):
        sheet = sheet_of(workbook, name)
        if sheet.height:
            return sheet
    raise SourceError("empty_file", "No sheet of the workbook has any cell filled.")


def sheet_of(workbook: CalamineWorkbook, name: str) -> CalamineSheet:
    with refusing(f"sheet {name!r}: "):
        return workbook.get_sheet_by_name(name)


def broken(detail: str) -> SourceError:
    return SourceError("broken_workbook", f"The workbook is damaged: {detail.rstrip('.')}.")


def encrypted() -> SourceError:
    return SourceError(
        "encrypted_workbook", "The workbook is encrypted; save it without a password."
    )


def too_large() -> SourceError:
    gib = MAX_UNFOLDED_BYTES // 1024**3
    return SourceError("workbook_too_large", f"The workbook unfolds to more than {gib} GiB.")
