"""Texts in alphabetical order, as a language has it.

Case and accents do not count: Ada, ada and Adâ stand together. In some languages a letter with
a mark is a letter of its own, with its own place: Turkish has ç behind c, Swedish å behind z.
Source: https://cldr.unicode.org/index/cldr-spec/collation-guidelines, and its data by language.
"""

from __future__ import annotations

import unicodedata
from functools import cache

import polars as pl

from app.engine.values.casing import fold, is_dotless

#: Letters of their own, each group behind the plain letter it begins with.
_BEHIND: dict[str, tuple[str, ...]] = {
    "tr": ("cç", "gğ", "hı", "oö", "sş", "uü"),
    "az": ("cç", "eə", "gğ", "hı", "oö", "sş", "uü"),
    "sv": ("zåäö",),
    "fi": ("zåäö",),
    "da": ("zæøå",),
    "nb": ("zæøå",),
    "nn": ("zæøå",),
    "no": ("zæøå",),
    "is": ("aá", "dð", "eé", "ií", "oó", "uú", "yý", "zþæö"),
    "et": ("sšzž", "wõäöü"),
    "es": ("nñ",),
    "pl": ("aą", "cć", "eę", "lł", "nń", "oó", "sś", "zźż"),
    "cs": ("cč", "rř", "sš", "zž"),
    "sk": ("aä", "cč", "oô", "sš", "zž"),
    "hr": ("cčć", "dđ", "sš", "zž"),
    "bs": ("cčć", "dđ", "sš", "zž"),
    "sl": ("cčć", "dđ", "sš", "zž"),
    "ro": ("aăâ", "iî", "sș", "tț"),
    "hu": ("oö", "uü"),
}
#: Letters that Unicode does not take apart, and the plain ones they stand beside elsewhere.
_PLAIN = {
    "ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th",
    "ı": "i",
}  # fmt: skip
#: Where Latin and Greek letters with marks are.
_MARKED = (range(0x00C0, 0x0250), range(0x0370, 0x0400), range(0x1E00, 0x2000))
#: Private characters, behind every letter: what follows the plain one in a letter of its own.
_BEHIND_ALL = 0x10FFF0


def sort_key(column: pl.Series, locale: str = "en") -> pl.Series:
    """Texts whose plain order is the alphabetical order of the column's.

    >>> names = pl.Series(["Zoe", "çam", "Cem", "dal"])
    >>> names[sort_key(names, "tr").arg_sort()].to_list()
    ['Cem', 'çam', 'dal', 'Zoe']
    """
    language = locale.lower().replace("_", "-").split("-")[0]
    if is_dotless(language):
        column = column.str.replace_all("I", "ı", literal=True)
    small = fold(column)
    if (small.str.len_bytes() == small.str.len_chars()).all():
        return small
    if small.str.contains(r"[\u0300-\u036f]").any():
        small = small.str.normalize("NFC")
    return small.str.replace_many(_letters(language))


@cache
def _letters(language: str) -> dict[str, str]:
    """What stands for each letter that is not plain."""
    plain = {
        letter: without_marks
        for letter in (chr(code) for codes in _MARKED for code in codes)
        if (without_marks := _without_marks(letter)) != letter
    }
    own = {
        letter: group[0] + chr(_BEHIND_ALL + place)
        for group in _BEHIND.get(language, ())
        for place, letter in enumerate(group[1:], start=1)
    }
    return {**plain, **_PLAIN, **own}


def _without_marks(letter: str) -> str:
    parts = unicodedata.normalize("NFD", letter)
    return "".join(part for part in parts if not unicodedata.combining(part))
