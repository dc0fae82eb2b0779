"""A sheet's cells as text."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from python_calamine import CalamineSheet

from app.engine.reading.sheet_errors import Errors

#: Merged cells are spread in so many rows at the top, where headers are.
HEADER_ROWS = 20
#: Whole numbers are exact up to here; Excel itself shows 15 digits.
EXACT = 10**15


@dataclass(frozen=True, slots=True)
class SheetRow:
    cells: list[str]
    #: The row's number in the sheet, from 1.
    line: int


def rows_of(sheet: CalamineSheet, errors: Errors) -> Iterator[SheetRow]:
    """The rows of the sheet, from its first column that holds anything.

    Merged cells have their value in the first of them; near the top, where they head several
    columns, in each of them.
    """
    first, left = sheet.start or (0, 0)
    spread = merged_above(sheet, first, left)
    # Calamine yields the blank rows above the region too, but not the columns left of it.
    for number, row in enumerate(sheet.iter_rows()):
        cells = [as_text(cell) for cell in row]
        for column, text in errors.get(number, {}).items():
            if left <= column < left + len(cells):
                cells[column - left] = text
        for start, stop in spread.get(number, ()):
            if start < len(cells):
                cells[start:stop] = [cells[start]] * (min(stop, len(cells)) - start)
        yield SheetRow(cells, number + 1)


def merged_above(
    sheet: CalamineSheet, first: int, left: int
) -> dict[int, list[tuple[int, int]]]:
    """By row: the columns, counted from the region's first, that are merged side by side.

    What is merged over the whole width is a title and stays one cell.
    """
    spread: dict[int, list[tuple[int, int]]] = {}
    for (top, start), (bottom, end) in sheet.merged_cell_ranges or []:
        wide = 0 < end - start < sheet.width - 1
        if wide and top == bottom and top < first + HEADER_ROWS and start >= left:
            spread.setdefault(top, []).append((start - left, end - left + 1))
    return spread


def as_text(cell: Any) -> str:
    """A cell as text: whole numbers without a point, dates and times as ISO 8601.

    >>> [as_text(c) for c in ("00123", 5.0, 0.1 + 0.2, True)]
    ['00123', '5', '0.3', 'TRUE']
    >>> as_text(dt.datetime(2024, 1, 5)), as_text(dt.datetime(2024, 1, 5, 9, 30))
    ('2024-01-05', '2024-01-05 09:30:00')
    >>> as_text(dt.time(9, 30)), as_text(dt.timedelta(hours=30, minutes=5))
    ('09:30:00', '30:05:00')
    """
    match cell:
        case str():
            return cell
        case bool():
            return "TRUE" if cell else "FALSE"
        case int():
            return str(cell)
        case float():
            return number_text(cell)
        case dt.datetime():
            return moment_text(cell)
        case dt.timedelta():
            return duration_text(cell)
        case _:
            return str(cell)


def number_text(number: float) -> str:
    if number.is_integer() and abs(number) < EXACT:
        return str(int(number))
    return f"{number:.15g}"


def moment_text(moment: dt.datetime) -> str:
    """Rounded to milliseconds: Excel counts days in floating point."""
    moment += dt.timedelta(microseconds=500)
    moment = moment.replace(microsecond=moment.microsecond // 1000 * 1000)
    if moment.time() == dt.time():
        return moment.date().isoformat()
    return moment.isoformat(
        sep=" ", timespec="milliseconds" if moment.microsecond else "seconds"
    )


def duration_text(duration: dt.timedelta) -> str:
    seconds = round(duration.total_seconds())
    sign = "-" if seconds < 0 else ""
    minutes, seconds = divmod(abs(seconds), 60)
    return f"{sign}{minutes // 60:02d}:{minutes % 60:02d}:{seconds:02d}"
