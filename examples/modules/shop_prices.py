"""Prices as shops print them: the amount and the currency, each in a column of its own.

    "1.299,90 TL KDV dahil"         1299.90   TRY
    "was $24.99, now $19.99"        19.99     USD
    "€2.50 (€5.00/kg)"              2.50      EUR
    "from 12 to 15 €", "3 for $10"  not read: there is no one price

A text such as "1.299 €" may mean 1299 or 1.299. The module looks at the whole column first:
where the other prices in that currency show which mark is the decimal one, it is read.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import Annotated

import msgspec
import polars as pl

from app.engine.module import Column, Meta, Outcome

CURRENCIES = {
    "US$": "USD", "USD": "USD", "$": "USD", "€": "EUR", "EUR": "EUR", "£": "GBP", "GBP": "GBP",
    "₺": "TRY", "TL": "TRY", "TRY": "TRY", "zł": "PLN", "PLN": "PLN", "CHF": "CHF", "¥": "JPY",
}  # fmt: skip
_SIGN = "|".join(re.escape(sign) for sign in sorted(CURRENCIES, key=len, reverse=True))
_DIGITS = r"[0-9]+(?:[.,'’ \u00a0\u202f][0-9]+)*"
_AMOUNT = re.compile(
    rf"(?:(?P<before>{_SIGN})\s*)?(?P<digits>{_DIGITS})(?:\s*(?P<after>{_SIGN})(?!\w))?"
)
_FREE = re.compile(r"\s*(?:free|gratis|kostenlos|gratuit|ücretsiz|bedava)\s*", re.IGNORECASE)
#: Words before a price that no longer holds.
_FORMERLY = re.compile(r"\b(?:was|rrp|list|statt|uvp|eski|before)\b\W*$", re.IGNORECASE)
#: Several things for one price.
_SEVERAL = re.compile(r"\b[0-9]+\s*(?:for|x|adet|stück|pcs)\b", re.IGNORECASE)
_RANGE = re.compile(r"[0-9]\W{0,3}(?:-|–|to|bis|ile)\W{0,3}[0-9]", re.IGNORECASE)
_MINUS = re.compile(r"\s*[-\u2212]")
_BARE = re.compile(rf"\s*{_DIGITS}\s*")
#: A word in front of digits that are grouped by blanks.
_DOUBTFUL = re.compile(r"[^\W\d_]\s*$")
_PER_UNIT = re.compile(r"\s*(?:/|per\b|pro\b)", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True)
class Params:
    #: Where the texts are.
    column: Column = "price"
    #: What the two new columns are called.
    amount_into: Annotated[str, msgspec.Meta(min_length=1)] = "amount"
    currency_into: Annotated[str, msgspec.Meta(min_length=1)] = "currency"
    #: What $ stands for: USD, CAD, AUD, ...
    dollar: Annotated[str, msgspec.Meta(pattern="^[A-Z]{3}$")] = "USD"


@dataclass(frozen=True)
class Price:
    """One amount as it is printed, and its currency where it has one."""

    digits: str
    currency: str | None

    def decimal_mark(self) -> str | None:
        """The decimal mark that the digits prove; "" where they have none; None where they may
        be read both ways.

        >>> [Price(text, None).decimal_mark() for text in ("1.299,90", "12,5", "7", "1.299")]
        [',', ',', '', None]
        """
        marks = re.findall("[.,]", self.digits)
        if not marks:
            return ""
        if len(set(marks)) == 2:
            return marks[-1]
        if len(marks) > 1:  # the same one again and again groups thousands
            return "," if marks[0] == "." else "."
        behind = len(self.digits) - self.digits.index(marks[0]) - 1
        return marks[0] if behind != 3 else None

    def amount(self, mark: str) -> str:
        """The plain number, with `mark` read as the decimal one.

        >>> Price("1.299,90", "TRY").amount(",")
        '1299.90'
        """
        whole, _, fraction = self.digits.partition(mark) if mark else (self.digits, "", "")
        plain = re.sub("[^0-9]", "", whole).lstrip("0") or "0"
        return f"{plain}.{fraction}" if fraction else plain


def find_price(text: str, dollar: str) -> Price | None:
    """The one price that a text names, else None.

    >>> find_price("was $24.99, now $19.99", "USD")
    Price(digits='19.99', currency='USD')
    >>> find_price("from 12 to 15 €", "USD") is None
    True
    """
    if _FREE.fullmatch(text):
        return Price("0", None)
    if _SEVERAL.search(text):
        return None
    prices = []
    for found in _AMOUNT.finditer(text):
        ahead = text[: found.start()]
        if _FORMERLY.search(ahead) or _PER_UNIT.match(text, found.end()):
            continue
        if _DOUBTFUL.search(ahead) and re.search(r"\s", found["digits"]):
            return None  # "iPhone 15 999 €" may be 999 or 15999
        sign = found["before"] or found["after"]
        currency = dollar if sign == "$" else CURRENCIES.get(sign or "")
        prices.append(Price(found["digits"], currency))
    if _RANGE.search(text) or _MINUS.match(text):
        return None
    # A number beside a currency is the price; the others are sizes, counts, percentages.
    named = [price for price in prices if price.currency]
    if not named and _BARE.fullmatch(text):
        named = prices
    return named[0] if len(named) == 1 else None


class Marks:
    """Learns which decimal mark the prices of each currency prove."""

    def __init__(self, params: Params, columns: list[str]) -> None:
        self._params = params
        self._proofs: Counter[tuple[str | None, str]] = Counter()

    def observe(self, batch: pl.DataFrame) -> None:
        for text in batch[self._params.column].drop_nulls().unique():
            price = find_price(text, self._params.dollar)
            if price is not None and (mark := price.decimal_mark()):
                self._proofs[price.currency, mark] += 1

    def finish(self) -> dict[str | None, str]:
        """Currency -> its decimal mark, where all prices agree on it."""
        marks: dict[str | None, set[str]] = {}
        for currency, mark in self._proofs:
            marks.setdefault(currency, set()).add(mark)
        return {currency: found.pop() for currency, found in marks.items() if len(found) == 1}


def shop_prices(batch: pl.DataFrame, params: Params, marks: dict[str | None, str]) -> Outcome:
    """Read the price of each text once; what names no one price is counted as odd.

    Shape: rows and cells unchanged, two columns more.
    """
    cells = batch[params.column]
    amounts: dict[str, str | None] = {}
    currencies: dict[str, str | None] = {}
    for text in cells.drop_nulls().unique():
        price = find_price(text, params.dollar)
        mark = None if price is None else price.decimal_mark()
        if price is not None and mark is None:
            mark = marks.get(price.currency)
        if price is not None and mark is not None:
            amounts[text], currencies[text] = price.amount(mark), price.currency
    amount = _looked_up(cells, amounts, params.amount_into)
    unread = int((amount.is_null() & cells.is_not_null()).sum())
    return Outcome(
        frame=batch.with_columns(amount, _looked_up(cells, currencies, params.currency_into)),
        types={params.amount_into: "number"},
        odd={params.column: unread} if unread else {},
    )


def _looked_up(cells: pl.Series, found: dict[str, str | None], name: str) -> pl.Series:
    return cells.replace_strict(found, default=None, return_dtype=pl.String).alias(name)


def _header(params: Params, columns: list[str]) -> list[str]:
    for name in (params.amount_into, params.currency_into):
        if name in columns:
            raise ValueError(f'there is a column "{name}" already')
    return [*columns, params.amount_into, params.currency_into]


META = Meta(
    key="shop_prices",
    name="Shop Prices",
    description="The amount and the currency of prices as shops print them.",
    order=65,
    params=Params,
    learn=Marks,
    header=_header,
)
