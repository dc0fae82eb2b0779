"""Words in dates: months, days of the week, halves of the day, in the languages of the world.

The names are the Unicode CLDR's, as Babel brings them; what people write besides is added.
"""

from __future__ import annotations

import unicodedata
from functools import cache

from babel import Locale
from babel.localedata import locale_identifiers


def folded(word: str) -> str:
    """A word as it is looked up: composed, lower case, without a full stop.

    >>> folded("Şubat."), folded("İYÜN")
    ('şubat', 'iyün')
    """
    text = unicodedata.normalize("NFC", word).replace("İ", "i").lower()
    return text.replace("\u0307", "").strip(".")


def is_month(word: str) -> bool:
    """Whether any language calls a month so.

    >>> is_month("September"), is_month("Ağustos"), is_month("Price")
    (True, True, False)
    """
    return folded(word) in months()


@cache
def months() -> dict[str, frozenset[int]]:
    """Word -> the months it may mean, 1 to 12."""
    found: dict[str, set[int]] = {}
    for locale in _locales():
        for widths in Locale.parse(locale).months.values():
            for width in ("wide", "abbreviated"):
                for number, name in widths[width].items():
                    found.setdefault(folded(name), set()).add(number)
    return {word: frozenset(numbers) for word, numbers in found.items()}


def _locales() -> list[str]:
    return [name for name in locale_identifiers() if "_" not in name]
