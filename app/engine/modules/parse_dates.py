"""Read dates as people write them, and write them as ISO 8601."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import dataclass, field
from typing import Annotated, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec
import polars as pl

from app.engine.columns import for_each
from app.engine.module import ColumnParams, ColumnType, Meta, Outcome
from app.engine.values.calendar_words import languages
from app.engine.values.cells import Invalid, Rewriting, read_distinct
from app.engine.values.dates import FIRST_YEAR, LONGEST, Order, Reading, read_date
from app.engine.values.written_dates import (
    OPEN,
    are_iso,
    are_serials,
    in_zone,
    is_serial,
    serial_day,
    split_clock,
    write_dates,
)

#: Spreadsheet numbers among dates are taken for days so near to the others.
SERIAL_REACH = dt.timedelta(days=366)
#: So many cells of eight digits, all of them days, are no coincidence.
ENOUGH_COMPACT = 3


#: A column that has no date in so many cells has none, unless the caller names it.
PROBE = 1000


@dataclass(frozen=True, kw_only=True)
class Params(ColumnParams):
    #: Share of what is not missing that must be a date before anything is read in a column
    #: that `columns` does not name.
    threshold: Annotated[float, msgspec.Meta(gt=0, le=1)] = 0.7
    #: Order of day, month and year in cells that leave it open (05/01/2024). By itself the
    #: column must prove it.
    order: Literal["auto", "DMY", "MDY", "YMD"] = "auto"
    #: Code of the language of month names, where one name means two months (hr, cs, ...).
    language: str | None = None
    #: Years of two digits are of the hundred years from this one.
    first_year: Annotated[int, msgspec.Meta(ge=1, le=9900)] = FIRST_YEAR
    #: Days as spreadsheets count them (45296): read among dates of about the same time, always,
    #: or never.
    excel_serials: Literal["auto", "always", "never"] = "auto"
    #: Where spreadsheets begin to count: 1904 for those of old Macs.
    excel_epoch: Literal[1900, 1904] = 1900
    #: Zone (Europe/Istanbul) of times that say none: they get its offset.
    assume_timezone: str | None = None
    #: Zone to whose clocks times with an offset are turned.
    to_timezone: str | None = None
    #: What becomes of a cell that is no date in a column that is read.
    invalid: Invalid = "keep"

    def __post_init__(self) -> None:
        if self.language is not None and self.language not in languages():
            raise ValueError(
                f'language "{self.language}" is not known; give a code such as "hr"'
            )
        for param in ("assume_timezone", "to_timezone"):
            _zone(getattr(self, param), param)

    def read(self, text: str) -> Reading | None:
        return read_date(text, self.language, self.first_year)


def _zone(name: str | None, param: str = "timezone") -> ZoneInfo | None:
    try:
        return None if name is None else ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError(f'{param}: there is no time zone "{name}"') from None


@dataclass(kw_only=True)
class Tally:
    """What a column was seen to hold: counts, however long it is."""

    filled: int = 0
    #: Cells that are one day, whatever the column.
    sure: int = 0
    #: Of cells that may be several days: the orders that make one.
    orders: Counter[frozenset[Order]] = field(default_factory=Counter)
    #: Cells that prove an order, being possible in no other.
    proven: Counter[Order] = field(default_factory=Counter)
    #: Years of two digits; and of those, cells in which it cannot stand first.
    short: int = 0
    short_last: int = 0
    #: Digits in a row.
    compact: int = 0
    timed: int = 0
    zoned: int = 0
    #: (day, whether there is a time) of numbers as spreadsheets write days.
    serials: Counter[tuple[dt.date, bool]] = field(default_factory=Counter)
    first: dt.date = dt.date.max
    last: dt.date = dt.date.min

    def add(self, reading: Reading, count: int, *, has_clock: bool) -> None:
        day = reading.day(None)
        if day is None:
            self.orders[reading.orders] += count
        else:
            self.add_days(day, day, count)
        if reading.is_numeric and len(reading.orders) == 1:
            self.proven[next(iter(reading.orders))] += count
        if reading.is_short:
            self.short += count
            self.short_last += count * ("YMD" not in dict(reading.options))
        self.compact += count * reading.is_compact
        self.timed += count * (has_clock or reading.time is not None)
        self.zoned += count * (reading.offset is not None)

    def add_days(self, first: dt.date, last: dt.date, count: int) -> None:
        self.sure += count
        self.first, self.last = min(self.first, first), max(self.last, last)

    def is_hopeless(self, params: Params) -> bool:
        return params.columns is None and self.filled >= PROBE and not self.dates

    @property
    def dates(self) -> int:
        return self.sure + self.orders.total()


@dataclass(frozen=True, kw_only=True)
class Finding:
    """What is to be done with a column."""

    is_read: bool = False
    order: Order | None = None
    #: Days within which a spreadsheet's number is taken for one; None takes none.
    serials: tuple[dt.date, dt.date] | None = None
    kind: ColumnType = "text"
    is_all: bool = False
    warnings: tuple[str, ...] = ()


class Dates:
    """Learns the order of day and month of every column."""

    def __init__(self, params: Params, columns: list[str]) -> None:
        self._params = params
        self._tallies = {name: Tally() for name in params.among(columns)}

    def observe(self, batch: pl.DataFrame) -> None:
        for_each(lambda name: self._count(batch[name].drop_nulls()), self._tallies)

    def _count(self, column: pl.Series) -> None:
        tally = self._tallies[column.name]
        # The probe ends at the same cell however the table is cut.
        ahead = PROBE - tally.filled if self._params.columns is None else 0
        for part in (column.head(max(ahead, 0)), column.slice(max(ahead, 0))):
            if part.is_empty() or tally.is_hopeless(self._params):
                tally.filled += part.len()
            else:
                self._count_part(tally, part)

    def _count_part(self, tally: Tally, column: pl.Series) -> None:
        tally.filled += column.len()
        iso = are_iso(column)
        if count := int(iso.sum()):
            days = column.filter(iso)
            first, last = (dt.date.fromisoformat(str(day)) for day in (days.min(), days.max()))
            tally.add_days(first, last, count)
        rest = column.filter(~iso)
        rest = rest.filter(rest.str.contains(r"\p{Nd}") & (rest.str.len_chars() <= LONGEST))
        self._count_serials(tally, rest.filter(are_serials(rest)))
        self._count_texts(tally, rest.filter(~are_serials(rest)))

    def _count_serials(self, tally: Tally, serials: pl.Series) -> None:
        for text, count in serials.alias("text").value_counts().iter_rows():
            day, time = serial_day(text, self._params.excel_epoch)
            tally.serials[day, time is not None] += count

    def _count_texts(self, tally: Tally, texts: pl.Series) -> None:
        table = split_clock(texts)
        with_clock = table.filter(pl.col("day").is_not_null())["day"].value_counts()
        unread = []
        for day, count in with_clock.iter_rows():
            reading = self._params.read(day)
            if reading is None or reading.time is not None:
                unread.append(day)
            else:
                tally.add(reading, count, has_clock=True)
        whole = table.filter(pl.col("day").is_null() | pl.col("day").is_in(unread))["cell"]
        for text, count in whole.alias("text").value_counts().iter_rows():
            reading = self._params.read(text)
            if reading is not None:
                tally.add(reading, count, has_clock=False)

    def finish(self) -> dict[str, Finding]:
        return {
            name: decide(name, tally, self._params) for name, tally in self._tallies.items()
        }


def decide(name: str, tally: Tally, params: Params) -> Finding:
    """The finding on a column, from all of it. A column that the caller names is one of dates;
    of any other that must be shown.

    >>> decide("c", Tally(filled=9, sure=2), Params()).is_read
    False
    """
    serials = _serials(tally, params)
    taken = {key: count for key, count in tally.serials.items()
             if serials is not None and serials[0] <= key[0] <= serials[1]}  # fmt: skip
    dates = tally.dates + sum(taken.values())
    if params.columns is None and not _are_dates(tally, dates, params):
        return Finding()
    order = _order(tally, params)
    still_open = sum(
        count for orders, count in tally.orders.items() if not _settles(order, orders)
    )
    timed = tally.timed + sum(count for (_, is_timed), count in taken.items() if is_timed)
    kind: ColumnType = "text"
    if dates and not still_open:
        if not timed:
            kind = "date"
        elif timed == dates and not tally.zoned and params.assume_timezone is None:
            kind = "datetime"
    return Finding(
        is_read=True,
        order=order,
        serials=serials,
        kind=kind,
        is_all=dates == tally.filled,
        warnings=(
            *_remarks(name, tally, still_open, params),
            *_remarks_on_kinds(name, sum(taken.values()), timed, dates),
        ),
    )


def _are_dates(tally: Tally, dates: int, params: Params) -> bool:
    if tally.compact and tally.compact == tally.dates:
        return dates == tally.filled and tally.compact >= ENOUGH_COMPACT
    return tally.dates > 0 and dates >= params.threshold * tally.filled


def _serials(tally: Tally, params: Params) -> tuple[dt.date, dt.date] | None:
    if params.excel_serials == "always":
        return dt.date.min, dt.date.max
    if params.excel_serials == "never" or not tally.sure or tally.dates < tally.filled / 2:
        return None
    low = max(tally.first, dt.date.min + SERIAL_REACH) - SERIAL_REACH
    return low, min(tally.last, dt.date.max - SERIAL_REACH) + SERIAL_REACH


def _order(tally: Tally, params: Params) -> Order | None:
    """The order of cells that leave it open: the caller's, else the one that cells prove and
    none speaks against.
    """
    if params.order != "auto":
        return params.order
    if tally.proven["YMD"] and not tally.short_last:
        return "YMD"
    proven: list[Order] = [order for order in ("DMY", "MDY") if tally.proven[order]]
    return proven[0] if len(proven) == 1 else None


def _settles(order: Order | None, orders: frozenset[Order]) -> bool:
    """Whether an order makes one day of a cell that has several (see Reading.day)."""
    return order is not None and (order in orders or len(orders - {"YMD"}) == 1)


def _remarks(name: str, tally: Tally, still_open: int, params: Params) -> list[str]:
    remarks = []
    if still_open:
        remarks.append(
            f'"{name}" has {still_open:,} dates whose day and month may be either way round. '
            "They were kept; set order to read them."
        )
    if tally.proven["DMY"] and tally.proven["MDY"]:
        remarks.append(
            f'"{name}" has the day first in {tally.proven["DMY"]:,} cells, the month first in '
            f"{tally.proven['MDY']:,}; each was read as it proves itself."
        )
    if tally.short:
        years = f"{params.first_year} to {params.first_year + 99}"
        remarks.append(
            f'"{name}" has {tally.short:,} years of two digits, read as {years}; set '
            "first_year for others."
        )
    return remarks


def _remarks_on_kinds(name: str, serials: int, timed: int, dates: int) -> list[str]:
    remarks = []
    if serials:
        remarks.append(f'"{name}" has {serials:,} numbers read as days of a spreadsheet.')
    if 0 < timed < dates:
        remarks.append(f'"{name}" has dates with and without a time of day.')
    return remarks


def parse_dates(batch: pl.DataFrame, params: Params, findings: dict[str, Finding]) -> Outcome:
    """Write every date as 2024-01-05, with its time as 2024-01-05T09:30:00, with its offset
    only when there is one.

    Which of two numbers is the day must be proven by the column, or said in `order`; else the
    cell stays and is counted. Names of months are known in 200 languages.
    Left alone: dates without a year or a day, times of day alone, relative dates, days that no
    calendar has, numbers (but for 8, 12 and 14 digits that are days, and days as spreadsheets
    count them), names of time zones that mean several.
    Shape: columns unchanged; rows fewer only with invalid="reject".
    """
    rewriting = Rewriting(batch, params.invalid)
    types: dict[str, ColumnType] = {}
    warnings: list[str] = []
    for name, finding in findings.items():
        warnings += finding.warnings
        if finding.is_read:
            if finding.kind != "text" and (finding.is_all or params.invalid != "keep"):
                types[name] = finding.kind
            _read_column(rewriting, batch[name], finding, params)
    return rewriting.outcome(types, warnings)


def _read_column(
    rewriting: Rewriting, column: pl.Series, finding: Finding, params: Params
) -> None:
    rows = (column.is_not_null() & ~are_iso(column)).arg_true()
    cells = column.gather(rows)
    new = write_dates(cells, lambda text: _iso(text, finding, params))
    assumed, wanted = _zone(params.assume_timezone), _zone(params.to_timezone)
    if assumed or wanted:
        new = read_distinct(new, lambda text: in_zone(text, assumed, wanted) or OPEN)
    is_open = (new == OPEN).fill_null(False)
    nowhere = pl.repeat(False, column.len(), dtype=pl.Boolean, eager=True)
    rewriting.put(
        column.name,
        column.clone().scatter(rows, new.set(is_open, None).fill_null(cells)),
        unread=nowhere.clone().scatter(rows, new.is_null()),
        what="a date",
        doubtful=nowhere.scatter(rows, is_open),
    )


def _iso(text: str, finding: Finding, params: Params) -> str | None:
    """The ISO text of a cell, OPEN where it may be several days, None where it is none."""
    if is_serial(text):
        day, time = serial_day(text, params.excel_epoch)
        if finding.serials is None or not finding.serials[0] <= day <= finding.serials[1]:
            return None
        return _joined(day, time, None)
    reading = params.read(text)
    if reading is None:
        return None
    found = reading.day(finding.order)
    return OPEN if found is None else _joined(found, reading.time, reading.offset)


def _joined(day: dt.date, time: str | None, offset: str | None) -> str:
    return day.isoformat() + (f"T{time}" if time else "") + (offset or "")


META = Meta(
    key="parse_dates",
    name="Parse Dates",
    description="Dates in any language as ISO 8601, in the order the column proves.",
    order=56,
    params=Params,
    learn=Dates,
    better_after={
        "trim_spaces": "a blank at the end of a date may hide it",
        "handle_missing": "tokens such as N/A count as cells that are no dates",
    },
)
