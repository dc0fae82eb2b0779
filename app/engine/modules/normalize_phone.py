"""Phone numbers in one form, by Google's knowledge of the world's numbering plans."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Literal

import polars as pl

from app.engine.looking.recognising import Recogniser
from app.engine.module import ColumnParams, Meta, Outcome
from app.engine.values.cells import Invalid, Rewriting, rewritten

Format = Literal["e164", "international", "national", "rfc3966"]
#: One number, with a label before it and an extension behind it. Letters elsewhere are words.
_WRITTEN = re.compile(
    r"\s*(?:(?:tel|telefon|phone|mobile|mob|gsm|cep|fax|faks|tlf|tél)[.:]*\s*)?"
    r"[+(]?[\d\s()./\u2010-\u2015-]{5,28}"
    r"(?:(?:ext|extension|x|dahili|int|poste|dw)\s*[.:]*\s*\d{1,6})?\s*",
    re.IGNORECASE,
)
#: A column of bare digits may be one of anything.
_LIKE_A_PHONE = re.compile(r"[\s\w.:]*?(?:\+|\b00|\b0[1-9]|\(|\b\d{2,4}[ ./-]\d)")


@dataclass(frozen=True, kw_only=True)
class Params(ColumnParams):
    #: Country (TR, DE, US, ...) of numbers that are written without its code.
    default_region: str | None = None
    format: Format = "e164"
    #: Take numbers of the right length though no such number is given out.
    accept_unassigned: bool = False
    #: What becomes of a cell that is no phone number in a column that is worked on.
    invalid: Invalid = "keep"

    def __post_init__(self) -> None:
        if self.default_region is not None:
            from phonenumbers import SUPPORTED_REGIONS

            if self.default_region.upper() not in SUPPORTED_REGIONS:
                raise ValueError(
                    f'default_region: there is no country "{self.default_region}"; '
                    "give two letters, such as TR"
                )


@lru_cache(maxsize=65536)
def read_phone(text: str, region: str | None, form: Format, *, unassigned: bool) -> str | None:
    """A phone number in the form wanted; None where the text is none, or several.

    An extension is kept, as RFC 3966 writes it.

    >>> read_phone("0532 123 45 67", "TR", "e164", unassigned=False)
    '+905321234567'
    >>> read_phone("0532 123 45 67", None, "e164", unassigned=False) is None
    True
    """
    # 17 ms to load: not for pipelines without phone numbers.
    import phonenumbers

    if _WRITTEN.fullmatch(text) is None:
        return None
    try:
        number = phonenumbers.parse(text, region and region.upper())
    except phonenumbers.NumberParseException:
        return None
    is_good = phonenumbers.is_possible_number if unassigned else phonenumbers.is_valid_number
    if not is_good(number):
        return None
    code = getattr(phonenumbers.PhoneNumberFormat, form.upper())
    written: str = phonenumbers.format_number(number, code)
    if form == "e164" and number.extension:
        return f"{written};ext={number.extension}"
    return written


def _read(params: Params, text: str) -> str | None:
    return read_phone(
        text, params.default_region, params.format, unassigned=params.accept_unassigned
    )


def _is_phone(params: Params, text: str) -> bool:
    return _LIKE_A_PHONE.match(text) is not None and _read(params, text) is not None


def phone_columns(params: Params, columns: list[str]) -> Recogniser:
    return Recogniser(params, columns, partial(_is_phone, params))


def normalize_phone(batch: pl.DataFrame, params: Params, columns: tuple[str, ...]) -> Outcome:
    """Write phone numbers in one form, E.164 by default (+905321234567).

    A number without the code of a country is read only with `default_region`. Only numbers that
    the plan of their country gives out are written; labels (Tel:) and blanks go.
    Left alone: two numbers in a cell, numbers spelled with letters, short service numbers,
    columns of bare digits that the caller does not name.
    Shape: columns unchanged; rows fewer only with invalid="reject".
    """
    rewriting = Rewriting(batch, params.invalid)
    for name in columns:
        new, unread = rewritten(batch[name], partial(_read, params))
        rewriting.put(name, new, unread, "a phone number")
    return rewriting.outcome(warnings=_advice(params, columns))


def _advice(params: Params, columns: tuple[str, ...]) -> list[str]:
    if not columns or params.default_region is not None:
        return []
    return ["Numbers without the code of a country are kept; set default_region to read them."]


META = Meta(
    key="normalize_phone",
    name="Normalize Phone",
    description="Phone numbers in one form, E.164 by default.",
    order=62,
    params=Params,
    learn=phone_columns,
)
