"""From numbers as they stand in cells to numbers written plainly, a whole column at a time."""

from __future__ import annotations

import math
from collections.abc import Callable
from decimal import Decimal

import polars as pl

from app.engine.values.amounts import Amount
from app.engine.values.numbers import APOSTROPHES, EXACT_DIGITS, SPACES

#: Digits of other scripts, their marks, and the marks of direction that stand among them.
_DIGITS = {
    chr(code + value): str(value)
    for code in (0x660, 0x6F0, 0x966, 0x9E6, 0xE50, 0xFF10)
    for value in range(10)
} | {"\u066b": ".", "\u066c": "'", "\uff0e": ".", "\uff0c": ",", "\uff05": "%"}
_DIRECTIONS = dict.fromkeys("\u200e\u200f\u061c\u202a\u202c", "")
#: Sums and products of a few decimals are off by no more of the last binary places.
NOISE_PLACES = 16
_ZERO = "\ue000"  # a letter nobody writes


def ascii_digits(cells: pl.Series) -> pl.Series:
    """Arabic, Persian, Indian, Thai and full-width digits as 0 to 9.

    >>> ascii_digits(pl.Series(["۱۲٬۵۰۰", "１２"])).to_list()
    ["12'500", '12']
    """
    if (cells.str.len_bytes() == cells.str.len_chars()).all():
        return cells
    return cells.str.replace_many(_DIGITS | _DIRECTIONS)


def as_shapes(cells: pl.Series) -> pl.Series:
    """Every digit as 9, but for a zero that a number begins with.

    >>> as_shapes(pl.Series(["12,50 TL", "007", "0,5"])).to_list()
    ['99,99 TL', '099', '0,9']
    """
    marked = cells.str.replace_all("(^|[^0-9.,])0", f"${{1}}{_ZERO}")
    return marked.str.replace_all("[0-9]", "9").str.replace_all(_ZERO, "0", literal=True)


def write_numbers(
    cells: pl.Series,
    keys: pl.Series,
    read: Callable[[str], Amount | None],
    open_mark: str | None,
    *,
    is_fraction: bool,
) -> pl.DataFrame:
    """For each cell: `plain`, its number, null where there is none; `unit`; `is_open`, whether
    it may be two numbers and nobody knows which.

    `keys`: what `read` is given for each cell: the cell, or its shape. `open_mark`: the decimal
    mark of cells that fit both, "group" or "mark" where the mark they have is one or the other,
    None to leave them. `is_fraction`: percentages are divided by a hundred.

        >>> write_numbers(pl.Series(["1.988,39 TL"]), pl.Series(["9.999,99 TL"]),
        ...     lambda key: Amount(start=0, length=8, marks=",", unit="TRY"), None,
        ...     is_fraction=False)["plain"].item()
        '1988.39'
    """
    table = pl.DataFrame({"cell": cells, "key": keys})
    found = _amounts(table["key"].unique(), read, is_fraction)
    table = table.join(found, on="key", how="left", maintain_order="left")
    mark, core = pl.col("mark"), pl.col("core")
    table = table.with_columns(core=pl.col("cell").str.slice(pl.col("start"), pl.col("length")))
    table = table.with_columns(mark=_settled(open_mark))
    table = table.with_columns(is_open=mark.is_null() & pl.col("start").is_not_null())
    bare = core.str.replace_all(f"[{SPACES}{APOSTROPHES}]", "")
    plain = (
        pl.when(mark == ".")
        .then(bare.str.replace_all(",", "", literal=True))
        .when(mark == ",")
        .then(bare.str.replace_all(".", "", literal=True).str.replace(",", ".", literal=True))
        .when(mark == "¤")
        .then(core.str.replace("[^0-9]+", "."))
        .when(mark == "")
        .then(bare)
    )
    table = table.with_columns(plain=plain.str.replace(r"^(\.|$)", "0${1}"))
    table = table.with_columns(
        plain=pl.when("negative").then("-" + pl.col("plain")).otherwise("plain")
    )
    return table.select(_scaled(table), "unit", "is_open")


def _amounts(
    keys: pl.Series, read: Callable[[str], Amount | None], is_fraction: bool
) -> pl.DataFrame:
    rows = []
    for key in keys:
        amount = read(key)
        if amount is not None:
            percent = 2 if is_fraction and amount.unit == "%" else 0
            rows.append((key, amount.start, amount.length, amount.marks, amount.is_negative,
                         amount.power - percent, amount.unit or None))  # fmt: skip
    return pl.DataFrame(
        rows,
        schema={"key": pl.String, "start": pl.Int64, "length": pl.Int64, "mark": pl.String,
                "negative": pl.Boolean, "power": pl.Int64, "unit": pl.String},
        orient="row",
    )  # fmt: skip


def _settled(open_mark: str | None) -> pl.Expr:
    """The decimal mark of each cell; null where nobody knows."""
    core, mark = pl.col("core"), pl.col("mark")
    has_point = core.str.contains(".", literal=True)
    if open_mark == "group":
        settled = pl.when(has_point).then(pl.lit(",")).otherwise(pl.lit("."))
    elif open_mark == "mark":
        settled = pl.when(has_point).then(pl.lit(".")).otherwise(pl.lit(","))
    else:
        settled = pl.lit(open_mark, dtype=pl.String)
    return pl.when(mark == ".,").then(settled).otherwise(mark)


def _scaled(table: pl.DataFrame) -> pl.Series:
    """The plain numbers, multiplied where a word of magnitude, a percent sign or an exponent
    says so.
    """
    plain = table["plain"]
    scaled = (table["power"] != 0) | plain.str.contains("[eE]")
    places = (scaled & plain.is_not_null()).arg_true()
    if places.is_empty():
        return plain
    pairs = table[places].select("plain", "power").iter_rows()
    made = pl.Series([plain_decimal(*pair) for pair in pairs], dtype=pl.String)
    return plain.clone().scatter(places, made)


def plain_decimal(text: str, power: int) -> str:
    """A decimal number times a power of ten, to the digit, without an exponent.

    >>> plain_decimal("1.5", 6), plain_decimal("12.5", -2), plain_decimal("2e-3", 0)
    ('1500000', '0.125', '0.002')
    """
    return format(Decimal(text).scaleb(power), "f")


def mended_float(text: str) -> str:
    """A plain decimal as it was before a computer's arithmetic, if its digits show such: over
    15 of them, and within a few of the last places of a number that has at most twelve.

    >>> mended_float("0.040999999999999995"), mended_float("0.30000000000000004")
    ('0.041', '0.3')
    >>> mended_float("3.141592653589793"), mended_float("0.05")
    ('3.141592653589793', '0.05')
    """
    if "." not in text or len(text.strip("-").replace(".", "").lstrip("0")) <= EXACT_DIGITS:
        return text
    value = float(text)
    short = Decimal(f"{value:.12g}")
    if abs(float(short) - value) > NOISE_PLACES * math.ulp(value):
        return text
    return format(short, "f")
