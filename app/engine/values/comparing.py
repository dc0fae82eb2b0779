"""Cells held against a value or against each other: as numbers, as dates, never as letters.

Cells are text, so "9" comes after "10" and "05.01.2024" before "31.12.2023". What is compared
here must therefore be written plainly (-1234.50) or as ISO dates; a cell that is not is neither
less nor greater, and the caller is told so by a null.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable
from contextlib import suppress
from datetime import date, datetime
from typing import Any, Literal

import polars as pl

Value = str | int | float | bool
Order = Literal["less", "at_most", "greater", "at_least"]
ORDERS: dict[str, Callable[[Any, Any], Any]] = {
    "less": operator.lt,
    "at_most": operator.le,
    "greater": operator.gt,
    "at_least": operator.ge,
}
#: Whole numbers beyond this are not told apart by a double.
EXACT = 2**53
_NUMBER = r"^[+-]?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?$"
_DATE = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}"
_DATETIME = _DATE + r"[T ][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]+)?)?$"


def bound(value: Value) -> float | date | datetime:
    """What a value stands for when cells are held against it. Raises ValueError when cells have
    no order beside it.

    >>> bound("2.5"), bound("2024-01-05")
    (2.5, datetime.date(2024, 1, 5))
    """
    if not isinstance(value, bool | str):
        if abs(value) >= EXACT:
            raise ValueError(f"{value} has more digits than can be compared")
        return float(value)
    if isinstance(value, str) and re.match(_NUMBER, value):
        return float(value)
    with suppress(ValueError):  # a 30th of February is no date either
        if isinstance(value, str) and re.match(_DATE + "$", value):
            return date.fromisoformat(value)
        if isinstance(value, str) and re.match(_DATETIME, value):
            return datetime.fromisoformat(value)
    raise ValueError(
        f'"{value}" is neither a plain number (1234.50) nor a date (2024-01-05 or '
        "2024-01-05T09:30:00)"
    )


def compared(cells: pl.Series, order: str, value: Value) -> pl.Series:
    """Whether each cell is less, at most, ... `value`; null where it is missing or cannot be
    compared.

    A date is compared with the date of a cell, whatever time stands there too.

    >>> compared(pl.Series(["9", "10", "ten", None]), "less", 10).to_list()
    [True, False, None, None]
    """
    limit = bound(value)
    if isinstance(limit, datetime):
        left = moments(cells)
    elif isinstance(limit, date):
        left = moments(cells).dt.date()
    else:
        left = numbers(cells)
    result: pl.Series = ORDERS[order](left, limit)
    return result


def compared_with(cells: pl.Series, order: str, others: pl.Series) -> pl.Series:
    """Whether each cell is less, at most, ... the other one of its row: both numbers, or both
    dates; null where it cannot be said.

    >>> ends = pl.Series(["10", "2023"])
    >>> compared_with(pl.Series(["9", "2024-01-05"]), "less", ends).to_list()
    [True, None]
    """
    compare = ORDERS[order]
    by_number: pl.Series = compare(numbers(cells), numbers(others))
    by_date: pl.Series = compare(moments(cells), moments(others))
    return by_number.zip_with(by_number.is_not_null(), by_date)


def as_cell(value: Value) -> str:
    """A JSON value as the text of a cell.

    >>> as_cell(0), as_cell(False), as_cell("x")
    ('0', 'false', 'x')
    """
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def numbers(cells: pl.Series) -> pl.Series:
    """Plain numbers; null for what is none.

    >>> numbers(pl.Series(["-1234.50", "1.988,39", "NaN", " 5"])).to_list()
    [-1234.5, None, None, None]
    """
    found = cells.cast(pl.Float64, strict=False)
    return found.set(~found.is_finite(), None)


def moments(cells: pl.Series) -> pl.Series:
    """ISO dates and times, a date as its first moment; null for what is none, and for times
    with an offset, which stand for another moment than they seem to.

    >>> [str(moment) for moment in moments(pl.Series(["2024-01-05", "2024-01-05 09:30"]))]
    ['2024-01-05 00:00:00', '2024-01-05 09:30:00']
    """
    is_date = cells.str.contains(_DATE + "$")
    is_time = cells.str.contains(_DATETIME)
    texts = cells.set(~(is_date | is_time), None).str.replace(" ", "T", literal=True)
    texts = texts.zip_with(~is_date.fill_null(False), texts + "T00:00")
    texts = texts.zip_with((texts.str.len_bytes() != 16).fill_null(False), texts + ":00")
    return texts.str.to_datetime("%Y-%m-%dT%H:%M:%S%.f", strict=False, time_unit="us")
