"""One cell that is a number and its trimmings: where the digits lie, and all that is said
about them.

Reading goes by shape: every digit weighs the same but for a zero in front. A cell and its shape
(see app.engine.values.numbers) are as long as each other, so what is found in a shape holds for
every cell of that shape, and a million cells are read a few dozen times.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache

from app.engine.values.numbers import APOSTROPHES, SPACES, is_identifier
from app.engine.values.units import is_currency, power_of, unit_of

#: A minus, a minus sign, and the dash that typesetters put for one.
MINUS = "\u2212\u2013-"  # the hyphen last, where a character class takes it for one
DASHES = "\u2014" + MINUS
MARKS = f".,{SPACES}{APOSTROPHES}"
#: Digits with marks between them.
CORE = rf"[.,]?[0-9](?:[0-9{MARKS}]*[0-9])?(?:[eE][+-]?[0-9]+)?"
#: What says "and no cents": 50,- and 1700.
_NO_CENTS = rf"[.,](?:[{SPACES}]?[{DASHES}]{{1,2}})?"
_CELL = re.compile(rf"(?s)([^0-9]*?)({CORE})({_NO_CENTS})?([^0-9]*)")
_SIGNS = f"()+{MINUS}"
_WORDS = re.compile(rf"[()]|[+{MINUS}]|[^\s()+{MINUS}]+")
#: A plus before so many digits, or before groups of them, begins a phone number.
_PHONE = re.compile(r"[0-9]{7,}|[0-9]+(?: [0-9]+)+")


@dataclass(frozen=True, kw_only=True)
class Amount:
    """A number in a cell: `cell[start:start + length]` are its digits and marks."""

    start: int
    length: int
    #: Decimal marks with which the digits make a number: ".", ",", ".," (they then mean
    #: different numbers), or "" where there is no mark to ask about.
    marks: str
    is_negative: bool = False
    #: Ten to this power is what the digits are to be multiplied with.
    power: int = 0
    #: Currency or measure, by its one name; "" where there is none.
    unit: str = ""
    is_whole: bool = True


@lru_cache(maxsize=65536)
def read_amount(cell: str, extra_units: tuple[str, ...], *, letters: bool) -> Amount | None:
    """The amount a cell or a shape consists of; None where it is anything else.

    Left alone: identifiers (leading zeros, over 15 digits), several numbers, words that name no
    unit, a letter glued to digits as in A1.

    >>> read_amount("(1.234,50 TL)", (), letters=False)
    Amount(start=1, length=8, marks=',', is_negative=True, power=0, unit='TRY', is_whole=False)
    >>> read_amount("A1", (), letters=False) is None
    True
    """
    found = _CELL.fullmatch(cell)
    if found is None:
        return None
    before, core, tail, after = found.groups()
    marks = decimal_marks(core)
    if tail is not None and len(tail) > 1 and re.search("[.,]", core):
        # 1.899,- : what stands before "and no cents" is the decimal mark.
        marks = marks and tail[0]
    if marks is None or is_identifier(core):
        return None
    trimmings = _trimmings(before, after, extra_units, letters)
    if trimmings is None:
        return None
    sign, power, unit = trimmings
    if sign == "+" and not unit and _PHONE.fullmatch(core):
        return None
    has_fraction = marks in (".", ",") and marks in core
    return Amount(
        start=found.start(2),
        length=len(core),
        marks=marks,
        is_negative=sign == "-",
        power=power,
        unit=unit,
        is_whole=not has_fraction and not re.search("[eE]", core),
    )


def holds_identifier(cell: str) -> bool:
    """Whether the digits of a cell name something rather than count it (00123).

    >>> holds_identifier("00123"), holds_identifier("no. 12")
    (True, False)
    """
    found = _CELL.fullmatch(cell)
    return found is not None and is_identifier(found[2])


def decimal_marks(core: str) -> str | None:
    """With which decimal marks digits and marks make a number; None with neither.

    >>> [decimal_marks(core) for core in ("1.234,5", "1.234", "12,5", "1 234", "1.2.3")]
    [',', '.,', ',', '', None]
    """
    fitting = "".join(mark for mark in ".," if _pattern(mark).fullmatch(core))
    if not fitting:
        return None
    return fitting if re.search("[.,]", core) else ""


@cache
def _pattern(mark: str) -> re.Pattern[str]:
    other = "," if mark == "." else "."
    groups = "|".join(
        rf"[1-9][0-9]{{0,2}}(?:[{group}][0-9]{{3}})+" for group in (other, SPACES, APOSTROPHES)
    )
    # India groups by two beyond the thousands: 12,34,567.
    indian = "|[1-9][0-9]?(?:,[0-9]{2})+,[0-9]{3}" if mark == "." else ""
    whole = f"{groups}{indian}|0|[1-9][0-9]*"
    # 12E4 may be a code: an exponent needs a fraction or a sign to be one.
    fraction = rf"[{mark}][0-9]+"
    return re.compile(
        rf"(?:{whole})(?:[eE][+-][0-9]+)?|(?:{whole})?{fraction}(?:[eE][+-]?[0-9]+)?"
    )


def _trimmings(
    before: str, after: str, extra_units: tuple[str, ...], letters: bool
) -> tuple[str, int, str] | None:
    """(sign, power of ten, unit) of what stands around the digits; None where there is more."""
    ahead, behind = _WORDS.findall(before), _WORDS.findall(after)
    sign = _sign(ahead, behind, is_glued=after.lstrip(SPACES) == after)
    if sign is None:
        return None
    ahead = [word for word in ahead if word not in _SIGNS]
    behind = [word for word in behind if word not in _SIGNS]
    power = 0
    while behind and (found := power_of(behind[0], letters=letters)) is not None:
        power, behind = power + found, behind[1:]
    units = {_unit(ahead, extra_units, is_before=True), _unit(behind, extra_units)}
    if None in units or len(units - {""}) > 1:
        return None
    return sign, power, max(unit for unit in units if unit is not None)


def _sign(ahead: list[str], behind: list[str], *, is_glued: bool) -> str | None:
    """ "-", "+" or "" by the signs and parentheses around; None where they make no sense.

    A minus may stand behind, as some ledgers have it (5,00-), and is then glued to the digits.
    """
    signs = [word for word in (*ahead, *behind) if word in _SIGNS]
    if not signs:
        return ""
    if signs == ["(", ")"]:
        return "-" if ahead[:1] == ["("] and behind[-1:] == [")"] else None
    if len(signs) > 1 or signs[0] in "()":
        return None
    if signs[0] in behind and (len(behind) > 1 or signs[0] == "+" or not is_glued):
        return None
    return "+" if signs[0] == "+" else "-"


def _unit(
    words: list[str], extra_units: tuple[str, ...], *, is_before: bool = False
) -> str | None:
    """The unit that words beside a number name together; "" without words, None with others.

    A single capital names things (A1, Q4, flat 12 B), so it is no unit here.
    """
    text = " ".join(words)
    if not text or text in extra_units:
        return text
    unit = unit_of(text)
    is_letter = len(text) == 1 and text.isascii() and text.isalpha()
    if unit is None or (is_letter and (is_before or text.isupper())):
        return None
    return unit if not is_before or unit == "%" or is_currency(unit) else None
