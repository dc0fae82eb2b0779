"""Words in dates: months, days of the week, halves of the day, in the languages of the world.

The vocabulary is dateparser's: that of the Unicode CLDR and what people write besides, in 200
languages. Its parser guesses where we must not, and takes a millisecond a text; its words are
what nobody should collect anew.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import cache, lru_cache
from importlib import import_module
from typing import Any

from anyascii import anyascii

_MONTHS = ("january", "february", "march", "april", "may", "june", "july", "august",
           "september", "october", "november", "december")  # fmt: skip
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
#: National languages. A word that means two months among these (listopad is November in Prague,
#: October in Zagreb) is understood only where the language is given; among the others it is not
#: worth a doubt about the word Mai.
_WIDE_SPREAD = frozenset(
    ("ar", "az", "be", "bg", "bn", "bs", "ca", "cs", "da", "de", "el", "en", "es", "et", "fa",
     "fi", "fr", "he", "hi", "hr", "hu", "hy", "id", "it", "ja", "ka", "kk", "ko", "lt", "lv",
     "mk", "ms", "nb", "nl", "pl", "pt", "ro", "ru", "sk", "sl", "sq", "sr", "sv", "th", "tr",
     "uk", "ur", "uz", "vi", "zh")
)  # fmt: skip
#: A word this long is taken for the month or day that it begins.
_SHORTEST = 3
#: Said beside a date without saying anything about it.
FILLERS = frozenset(
    ("of", "the", "at", "on", "in", "de", "del", "da", "do", "di", "le", "la", "el", "den",
     "der", "dem", "dne", "d", "um", "uhr", "à", "a", "en", "u", "o", "v", "ve", "i", "y", "и",
     "в", "г", "год", "года", "році", "р", "року", "year", "yr", "año", "jahr", "yıl", "yılı",
     "saat", "saati", "klo", "kl", "ora", "ore", "alle", "às", "as", "les", "e", "og", "och",
     "th", "st", "nd", "rd", "er", "ère", "re", "º", "ª", "წ", "წელი", "সাল", "साल", "năm",
     "ngày", "lúc", "dated", "date", "o'clock", "h", "hod", "godz", "ter", "am", "las", "los",
     "ad", "ce", "pukul", "jam", "uur")
)  # fmt: skip
_NOON = frozenset(("noon", "midday", "mittag", "mittags", "mediodía", "midi", "podne", "öğle",
                   "полдень"))  # fmt: skip
_MIDNIGHT = frozenset(("midnight", "mitternacht", "medianoche", "minuit", "ponoć", "полночь"))
_DAY_HALVES = {
    "am": "am", "pm": "pm", "öö": "am", "ös": "pm", "上午": "am",
    "下午": "pm", "午前": "am", "午後": "pm", "오전": "am", "오후": "pm",
    "晚": "pm", "晚上": "pm",
}  # fmt: skip


#: Full stops, the dot that lower-casing leaves of İ, and the nukta, which many leave out.
_UNHEARD = "[.\u0307\u093c\u09bc]"


@lru_cache(maxsize=4096)
def folded(word: str) -> str:
    """A word as it is looked up: composed, lower case, without full stops.

    >>> folded("Şubat."), folded("İYÜN")
    ('şubat', 'iyün')
    """
    text = unicodedata.normalize("NFD", word.replace("İ", "i").lower())
    return unicodedata.normalize("NFC", re.sub(_UNHEARD, "", text))


@lru_cache(maxsize=4096)
def meanings(word: str, language: str | None = None) -> tuple[frozenset[int], frozenset[int]]:
    """(the months that a word may mean, 1 to 12; the days of the week, Monday 0). A word that
    is a name is not taken for the beginning of another.

    >>> months, days = meanings("listopad")
    >>> sorted(months), sorted(meanings("listopad", "hr")[0])
    ([10, 11], [10])
    >>> sorted(meanings("Sat")[0]), sorted(meanings("Sat")[1])
    ([], [5])
    """
    text = folded(word)
    names = _months(language), _days()
    for look in (_Words.in_national, _Words.in_any, _Words.beginning):
        months, days = (look(each, text) for each in names)
        if months or days:
            break
    return frozenset(place + 1 for place in months), days


def is_month(word: str) -> bool:
    """Whether any language calls a month so.

    >>> is_month("Ağustos"), is_month("Sept."), is_month("Price")
    (True, True, False)
    """
    return bool(meanings(word)[0])


@lru_cache(maxsize=4096)
def day_half(word: str) -> str | None:
    """ "am", "pm", "noon", "midnight" or None.

    >>> day_half("p.m."), day_half("अपराह्न"), day_half("noon")
    ('pm', 'pm', 'noon')
    """
    text = folded(word)
    if text in _NOON:
        return "noon"
    if text in _MIDNIGHT:
        return "midnight"
    return _DAY_HALVES.get(text) or _halves().get(text)


class _Words:
    """Names by language group: word -> what it may mean."""

    def __init__(self) -> None:
        self._wide: dict[str, set[int]] = {}
        self._rare: dict[str, set[int]] = {}

    def add(self, name: str, meaning: int, *, is_wide: bool) -> None:
        table = self._wide if is_wide else self._rare
        text = folded(name)
        # Without accents too: Latin letters alone, for those of others spell other words.
        is_latin = all("LATIN" in unicodedata.name(char, "LATIN") for char in text)
        for spelling in {text, folded(anyascii(text))} if is_latin else {text}:
            if spelling and not spelling.isdigit():
                table.setdefault(spelling, set()).add(meaning)

    def in_national(self, text: str) -> frozenset[int]:
        return frozenset(self._wide.get(text, ()))

    def in_any(self, text: str) -> frozenset[int]:
        return frozenset(self._rare.get(text, ()))

    def beginning(self, text: str) -> frozenset[int]:
        if len(text) < _SHORTEST:
            return frozenset()
        begun = [meant for word, meant in self._wide.items() if word.startswith(text)]
        return frozenset().union(*begun)


@cache
def _months(language: str | None) -> _Words:
    return _named(_MONTHS, language)


@cache
def _days() -> _Words:
    return _named(_DAYS, None)


def _named(keys: tuple[str, ...], language: str | None) -> _Words:
    words = _Words()
    for code, info in _languages():
        if language in (None, code):
            for place, key in enumerate(keys):
                for name in info.get(key, ()):
                    words.add(name, place, is_wide=code == language or code in _WIDE_SPREAD)
    return words


@cache
def _halves() -> dict[str, str]:
    found: dict[str, str] = {}
    for code, info in _languages():
        if code in _WIDE_SPREAD:
            found |= {
                folded(word): half for half in ("am", "pm") for word in info.get(half, ())
            }
    return found


def languages() -> list[str]:
    """Codes of the languages whose words are known."""
    order = import_module("dateparser.data.languages_info").language_order
    return list(order)


def _languages() -> Iterator[tuple[str, dict[str, Any]]]:
    for code in languages():
        yield code, import_module(f"dateparser.data.date_translation_data.{code}").info
