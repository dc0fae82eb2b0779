"""The one amount in a text: "Was 120.00, now only 60.00 EUR (incl. 20 % VAT)".

Shops write a price among words, beside a former price, a discount, a code. What is taken is the
number that a currency stands by, else the only number there is; where the text leaves a choice,
nothing is.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Literal

from app.engine.values.amounts import DASHES, MINUS, Amount, decimal_marks, read_amount
from app.engine.values.calendar_words import is_month
from app.engine.values.numbers import APOSTROPHES, SPACES, is_identifier
from app.engine.values.units import currency_spellings, is_currency, power_of, unit_of

#: What to take where a text has several prices.
Several = Literal["keep", "first", "last"]
#: The mark of Amount.marks for a currency that stands where decimals begin: 35€99.
CURRENCY_MARK = "¤"
#: Nothing is to be paid: an amount of no digits.
FREE = frozenset(
    ("free", "gratis", "kostenlos", "umsonst", "gratuit", "gratuito", "ücretsiz", "bedava",
     "бесплатно", "zdarma", "darmowe", "ingyenes", "besplatno")
)  # fmt: skip
_BLANK = f"[{SPACES}]"
_NUMBER = re.compile(
    rf"[0-9]{{1,3}}(?:{_BLANK}[0-9]{{3}})+(?![0-9])(?:[.,][0-9]+)?"
    rf"|[0-9]+(?:[.,{APOSTROPHES}]+[0-9]+)*"
)
#: A blank has slipped in behind the decimal mark: 119. 95
_LOOSE = re.compile(r"[.,] [0-9]{2}(?![0-9.,])")
#: 50,- and 1700.
_NO_CENTS = re.compile(rf"[.,]?{_BLANK}?[{DASHES}]{{1,2}}(?!{_BLANK}?[0-9$€£])|[.,](?![0-9])")
_WORD = re.compile(rf"{_BLANK}*([^\W\d_]+\.?)")
#: 35€99
_CENTS = re.compile(r"( ?)[0-9]{2}(?![\w.,%])")
_RANGE = re.compile(rf"{_BLANK}*(?:[{DASHES}]|to|bis|à|a|до|ile|do|til|till)?{_BLANK}*")
_FORMER = re.compile(
    r"\b(?:was|were|rrp|msrp|uvp|statt|vorher|bisher|instead of|list price|old price|regular"
    r"(?:ly)?|retail(?: price)?|compare at|before|eski(?: fiyat[ıi]?)?|antes|avant|prima|było|"
    r"было|původně|původní cena)\b[^0-9]*$",
    re.IGNORECASE,
)


@dataclass(frozen=True, kw_only=True)
class _Price:
    """A number in the text, with what stands by it."""

    start: int
    core: str
    marks: str
    #: Currency, "%" or "".
    unit: str
    power: int
    is_negative: bool
    #: Its decimals stand apart from it: to be trusted only where something else speaks for it.
    is_loose: bool
    #: The text says that this is not the price any more.
    is_former: bool
    #: Where what belongs to it ends.
    reach: int

    @property
    def value(self) -> str:
        """Equal for two ways to write one number."""
        core = re.sub(rf"[{SPACES}{APOSTROPHES}]", "", self.core)
        if self.marks not in (".", ",") or self.marks not in core:
            return re.sub("[^0-9]", "", core)
        whole, _, fraction = core.partition(self.marks)
        return f"{re.sub('[^0-9]', '', whole)}.{fraction}".rstrip("0").rstrip(".")


@lru_cache(maxsize=65536)
def find_amount(
    text: str, several: Several, extra_units: tuple[str, ...] = (), *, letters: bool = False
) -> Amount | None:
    """The amount that a text is or gives, or None.

    Left alone: texts without a number, with several prices (but as `several` says), with
    several numbers of which none has a currency; codes, dates, percentages.

    >>> found = find_amount("3 issues for only 14,85 EUR", "keep")
    >>> found.start, found.length, found.marks, found.unit
    (18, 5, ',', 'EUR')
    >>> find_amount("from 26 to 50 €", "keep") is None
    True
    """
    if text.strip(" !.*").casefold() in FREE:
        return Amount(start=0, length=0, marks="")
    # A dash apart from what follows may be a minus or no more than a dash.
    if re.match(rf"\s*[{DASHES}]\s", text):
        return None
    if amount := read_amount(text, extra_units, letters=letters):
        return amount
    prices, others = _numbers(text)
    chosen = _choose(text, prices, others, several)
    if chosen is None:
        return None
    return Amount(
        start=chosen.start,
        length=len(chosen.core),
        marks=chosen.marks,
        is_negative=chosen.is_negative,
        power=chosen.power,
        unit=chosen.unit,
        is_whole=chosen.marks in ("", ".,") or chosen.marks not in chosen.core,
    )


def _choose(text: str, prices: list[_Price], others: int, several: Several) -> _Price | None:
    with_currency = _with_ranges(text, [price for price in prices if price.unit], prices)
    current = [price for price in with_currency if not price.is_former] or with_currency
    if not current:
        is_range = len(prices) == 2 and _joins(text, *prices, is_spaced=True)
        values = {price.value for price in prices}
        if others or not prices or (len(values) > 1 and not is_range):
            return None
        current = prices
    firm = [price for price in current if not price.is_loose or price.unit]
    if not firm and (len(current) > 1 or re.search(r"[^\W\d_]", text)):
        return None
    if len({price.value for price in current}) > 1 and several == "keep":
        return None
    return current[-1] if several == "last" else current[0]


def _with_ranges(text: str, priced: list[_Price], prices: list[_Price]) -> list[_Price]:
    """Prices with a currency, and those that share one with the other end of a range."""
    return [
        price
        for place, price in enumerate(prices)
        if price in priced
        or (place + 1 < len(prices) and prices[place + 1] in priced
            and _joins(text, price, prices[place + 1]))
    ]  # fmt: skip


def _joins(text: str, low: _Price, high: _Price, *, is_spaced: bool = False) -> bool:
    """Whether only "to" or a dash stands between two numbers."""
    between = text[low.reach : high.start].rstrip("$€£")
    bare = between.strip(SPACES)
    if not bare or _RANGE.fullmatch(between) is None:
        return False
    return not is_spaced or between != bare


def _numbers(text: str) -> tuple[list[_Price], int]:
    """Numbers that may be prices, and how many others there are (percentages are neither)."""
    prices: list[_Price] = []
    others = reach = 0
    for found in _NUMBER.finditer(text):
        if found.start() < reach:
            continue  # the cents of the price before
        price = _price(text, found.start(), found.end(), reach)
        if price is None:
            others += 1
        elif price.unit != "%":
            prices.append(price)
        reach = found.end() if price is None else price.reach
    return prices, others


def _price(text: str, start: int, end: int, since: int) -> _Price | None:
    """What a number in the text is; None for a code, a date, a time, a fraction, an item of a
    list. `since`: where the price before ends.
    """
    if re.search(rf"(?:^|[^\w.,{SPACES}]|[{SPACES}])[.,]$", text[:start]):
        start -= 1
    loose = None if re.search("[.,]", text[start:end]) else _LOOSE.match(text, end)
    end = loose.end() if loose else end
    core = text[start:end]
    marks = decimal_marks(core.replace(" ", "") if loose else core)
    before = _currency_before(text[:start], has_mark=bool(marks))
    ahead = text[: start - len(before)]
    tail = _NO_CENTS.match(text, end)
    if tail and marks and tail[0][0] in marks:
        marks = tail[0][0]
    reach = tail.end() if tail else end
    power, unit, reach = _after(text, reach)
    unit = unit or _currency(before.strip(f"{SPACES}:{MINUS}"))
    is_glued = (ahead[-1:].isalpha() and not before) or text[reach : reach + 1].isalpha()
    if cents := _cents(text, reach, core, unit):
        core, marks, reach = text[start:cents], CURRENCY_MARK, cents
    if marks is None or is_identifier(core) or is_glued or _is_part(ahead, text[reach:], unit):
        return None
    return _Price(
        start=start,
        core=core,
        marks=marks,
        unit=unit,
        power=power,
        is_negative=re.search(rf"(?:^|[{SPACES}(])[{MINUS}]$", ahead) is not None
        or before.rstrip(SPACES)[-1:] in tuple(MINUS),
        is_loose=loose is not None,
        is_former=_FORMER.search(text[since:start]) is not None,
        reach=reach,
    )


def _is_part(ahead: str, behind: str, unit: str) -> bool:
    """Whether a number is part of something else: 12:30, 1/2, 25-09, May 2004."""
    if re.search(r"[0-9][:/]?$", ahead) or re.match(r"[:/]?[0-9]", behind):
        return True
    if re.search(r"(?:^|[^\w])[.,]$", ahead):
        return True
    if unit and re.match(r" [0-9]{2}\W*$", behind):
        return True  # "€ 19 95": a price and its cents, or two numbers
    if not unit and (re.search(r"[0-9]-$", ahead) or re.match(r"-[0-9]", behind)):
        return True
    near = (re.search(r"([^\W\d_]+)[.,]?\s*$", ahead), re.match(r"\s*([^\W\d_]+)", behind))
    return not unit and any(word is not None and is_month(word[1]) for word in near)


def _currency_before(ahead: str, *, has_mark: bool) -> str:
    """The currency right before a number, and what lies between: "US$: ", "EUR". A rand is
    written R8,499, but R8 is a name.
    """
    bare = ahead.rstrip(f"{SPACES}:{MINUS}")
    for length in range(min(_longest(), len(bare)), 0, -1):
        text = bare[-length:]
        if text[0].isalpha() and bare[:-length][-1:].isalpha():
            continue
        if _currency(text) and (not _is_letter(text) or (text == "R" and has_mark)):
            return ahead[len(bare) - length :]
    return ""


def _after(text: str, place: int) -> tuple[int, str, int]:
    """(power of ten, currency or "%", where it ends) of the words behind a number."""
    power = 0
    word = _WORD.match(text, place)
    if word and (found := power_of(word[1], letters=False)) is not None:
        power, place = found, word.end()
    start = place + len(text[place:]) - len(text[place:].lstrip(SPACES))
    for end in range(min(start + _longest(), len(text)), start, -1):
        near = text[start:end]
        if near[-1].isalpha() and text[end : end + 1].isalpha():
            continue
        if start > place and text[end : end + 1].isdigit():
            continue  # "10 £5": it is the next one's
        if near in "%٪" or (_currency(near) and not _is_letter(near)):
            return power, _currency(near) or "%", end
    return power, "", place


@cache
def _longest() -> int:
    """Characters of the longest way to write a currency."""
    return max(len(text) for text in currency_spellings())


def _currency(text: str) -> str:
    """The currency that a spelling names, or ""."""
    unit = unit_of(text)
    return unit if unit is not None and is_currency(unit) else ""


def _is_letter(text: str) -> bool:
    return len(text) == 1 and text.isascii() and text.isalpha()


def _cents(text: str, reach: int, core: str, unit: str) -> int:
    """Where the cents end that stand behind a currency (35€99, 35€ 99); 0 without any."""
    found = _CENTS.match(text, reach)
    is_after = re.match(r"[0-9]", text[reach - 1]) is None
    if found is None or not is_after or not unit or unit == "%" or not core.isdigit():
        return 0
    return 0 if found[1] and text[found.end() :].strip() else found.end()
