"""Upper and lower case as languages want it.

Turkish and Azerbaijani have a dotted and a dotless i, each in both cases. Unicode's default
rules turn İ into i and a combining dot: two code points that equal no i anybody types.
Source: https://www.unicode.org/Public/UCD/latest/ucd/SpecialCasing.txt
"""

from __future__ import annotations

import re
from functools import lru_cache

import polars as pl

#: Languages in which I is the capital of ı, and İ of i.
DOTLESS = ("tr", "az")
#: Letters and digits with their accents; an apostrophe between letters is part of the word.
_WORD = re.compile(r"(?:[^\W_]|[\u0300-\u036f])+(?:['\u2019](?:[^\W_]|[\u0300-\u036f])+)*")
#: Particles that are followed by a capital: O'Neil, D'Angelo, L'Oréal.
_BEFORE_CAPITAL = re.compile(r"(?<=\b[OoDdLl]['\u2019])\w(?=\w\w)")


def lower(text: str, locale: str = "en") -> str:
    """Lower case; İ is i in every language.

    >>> lower("İSTANBUL"), lower("IŞIK", "tr"), lower("IN", "en")
    ('istanbul', 'ışık', 'in')
    """
    if is_dotless(locale):
        text = text.replace("I", "ı")
    return text.replace("İ", "i").lower()


def upper(text: str, locale: str = "en") -> str:
    """Upper case.

    >>> upper("istanbul", "tr"), upper("ışık", "tr"), upper("istanbul")
    ('İSTANBUL', 'IŞIK', 'ISTANBUL')
    """
    if is_dotless(locale):
        text = text.replace("i", "İ")
    return text.upper()


def title(text: str, locale: str = "en") -> str:
    """Every word with a capital: names, titles.

    Left alone: words with digits in them, and words that already mix large and small letters,
    for somebody knew how to write those (McDonald, iPhone).

    >>> title("İZMİR ILICA", "tr"), title("john o'neil's"), title("iPhone 4s")
    ('İzmir Ilıca', "John O'Neil's", 'iPhone 4s')
    """
    return _WORD.sub(lambda word: _titled(word[0], locale), text)


def sentence(text: str, locale: str = "en") -> str:
    """One capital, at the first word; what `title` leaves alone is left alone.

    >>> sentence("NEW ORDER, by McDonald")
    'New order, by McDonald'
    """
    first = _WORD.search(text)
    if first is None:
        return text
    rest = _WORD.sub(lambda word: _small(word[0], locale), text[first.end() :])
    return text[: first.start()] + _capitalised(first[0], locale) + rest


@lru_cache(maxsize=65_536)  # words come again and again
def _titled(word: str, locale: str) -> str:
    if _is_settled(word):
        return word
    return _BEFORE_CAPITAL.sub(lambda char: upper(char[0], locale), _capitalised(word, locale))


def _capitalised(word: str, locale: str) -> str:
    if _is_settled(word):
        return word
    small = lower(word, locale)
    if locale.lower().startswith("nl") and small.startswith("ij"):
        return "IJ" + small[2:]
    if is_dotless(locale) and small.startswith("i"):
        return "İ" + small[1:]
    # The title case of a letter, which is not always its upper case: ß is Ss, ǆ is ǅ.
    return small[:1].title() + small[1:]


def _small(word: str, locale: str) -> str:
    return word if _is_settled(word) else lower(word, locale)


def _is_settled(word: str) -> bool:
    has_digits = any(char.isdigit() for char in word)
    return has_digits or (word[1:].lower() != word[1:] and word.upper() != word)


def is_dotless(locale: str) -> bool:
    return locale.lower().replace("_", "-").split("-")[0] in DOTLESS


def fold(column: pl.Series) -> pl.Series:
    """Texts in small letters, to be compared; İ is i.

    >>> fold(pl.Series(["İstanbul", "ANKARA"])).to_list()
    ['istanbul', 'ankara']
    """
    return column.str.replace_all("İ", "i", literal=True).str.to_lowercase()
