"""Dates as people write them: what a text may mean, without deciding what it leaves open.

05/01/2024 is two days, until the column it stands in says which. So reading a text gives every
day that it may be, each with the order of its parts; deciding is for whoever sees the column.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from app.engine.values.calendar_words import FILLERS, day_half, folded, meanings
from app.engine.values.clock import ZONES, clock, utc_offset

Order = Literal["DMY", "MDY", "YMD"]
#: The first of the hundred years that two digits may mean, as POSIX has it.
FIRST_YEAR = 1969
#: Longer texts are no dates: one look must not take long.
LONGEST = 64


@dataclass(frozen=True, kw_only=True)
class Reading:
    """What a text may mean."""

    #: (order, day) for every reading; one where the text leaves nothing open.
    options: tuple[tuple[Order, dt.date], ...]
    #: HH:MM:SS with or without a fraction, or None.
    time: str | None = None
    #: +HH:MM, or None.
    offset: str | None = None
    #: The year was written with two digits.
    is_short: bool = False
    #: Three numbers, of which the last is the year, or may be: a column of such has an order.
    is_numeric: bool = False
    #: Hyphens part the numbers, as they do where the year stands first.
    is_hyphenated: bool = False
    #: Digits in a row: a day, or a number that looks like one.
    is_compact: bool = False

    @property
    def orders(self) -> frozenset[Order]:
        """The orders that a reader would think of. A year of two digits in front is none of
        them but with hyphens, as in ISO 8601.
        """
        orders = frozenset(order for order, _ in self.options)
        if len(orders) > 1 and self.is_short and not self.is_hyphenated:
            return orders - {"YMD"}
        return orders

    def day(self, order: Order | None) -> dt.date | None:
        """The day, given the order of the column; None where that is not enough.

        An order that makes no day gives way to the other one that has the year last.
        """
        days = dict(self.options)
        if order in days:
            return days[order]
        left = self.orders if order is None else self.orders - {"YMD"} or self.orders
        found = {days[each] for each in left}
        return found.pop() if len(found) == 1 else None


@lru_cache(maxsize=65536)
def read_date(
    text: str, language: str | None = None, first_year: int = FIRST_YEAR
) -> Reading | None:
    """Every day that a text may be; None where it is no complete date.

    Left alone: dates without a year or a day, bare numbers of other than 8, 12 or 14 digits,
    texts with a word that has no place in a date, days that no calendar has.

    >>> read_date("3. Ağustos 2024").options
    (('DMY', datetime.date(2024, 8, 3)),)
    >>> [order for order, _ in read_date("05/01/2024").options]
    ['DMY', 'MDY']
    >>> read_date("12:30") is None and read_date("31.02.2024") is None
    True
    """
    if len(text) > LONGEST or not any(char.isdigit() for char in text):
        return None
    plain = _plain(text)
    if _COMPACT.fullmatch(plain):
        return _compact(plain)
    found = _TIME.search(plain)
    reading = _read(plain, found, language, first_year)
    if reading is None and found is None and (dotted := _DOTTED_TIME.search(plain)):
        return _read(plain, dotted, language, first_year)
    return reading


_DIGITS = r"(?<![0-9:])([0-9]{1,2})"
_TIME = re.compile(
    rf"(?:(?<=[0-9])T)?{_DIGITS}:([0-9]{{2}})(?::([0-9]{{2}})(?:[.,]([0-9]{{1,9}}))?)?(?![0-9:])"
    rf"|{_DIGITS} ?h ?([0-9]{{2}})(?: ?m(?:in)?)?(?![0-9])"
    r"|(?<![0-9:.])([0-9]{1,2})(?= ?[ap]\.?m\b)"
    r"|(?<=[0-9])T([0-9]{2})(?![0-9:])",
    re.IGNORECASE,
)
#: 29.02.2020 13.12 is read so where nothing else makes sense of it.
_DOTTED_TIME = re.compile(r"(?<=[ ,])([0-9]{1,2})\.([0-9]{2})(?![0-9.])")
#: Where the time of day stood.
_CLOCK = "\ue001"
#: +03:00, and with the name that some programs add: +0000 UTC, GMT+0300.
_ZONE = re.compile(
    rf"[ {_CLOCK}](?:GMT|UTC)?([+-][0-9]{{2}}(?::?[0-9]{{2}})?)(?: [A-Z]{{3,5}})?$"
)
_COMPACT = re.compile(
    r"([0-9]{4})([0-9]{2})([0-9]{2})"
    r"(?:[T ]?([0-9]{2}):?([0-9]{2})(?::?([0-9]{2})(?:[.,]([0-9]{1,9}))?)?|T([0-9]{2}))?"
    r" ?(Z|[+-][0-9]{2}:?[0-9]{2})?",
    re.IGNORECASE,
)


def _plain(text: str) -> str:
    """One kind of digits, blanks and dashes; East Asian dates with hyphens and colons."""
    text = "".join(
        str(unicodedata.digit(char)) if char.isdigit() and not char.isascii() else char
        for char in unicodedata.normalize("NFC", text)
    )
    text = re.sub("[\u2010-\u2015\u2212]", "-", text)
    # "GMT+0300 (Turkey Standard Time)", as JavaScript writes it.
    text = re.sub(r"(?<=[+-][0-9]{4}) \([^()]*\)$", "", text)
    text = re.sub(r"([0-9]{2,4}) ?[年년] ?([0-9]{1,2}) ?[月월] ?([0-9]{1,2}) ?[日号일]?",
                  r"\1-\2-\3 ", text)  # fmt: skip
    text = re.sub(
        r"([0-9]{1,2}) ?[時时点點시] ?([0-9]{1,2}) ?[分분]?(?: ?([0-9]{1,2}) ?[秒초])?",
        lambda found: ":".join(part for part in found.groups() if part),
        text,
    )
    # One decimal of an hour is tenths of it; 17.30h has minutes.
    text = re.sub(
        r"(?<![0-9.,:])([0-9]{1,2})\.([0-9]) ?h\b",
        lambda found: f"{found[1]}:{int(found[2]) * 6:02d}",
        text,
    )
    return re.sub(r"[\s\[\]()@\u200e\u200f]+", " ", text).strip(" .,")


def _compact(text: str) -> Reading | None:
    """20240105, 20240105T0930, 202401050930, with or without an offset."""
    found = _COMPACT.fullmatch(text)
    assert found is not None
    year, month, day, hour, minute, second, fraction, full_hour, offset = found.groups()
    hour, minute = hour or full_hour, minute or "0"
    date = _day(int(year), int(month), int(day))
    time = None if hour is None else clock(hour, minute, second, fraction, None)
    if date is None or (hour and time is None) or (offset and not hour):
        return None
    is_bare = text.isdigit()
    if is_bare and not 1900 <= date.year <= 2100:
        return None
    return Reading(
        options=(("YMD", date),), time=time, offset=utc_offset(offset), is_compact=is_bare
    )


def _read(
    text: str, found: re.Match[str] | None, language: str | None, first_year: int
) -> Reading | None:
    """The reading of a text in which `found` is the time of day."""
    offset = None
    rest = text
    if found is not None:
        rest = f"{text[: found.start()]} {_CLOCK} {text[found.end() :]}".strip()
        if zone := _ZONE.search(rest):
            offset, rest = utc_offset(zone[1]), rest[: zone.start() + 1]
        if _TIME.search(rest):
            return None
    parts = _Parts.of(rest, language)
    if parts is None:
        return None
    time = None
    if found is not None or parts.half in ("noon", "midnight"):
        hour, minute, second, fraction = _figures(found, parts.half)
        time = clock(hour, minute, second, fraction, parts.half)
        if time is None:
            return None
    elif parts.half or parts.zone is not None:
        return None
    options, is_short = parts.options(first_year)
    if not options:
        return None
    return Reading(
        options=options,
        time=time,
        offset=offset if parts.zone is None else parts.zone,
        is_short=is_short,
        is_numeric=parts.month is None and len(parts.numbers[0]) <= 2,
        is_hyphenated="-" in parts.between,
    )


def _figures(
    found: re.Match[str] | None, half: str | None
) -> tuple[str, str, str | None, str | None]:
    """Hour, minute, second, fraction as they are written."""
    if found is None:
        return ("12" if half == "noon" else "0"), "0", None, None
    given = [figure for figure in found.groups() if figure is not None]
    hour, minute, second, fraction = (given + [None] * 4)[:4]
    assert hour is not None
    return hour, minute or "0", second, fraction


_NOTHING = frozenset[int](), frozenset[int]()
#: Between the three numbers of a date stands one mark, twice.
_SAME = [[mark, mark] for mark in ("-", "/", ".", "")]
#: Letters, and the marks that go with them in many scripts: all but ASCII's signs and digits.
_LETTER = rf"[^\x00-\x40\[-`{{-\x7f\s’{_CLOCK}]"
_TOKEN = re.compile(
    rf"(?P<number>['’]?[0-9]+)|(?P<word>{_LETTER}+(?:\.{_LETTER}+)*)"
    rf"|(?P<between>[-/., :;'’{_CLOCK}]+)"
)


@dataclass(kw_only=True)
class _Parts:
    """A text taken apart: its numbers, and what its words say."""

    numbers: list[str]
    #: The marks that stand between two numbers.
    between: list[str]
    month: int | None = None
    #: The month stands behind both numbers.
    is_month_last: bool = False
    day_of_week: int | None = None
    half: str | None = None
    zone: str | None = None

    @classmethod
    def of(cls, text: str, language: str | None) -> _Parts | None:
        """None where the text has something that no date has."""
        parts = cls(numbers=[], between=[])
        tokens = list(_TOKEN.finditer(text))
        if "".join(token[0] for token in tokens) != text:
            return None
        parts.between = [
            token[0].strip(" ")
            for before, token, after in zip(tokens, tokens[1:], tokens[2:], strict=False)
            if before["number"] and token["between"] and after["number"]
        ]
        place = 0
        while place < len(tokens):
            is_behind_time = place > 0 and tokens[place - 1][0].rstrip(" ").endswith(_CLOCK)
            taken = parts._take(tokens[place:], language, is_behind_time=is_behind_time)
            if not taken:
                return None
            place += taken
        return parts

    def _take(
        self, tokens: list[re.Match[str]], language: str | None, *, is_behind_time: bool
    ) -> int:
        """How many tokens were understood as one thing; 0 where the first makes no sense."""
        token = tokens[0]
        if token["number"]:
            self.numbers.append(token["number"].replace("’", "'"))
            return 1
        if token["between"]:
            return 1
        # A name may be of several words: Tháng Mười Hai.
        for length in (5, 3, 1):
            words = [each[0] for each in tokens[:length]]
            is_phrase = (
                len(words) == length
                and set(words[1::2]) <= {" ", "-"}
                and all(each["word"] for each in tokens[:length:2])
            )
            if is_phrase and self._understand(
                "".join(words), language, is_behind_time=is_behind_time
            ):
                return length
        return 0

    def _understand(self, word: str, language: str | None, *, is_behind_time: bool) -> bool:
        text = folded(word)
        # "am 5. Mai um 12:30" is no AM.
        is_filler = text in FILLERS and not (text == "am" and is_behind_time)
        half = None if is_filler else day_half(word)
        months, days = _NOTHING if text in FILLERS else meanings(word, language)
        if text in ZONES and word.isupper():
            self.zone = f"{ZONES[text]:+03d}:00"
        elif half is not None:
            self.half = half
        elif days and (not months or self.month is not None):
            self.day_of_week = next(iter(days)) if len(days) == 1 else None
        elif len(months) == 1 and self.month is None:
            self.month, self.is_month_last = next(iter(months)), len(self.numbers) == 2
        elif text in ZONES:
            self.zone = f"{ZONES[text]:+03d}:00"
        else:
            return text in FILLERS
        return True

    def options(self, first_year: int) -> tuple[tuple[tuple[Order, dt.date], ...], bool]:
        """(every day the parts may mean, whether the year has two digits)."""
        found = self._with_name(first_year) if self.month else self._numeric(first_year)
        days = [(order, day) for order, day in found if day is not None]
        if len(days) > 1 and self.day_of_week is not None:
            fitting = [each for each in days if each[1].weekday() == self.day_of_week]
            days = fitting if len(fitting) == 1 else days
        is_short = not any(len(number) == 4 for number in self.numbers)
        return tuple(days), is_short

    def _with_name(self, first_year: int) -> list[tuple[Order, dt.date | None]]:
        if len(self.numbers) != 2 or self.month is None:
            return []
        first, second = self.numbers
        are_short = len(first) <= 2 and len(second) <= 2
        is_first_year = len(first) > 2 or (are_short and int(first) > 31)
        if are_short and self.is_month_last and not is_first_year:
            return []  # "03 25 Sep": nothing tells the day from the year
        day, year = (second, first) if is_first_year else (first, second)
        if len(day) > 2:
            return []
        order: Order = "YMD" if is_first_year else "DMY"
        return [(order, _day(_year(year, first_year), self.month, int(day)))]

    def _numeric(self, first_year: int) -> list[tuple[Order, dt.date | None]]:
        if len(self.numbers) != 3 or self.between not in _SAME:
            return []
        a, b, c = self.numbers
        if len(b) > 2 or (len(a) > 2 and len(c) > 2):
            return []
        if len(a) > 2:
            return [("YMD", _day(_year(a, first_year), int(b), int(c)))]
        year = _year(c, first_year)
        days: list[tuple[Order, dt.date | None]] = [
            ("DMY", _day(year, int(b), int(a))),
            ("MDY", _day(year, int(a), int(b))),
        ]
        if len(c) <= 2:
            days.append(("YMD", _day(_year(a, first_year), int(b), int(c))))
        return days


def _year(text: str, first_year: int) -> int:
    """The year that digits mean; 0, which is none, where they mean no year.

    >>> _year("24", 1969), _year("'96", 1969), _year("0031", 1969), _year("123", 1969)
    (2024, 1996, 31, 0)
    """
    digits = text.lstrip("'")
    if len(digits) == 4:
        return int(digits)
    if len(digits) != 2:
        return 0
    return first_year + (int(digits) - first_year) % 100


def _day(year: int, month: int, day: int) -> dt.date | None:
    try:
        return dt.date(year, month, day)
    except ValueError:
        return None
