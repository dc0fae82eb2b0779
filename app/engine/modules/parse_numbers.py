"""Read numbers as people write them: any convention, currency, unit, sign, word of magnitude;
also out of a text, when asked.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Annotated, Literal

import msgspec
import polars as pl

from app.engine.columns import for_each
from app.engine.module import ColumnParams, ColumnType, Meta, Outcome
from app.engine.values.amounts import Amount, holds_identifier, read_amount
from app.engine.values.cells import Invalid, Rewriting, read_distinct
from app.engine.values.numbers import PLAIN_INTEGER
from app.engine.values.prices import Several, find_amount
from app.engine.values.written import as_shapes, ascii_digits, mended_float, write_numbers


@dataclass(frozen=True, kw_only=True)
class Params(ColumnParams):
    #: Share of what is not missing that must be a number before anything is read in a column
    #: that `columns` does not name.
    threshold: Annotated[float, msgspec.Meta(gt=0, le=1)] = 0.7
    #: The decimal mark, where a column leaves it open ("1.234" may be 1234 or 1.234).
    decimal: Literal["auto", ".", ","] = "auto"
    #: What a lone mark before exactly three digits is, where neither the column nor `decimal`
    #: settles it. Prices are never written with three decimals: "thousands" is right for them.
    ambiguous: Literal["keep", "thousands", "decimals"] = "keep"
    #: Take the one number out of a text ("Now only 14,85 EUR per piece").
    within_text: bool = False
    #: Within a text: which price to take where it has several.
    several: Several = "keep"
    #: 10 % as 10 or as 0.1.
    percent: Literal["number", "fraction"] = "number"
    #: Write 0.30000000000000004, as computers add 0.1 and 0.2, as 0.3.
    mend_floats: bool = False
    #: Words of magnitude: 3 million, 2 bin, 1,5 Mio.; "letters" also reads 3k, 2M, 1B.
    magnitude: Literal["words", "letters"] = "words"
    #: Units to take off besides the known currencies and measures.
    units: tuple[str, ...] = ()
    #: Write the unit of each cell to a new column, named like its column plus this. A column
    #: may then have different units.
    unit_suffix: Annotated[str, msgspec.Meta(min_length=1)] | None = None
    #: What becomes of a cell that is no number in a column that is read.
    invalid: Invalid = "keep"

    def __post_init__(self) -> None:
        if self.unit_suffix is not None and self.columns is None:
            raise ValueError("unit_suffix needs columns: which ones get a column of units")
        if any(char.isdigit() for text in self.units for char in text):
            raise ValueError("units may not have digits in them")

    def read(self, cell: str) -> Amount | None:
        letters = self.magnitude == "letters"
        if self.within_text:
            return find_amount(cell, self.several, self.units, letters=letters)
        return read_amount(cell, self.units, letters=letters)

    def unit_columns(self) -> dict[str, str]:
        """Column -> the column its units go to."""
        if self.unit_suffix is None:
            return {}
        return {name: name + self.unit_suffix for name in self.columns or ()}


@dataclass(kw_only=True)
class Tally:
    """What a column was seen to hold: counts, however long it is."""

    filled: int = 0
    numbers: int = 0
    identifiers: int = 0
    #: "." and ",": cells that prove this decimal mark; ".,": cells that leave it open.
    marks: Counter[str] = field(default_factory=Counter)
    units: Counter[str] = field(default_factory=Counter)
    scaled: int = 0
    is_whole: bool = True
    #: Of the cells that leave it open, those with a "." and those with a ",".
    open_with: Counter[str] = field(default_factory=Counter)
    #: Numbers of digits of whole numbers without a unit, and how they are grouped.
    lengths: set[int] = field(default_factory=set)
    is_spaced: bool = False
    is_dotted: bool = False

    def add(self, cell: str, count: int, params: Params) -> None:
        amount = params.read(cell)
        if amount is None:
            self.identifiers += count if holds_identifier(cell) else 0
            return
        self.numbers += count
        if amount.marks:
            self.marks[amount.marks] += count
        self.units[amount.unit] += count
        self.scaled += count if amount.power else 0
        self.is_whole &= amount.is_whole
        core = cell[amount.start : amount.start + amount.length]
        if amount.marks == ".,":
            self.open_with["." if "." in core else ","] += count
        self.lengths.add(sum(char.isdigit() for char in core))
        self.is_spaced |= " " in core
        self.is_dotted |= core.count(".") == 3

    def add_plain(self, count: int) -> None:
        """Whole numbers that are written plainly already."""
        self.filled += count
        self.numbers += count
        if count:
            self.units[""] += count
            self.lengths.add(0)


@dataclass(frozen=True, kw_only=True)
class Finding:
    """What is to be done with a column."""

    is_read: bool = False
    #: The decimal mark of cells that leave it open; None keeps them as they are.
    open_mark: str | None = None
    #: The type of the whole column, were every cell read.
    kind: ColumnType = "number"
    is_all: bool = False
    #: Some cells may be two numbers, and nothing settles which.
    is_open: bool = False
    warnings: tuple[str, ...] = ()


class Numbers:
    """Learns how every column writes its numbers."""

    def __init__(self, params: Params, columns: list[str]) -> None:
        self._params = params
        self._tallies = {name: Tally() for name in params.among(columns)}

    def observe(self, batch: pl.DataFrame) -> None:
        for_each(lambda name: self._count(batch[name].drop_nulls()), self._tallies)

    def _count(self, column: pl.Series) -> None:
        tally = self._tallies[column.name]
        plain = column.str.contains(PLAIN_INTEGER)
        tally.add_plain(int(plain.sum()))
        rest = ascii_digits(column.filter(~plain))
        tally.filled += rest.len()
        if not self._params.within_text:
            rest = as_shapes(rest)
        for cell, count in rest.alias("text").value_counts().iter_rows():
            tally.add(cell, count, self._params)

    def finish(self) -> dict[str, Finding]:
        return {
            name: decide(name, tally, self._params) for name, tally in self._tallies.items()
        }


def decide(name: str, tally: Tally, params: Params) -> Finding:
    """The finding on a column, from all of it. A column that the caller names is one of
    numbers; of any other that must be shown.

    >>> decide("c", Tally(filled=9, numbers=2), Params()).is_read
    False
    """
    if params.columns is None:
        alike = tally.numbers + tally.identifiers
        if not tally.numbers or alike < params.threshold * tally.filled:
            return Finding()
        if reason := _names_things(tally, params):
            return _left(name, reason)
    units = sorted(unit for unit in tally.units if unit)
    if len(units) > 1 and params.unit_suffix is None:
        shown = ", ".join(units[:5]) + (", ..." if len(units) > 5 else "")
        return _left(name, f"it has different units ({shown}); unit_suffix keeps them apart")
    mark = _open_mark(tally, params)
    kept = tally.marks[".,"] if mark is None else 0
    return Finding(
        is_read=True,
        open_mark=mark,
        kind="integer" if _is_whole(tally, mark, params) else "number",
        is_all=tally.numbers == tally.filled,
        is_open=kept > 0,
        warnings=tuple(_remarks(name, tally, units, kept, params)),
    )


def _names_things(tally: Tally, params: Params) -> str | None:
    """Why the numbers of a column are none to reckon with, or None."""
    if params.within_text:
        return None
    if tally.identifiers:
        cells = f"{tally.identifiers:,} cells with leading zeros or over 15 digits"
        return f"it holds identifiers ({cells})"
    is_grouped = tally.is_dotted or (tally.is_spaced and len(tally.lengths) == 1)
    if is_grouped and tally.is_whole and set(tally.units) == {""}:
        return "its digits are grouped like phone numbers or addresses"
    return None


def _is_whole(tally: Tally, mark: str | None, params: Params) -> bool:
    """Whether no number of the column has decimals once it is written."""
    if (
        not tally.is_whole
        or tally.scaled
        or (params.percent == "fraction" and tally.units["%"])
    ):
        return False
    return (
        not tally.marks[".,"]
        or mark == "group"
        or (mark in (".", ",") and not tally.open_with[mark])
    )


def _left(name: str, reason: str) -> Finding:
    return Finding(warnings=(f'"{name}" was left as text: {reason}.',))


def _open_mark(tally: Tally, params: Params) -> str | None:
    """The decimal mark of cells such as 1.234: "." or ",", "group" where the mark groups
    whichever it is, "mark" where it marks decimals, None where nobody knows.
    """
    if params.decimal != "auto":
        return params.decimal
    proven = [mark for mark in ".," if tally.marks[mark]]
    if len(proven) == 1:
        return proven[0]
    return {"keep": None, "thousands": "group", "decimals": "mark"}[params.ambiguous]


def _remarks(name: str, tally: Tally, units: list[str], kept: int, params: Params) -> list[str]:
    remarks = []
    if params.unit_suffix is None:
        for unit in units:
            bare = tally.units[""]
            without = f"; {bare:,} cells have none" if bare else ""
            remarks.append(f'"{name}" is in {unit}: the unit was taken off{without}.')
    if tally.marks["."] and tally.marks[","]:
        remarks.append(
            f'"{name}" marks decimals in two ways: "." in {tally.marks["."]:,} cells, "," in '
            f"{tally.marks[',']:,}; each was read as it proves itself."
        )
    if kept:
        remarks.append(
            f'"{name}" has {kept:,} cells whose separator may group thousands or mark '
            "decimals. They were kept; set decimal or ambiguous to say which."
        )
    return remarks


def parse_numbers(batch: pl.DataFrame, params: Params, findings: dict[str, Finding]) -> Outcome:
    """Write every number plainly (-1234.50), by the convention its column proves.

    Cells that prove a convention of their own are read by it. Digits are never added, dropped
    or rounded, but for words of magnitude and percent="fraction".
    Left alone: dates, times, codes, identifiers (leading zeros, over 15 digits), columns with
    different units (but for unit_suffix), separators that may mean two things; the report says
    so of each. A column gets a type only when every cell of it that is not missing is a number.
    Shape: columns unchanged, but for those unit_suffix adds; rows fewer only with
    invalid="reject".
    """
    rewriting = Rewriting(batch, params.invalid)
    types: dict[str, ColumnType] = {}
    warnings: list[str] = []
    units: list[pl.Series] = []
    to = params.unit_columns()
    for name, finding in findings.items():
        warnings += finding.warnings
        unit = _no_text(batch.height)
        if finding.is_read:
            is_all = finding.is_all or params.invalid != "keep"
            if is_all and not finding.is_open:
                types[name] = finding.kind
            unit = _read_column(rewriting, batch[name], finding, params)
        if name in to:
            units.append(unit.alias(to[name]))
    return rewriting.outcome(types, warnings, extra=units)


def _read_column(
    rewriting: Rewriting, column: pl.Series, finding: Finding, params: Params
) -> pl.Series:
    """Rewrite the column; the unit of each cell."""
    rows = (column.is_not_null() & ~column.str.contains(PLAIN_INTEGER)).arg_true()
    cells = ascii_digits(column.gather(rows))
    found = write_numbers(
        cells,
        cells if params.within_text else as_shapes(cells),
        params.read,
        finding.open_mark,
        is_fraction=params.percent == "fraction",
    )
    new, is_open = found["plain"], found["is_open"]
    if params.mend_floats:
        new = read_distinct(new, mended_float)
    nowhere = pl.repeat(False, column.len(), dtype=pl.Boolean, eager=True)
    rewriting.put(
        column.name,
        column.clone().scatter(rows, new.fill_null(column.gather(rows))),
        unread=nowhere.clone().scatter(rows, new.is_null() & ~is_open),
        what="a number",
        doubtful=nowhere.scatter(rows, is_open),
    )
    return _no_text(column.len()).scatter(rows, found["unit"])


def _no_text(height: int) -> pl.Series:
    return pl.repeat(None, height, dtype=pl.String, eager=True)


def header(params: Params, columns: list[str]) -> list[str]:
    """Raises ValueError where a column of units would take the name of another column."""
    added = list(params.unit_columns().values())
    taken = [name for name in added if name in columns or added.count(name) > 1]
    if taken:
        raise ValueError(f'there is a column "{taken[0]}" already: give another unit_suffix')
    return [*columns, *added]


META = Meta(
    key="parse_numbers",
    name="Parse Numbers",
    description="Numbers with currency, percent, units, words; found in texts when asked.",
    order=58,
    params=Params,
    learn=Numbers,
    header=header,
    better_after={
        "trim_spaces": "a blank at the end of a number may hide it",
        "handle_missing": "tokens such as N/A count as cells that are no numbers",
    },
)
