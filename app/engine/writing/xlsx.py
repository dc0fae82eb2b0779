"""Excel: one worksheet, typed cells, text as text (a formula in a cell stays a text)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path

import polars as pl
import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from app.engine.errors import CannotWrite
from app.engine.module import ColumnType
from app.engine.writing.spreadsheet import is_formula
from app.engine.writing.typed import scan_clean

# https://support.microsoft.com/office/1672b34d-7043-467e-8e27-269d656771c3
MAX_ROWS = 1_048_576
MAX_COLUMNS = 16_384
MAX_CELL = 32_767  # UTF-16 units
#: Excel keeps 15 digits: a longer whole number is written as text rather than bent.
EXACT = 10**15
_OPTIONS = {
    "constant_memory": True,
    "strings_to_numbers": False,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "nan_inf_to_errors": True,
}
_DATE_FORMATS: dict[str, str] = {"date": "yyyy-mm-dd", "datetime": "yyyy-mm-dd hh:mm:ss"}


def write_xlsx(source: Path, target: Path, types: Mapping[str, ColumnType]) -> None:
    """Raises CannotWrite when rows, columns or a text go over what a worksheet holds."""
    _write(source, target, types, safe=False)


def write_safe_xlsx(source: Path, target: Path, types: Mapping[str, ColumnType]) -> int:
    """As `write_xlsx`, with texts that look like formulas marked as texts the way Excel itself
    does it: they stay texts when someone edits them, and none is changed. How many there are.
    """
    return _write(source, target, types, safe=True)


def _write(source: Path, target: Path, types: Mapping[str, ColumnType], *, safe: bool) -> int:
    table = scan_clean(source, types)
    columns = table.collect_schema().names()
    if len(columns) > MAX_COLUMNS:
        raise CannotWrite(
            f"A worksheet holds {MAX_COLUMNS:,} columns; the table has {len(columns):,}."
        )
    with xlsxwriter.Workbook(target, _OPTIONS) as workbook:
        sheet = workbook.add_worksheet("clean")
        bold = workbook.add_format({"bold": True})
        quoted = workbook.add_format({"quote_prefix": True})
        quoted_bold = workbook.add_format({"bold": True, "quote_prefix": True})
        sheet.write_row(0, 0, columns, bold)
        marked = 0
        if safe:
            header = pl.Series(columns, dtype=pl.String)
            for column in pl.select(is_formula(pl.lit(header)).arg_true()).to_series():
                sheet.write_string(0, column, columns[column], quoted_bold)
                marked += 1
        sheet.freeze_panes(1, 0)
        formats = [
            workbook.add_format({"num_format": _DATE_FORMATS[kind]})
            if (kind := types.get(name, "text")) in _DATE_FORMATS
            else None
            for name in columns
        ]
        row = 1
        for batch in table.collect_batches(maintain_order=True):
            if row + batch.height > MAX_ROWS:
                raise CannotWrite(
                    f"A worksheet holds {MAX_ROWS - 1:,} rows; the table has more. "
                    "Take csv or parquet."
                )
            formulas = _formulas(batch) if safe else {}
            _write_batch(sheet, batch, row, formats, formulas, quoted)
            marked += sum(map(len, formulas.values()))
            row += batch.height
    return marked


def _formulas(batch: pl.DataFrame) -> dict[int, set[int]]:
    """Column -> rows of the batch that hold a text which looks like a formula."""
    return {
        batch.get_column_index(name): set(
            batch.select(is_formula(pl.col(name)).fill_null(False).arg_true()).to_series()
        )
        for name in batch.select(pl.col(pl.String)).columns
    }


def _write_batch(
    sheet: Worksheet,
    batch: pl.DataFrame,
    row: int,
    formats: list[Format | None],
    formulas: Mapping[int, Collection[int]],
    quoted: Format,
) -> None:
    for offset, cells in enumerate(batch.iter_rows()):
        for column, cell in enumerate(cells):
            if cell is None:
                continue
            if isinstance(cell, int) and abs(cell) >= EXACT:
                cell = str(cell)
            format = quoted if offset in formulas.get(column, ()) else formats[column]
            if sheet.write(row + offset, column, cell, format) == -2:
                raise CannotWrite(
                    f'Row {row + offset} has a text in "{batch.columns[column]}" that is '
                    f"longer than the {MAX_CELL:,} characters a cell holds."
                )
