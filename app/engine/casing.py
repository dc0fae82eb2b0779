"""Upper and lower case as languages want it.

Turkish and Azerbaijani have a dotted and a dotless i, each in both cases. Unicode's default
rules turn İ into i and a combining dot: two code points that equal no i anybody types.
Source: https://www.unicode.org/Public/UCD/latest/ucd/SpecialCasing.txt
"""

from __future__ import annotations

#: Languages in which I is the capital of ı, and İ of i.
DOTLESS = ("tr", "az")


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


def is_dotless(locale: str) -> bool:
    return locale.lower().replace("_", "-").split("-")[0] in DOTLESS
