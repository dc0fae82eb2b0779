"""Excel: one worksheet, typed cells, text as text (a formula in a cell stays a text)."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import polars as pl
import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from app.engine.errors import CannotWrite
from app.engine.module import ColumnType
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
    table = scan_clean(source, types)
    columns = table.collect_schema().names()
    if len(columns) > MAX_COLUMNS:
        raise CannotWrite(
            f"A worksheet holds {MAX_COLUMNS:,} columns; the table has {len(columns):,}."
        )
    with xlsxwriter.Workbook(target, _OPTIONS) as workbook:
        sheet = workbook.add_worksheet("clean")
        bold = workbook.add_format({"bold": True})
        sheet.write_row(0, 0, columns, bold)
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
            _write_batch(sheet, batch, row, formats)
            row += batch.height


def _write_batch(
    sheet: Worksheet, batch: pl.DataFrame, row: int, formats: list[Format | None]
) -> None:
    for offset, cells in enumerate(batch.iter_rows()):
        for column, cell in enumerate(cells):
            if cell is None:
                continue
            if isinstance(cell, int) and abs(cell) >= EXACT:
                cell = str(cell)
            if sheet.write(row + offset, column, cell, formats[column]) == -2:
                raise CannotWrite(
                    f'Row {row + offset} has a text in "{batch.columns[column]}" that is '
                    f"longer than the {MAX_CELL:,} characters a cell holds."
                )
