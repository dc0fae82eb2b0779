"""From dates as they stand in cells to ISO 8601, a whole column at a time."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from zoneinfo import ZoneInfo

import polars as pl

from app.engine.values.cells import read_distinct

#: A text that ends in a plain time of day, so that one look at the day serves all its times.
_WITH_CLOCK = (
    r"^(.*[^0-9:].*?)(?:T|[ ,]+)"
    r"([01]?[0-9]|2[0-3]):([0-5][0-9])(?::([0-5][0-9](?:\.[0-9]{1,6})?))?(?: ?([AaPp])[Mm])?$"
)
#: What `read` says of a text that may be several days.
OPEN = "?"
_SERIAL = r"^[2-7][0-9]{4}(?:\.[0-9]+)?$"
_EPOCHS = {1900: dt.date(1899, 12, 30), 1904: dt.date(1904, 1, 1)}


def split_clock(cells: pl.Series) -> pl.DataFrame:
    """`cell`, and `day` and `clock` (HH:MM:SS) where it ends in a time of day, else null.

    >>> split_clock(pl.Series(["5.1.2024 9:30 PM"])).row(0)
    ('5.1.2024 9:30 PM', '5.1.2024', '21:30:00')
    """
    parts = cells.str.extract_groups(_WITH_CLOCK).struct.rename_fields(
        ["day", "hour", "minute", "second", "half"]
    )
    table = pl.DataFrame({"cell": cells}).hstack(parts.struct.unnest())
    hour, is_am = pl.col("hour").cast(pl.Int64), pl.col("half").is_in(["A", "a"])
    shown = (
        pl.when(pl.col("half").is_null())
        .then(hour)
        .when(is_am & (hour <= 12))
        .then(hour % 12)
        .when(~is_am)
        .then(hour % 12 + 12)
    )
    clock = pl.format(
        "{}:{}:{}",
        shown.cast(pl.String).str.zfill(2),
        "minute",
        pl.col("second").fill_null("00"),
    )
    return table.select("cell", "day", clock=clock).with_columns(
        day=pl.when(pl.col("clock").is_not_null()).then("day")
    )


def write_dates(cells: pl.Series, read: Callable[[str], str | None]) -> pl.Series:
    """The ISO text of each cell, OPEN where it may be several days, null where it is none.

    `read`: the same for one text; asked once for each distinct day.

        >>> write_dates(pl.Series(["x 09:30", "x"]), {"x": "2024-01-05"}.get).to_list()
        ['2024-01-05T09:30:00', '2024-01-05']
    """
    table = split_clock(cells)
    day = read_distinct(table["day"], read)
    timed = pl.DataFrame({"day": day, "clock": table["clock"]}).select(
        pl.when(pl.col("day") == OPEN)
        .then(pl.lit(OPEN))
        .when(pl.col("day").str.len_chars() == len("2024-01-05"))
        .then(pl.format("{}T{}", "day", "clock"))
    )
    made = timed.to_series()
    rest = made.is_null().arg_true()
    return made.scatter(rest, read_distinct(cells.gather(rest), read))


def are_iso(cells: pl.Series) -> pl.Series:
    """Which cells are days in ISO 8601 already, and in the calendar."""
    shaped = cells.str.contains("^[0-9]{4}-[0-9]{2}-[0-9]{2}$")
    days = cells.set(~shaped, None).str.to_date("%Y-%m-%d", strict=False)
    return days.is_not_null()


def are_serials(cells: pl.Series) -> pl.Series:
    """Which cells may be days as a spreadsheet counts them: 20000 to 79999 (1954 to 2119)."""
    return cells.str.contains(_SERIAL)


def is_serial(text: str) -> bool:
    """`are_serials` of one text."""
    return re.fullmatch(_SERIAL[1:-1], text) is not None


def serial_day(text: str, epoch: int) -> tuple[dt.date, str | None]:
    """The day, and the time where there is one, behind a spreadsheet's number.

    >>> serial_day("45296", 1900), serial_day("45296.5", 1900)[1]
    ((datetime.date(2024, 1, 5), None), '12:00:00')
    """
    whole, _, fraction = text.partition(".")
    day = _EPOCHS[epoch] + dt.timedelta(days=int(whole))
    if not fraction.strip("0"):
        return day, None
    seconds = round(float(f"0.{fraction}") * 86_400)
    moment = dt.datetime.combine(day, dt.time()) + dt.timedelta(seconds=seconds)
    return moment.date(), moment.time().isoformat()


def in_zone(text: str, assumed: ZoneInfo | None, wanted: ZoneInfo | None) -> str | None:
    """An ISO datetime with the offset of `assumed` where it had none, then as the clocks of
    `wanted` show it; None where clocks were put forward or back so that nobody can say.

    >>> in_zone("2024-07-05T09:30:00", ZoneInfo("Europe/Berlin"), None)
    '2024-07-05T09:30:00+02:00'
    >>> in_zone("2024-07-05T09:30:00+02:00", None, ZoneInfo("America/New_York"))
    '2024-07-05T03:30:00-04:00'
    >>> in_zone("2024-03-31T02:30:00", ZoneInfo("Europe/Berlin"), None) is None
    True
    """
    if "T" not in text:
        return text
    moment = dt.datetime.fromisoformat(text)
    if moment.tzinfo is None and assumed is not None:
        early, late = (moment.replace(tzinfo=assumed, fold=fold) for fold in (0, 1))
        if early.utcoffset() != late.utcoffset():
            return None
        moment = early
    if moment.tzinfo is not None and wanted is not None:
        moment = moment.astimezone(wanted)
    return moment.isoformat()
