"""Countries by any of their names: ISO 3166 codes, official and everyday names, in fifty
languages.

Codes and official names are pycountry's, names in other languages the Unicode CLDR's (Babel).
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache
from typing import Literal

from anyascii import anyascii

Form = Literal["alpha2", "alpha3", "numeric", "name"]
#: Languages whose names of countries are known: the national ones that tables come in.
LANGUAGES = (
    "ar", "az", "be", "bg", "bn", "bs", "ca", "cs", "da", "de", "el", "en", "es", "et", "fa",
    "fi", "fr", "he", "hi", "hr", "hu", "hy", "id", "it", "ja", "ka", "kk", "ko", "lt", "lv",
    "mk", "ms", "nb", "nl", "pl", "pt", "ro", "ru", "sk", "sl", "sq", "sr", "sv", "th", "tr",
    "uk", "ur", "uz", "vi", "zh",
)  # fmt: skip
#: What people write besides.
_ALSO = {
    "US": "usa|u.s.a.|u.s.|us of a|america|united states|united states of america|abd|a.b.d.|"
          "amerika|amerika birleşik devletleri|amerika birlesik devletleri|estados unidos|eeuu|"
          "ee. uu.|états-unis|vereinigte staaten|usa - united states|сша|the states",
    "GB": "uk|u.k.|great britain|britain|england|scotland|wales|northern ireland|ingiltere|"
          "i̇ngiltere|büyük britanya|birleşik krallık|großbritannien|grossbritannien|angleterre|"
          "inglaterra|gran bretaña|reino unido|royaume-uni|англия|великобритания",
    "TR": "turkey|turkiye|türkiye|türkiye cumhuriyeti|t.c.|republic of turkey|turkei|turquie|"
          "turquía|turchia|turquia|турция",
    "NL": "holland|the netherlands|hollanda|holanda|olanda|hollande|голландия",
    "DE": "federal republic of germany|bundesrepublik deutschland|brd|almanya",
    "RU": "russia|russian federation|rusya|rusya federasyonu|россия",
    "KR": "south korea|republic of korea|korea, south|korea (south)|güney kore|rok|s. korea",
    "KP": "north korea|dprk|korea, north|korea (north)|kuzey kore|n. korea",
    "CN": "china|prc|p.r. china|pr china|people's republic of china|mainland china|çin|"
          "çin halk cumhuriyeti",
    "TW": "taiwan|chinese taipei|tayvan|r.o.c.",
    "HK": "hong kong|hongkong|hong kong sar",
    "MO": "macau|macao",
    "IR": "iran|islamic republic of iran|iran i̇slam cumhuriyeti",
    "SY": "syria|suriye",
    "VN": "vietnam|viet nam",
    "LA": "laos|lao pdr",
    "MM": "myanmar|burma|birmanya",
    "CZ": "czechia|czech republic|çekya|çek cumhuriyeti|tschechische republik",
    "SK": "slovakia|slovak republic",
    "MK": "macedonia|north macedonia|fyrom|makedonya|kuzey makedonya",
    "MD": "moldova",
    "BO": "bolivia",
    "VE": "venezuela",
    "TZ": "tanzania",
    "BN": "brunei",
    "FM": "micronesia",
    "CI": "ivory coast|cote d'ivoire|côte d’ivoire|fildişi sahili",
    "CV": "cape verde|cabo verde",
    "SZ": "swaziland|eswatini",
    "TL": "east timor|timor-leste",
    "VA": "vatican|vatican city|holy see|vatikan",
    "PS": "palestine|palestinian territories|filistin|state of palestine",
    "CD": "dr congo|drc|democratic republic of congo|congo-kinshasa|congo (kinshasa)|zaire",
    "CG": "republic of congo|congo-brazzaville|congo (brazzaville)",
    "AE": "uae|u.a.e.|emirates|bae|birleşik arap emirlikleri",
    "SA": "ksa|saudi arabia|suudi arabistan",
    "GR": "el|hellas|greece|yunanistan",
    "CY": "cyprus|güney kıbrıs",
    "BA": "bosnia|bosnia and herzegovina|bosnia-herzegovina|bosna hersek|bih",
    "TT": "trinidad",
    "KN": "st kitts and nevis|saint kitts",
    "LC": "st lucia",
    "VC": "st vincent|st vincent and the grenadines",
    "ST": "sao tome",
    "XK": "kosovo|kosova",
}  # fmt: skip
#: Names of two countries, which only their people tell apart.
_TWO = frozenset(("congo", "kongo", "korea", "kore", "corea", "coree", "guyana francesa"))


@lru_cache(maxsize=65536)
def country_of(text: str, language: str = "en") -> str | None:
    """The two letters of the country that a text names or codes; None where it names none or
    two.

    >>> [country_of(text) for text in ("Türkiye", "almanya", "DEU", "792")]
    ['TR', 'DE', 'DE', 'TR']
    >>> country_of("Korea") is None, country_of("Ankara") is None
    (True, True)
    """
    bare = text.strip(" \u00a0\t\r\n.,;")
    return _flag(bare) or _codes().get(bare.upper()) or named_country(text, language)


@lru_cache(maxsize=65536)
def named_country(text: str, language: str = "en") -> str | None:
    """The same by names alone, for columns in which two letters may mean anything.

    >>> named_country("TR") is None, named_country("Fransa")
    (True, 'FR')
    """
    key = _key(text)
    if plain(key) in _TWO:
        return None
    names = _names(language)
    return names.get(key) or names.get(plain(key))


def written(code: str, form: Form, language: str) -> str:
    """A country in the form wanted.

    >>> [written("TR", form, "de") for form in ("alpha3", "numeric", "name")]
    ['TUR', '792', 'Türkei']
    """
    import pycountry

    if form == "alpha2":
        return code
    if form == "name":
        return _territories(language).get(code, code)
    country = pycountry.countries.get(alpha_2=code)
    if country is None:  # Kosovo, which has a code in use, but none of ISO's
        return {"alpha3": "XKX", "numeric": "383"}[form]
    return str(country.alpha_3 if form == "alpha3" else country.numeric)


def _key(text: str) -> str:
    """A name without what does not count: case, blanks, a leading "the", full stops at ends."""
    text = unicodedata.normalize("NFC", text).replace("İ", "i").casefold()
    text = re.sub(r"\s+", " ", text.replace("&", " and ").replace("’", "'")).strip(" .,;")
    return text.removeprefix("the ")


def plain(key: str) -> str:
    """A Latin name in plain letters, words parted by one blank; other scripts as they are.

    >>> plain("côte d'ivoire"), plain("bosna-hersek")
    ('cote d ivoire', 'bosna hersek')
    """
    if any(char.isalpha() and "LATIN" not in unicodedata.name(char, "") for char in key):
        return key
    return re.sub(r"[^a-z0-9]+", " ", anyascii(key).lower()).strip()


def _flag(text: str) -> str | None:
    """The letters of a flag: two regional indicators."""
    codes = [ord(char) - 0x1F1E6 for char in text]
    if len(codes) != 2 or not all(0 <= code < 26 for code in codes):
        return None
    return _codes().get("".join(chr(ord("A") + code) for code in codes))


@cache
def _codes() -> dict[str, str]:
    import pycountry

    found = {"UK": "GB", "XK": "XK", "XKX": "XK", "EL": "GR"}
    for country in pycountry.countries:
        for code in (country.alpha_2, country.alpha_3, country.numeric):
            found[code] = country.alpha_2
    return found


@cache
def _names(language: str) -> dict[str, str]:
    import pycountry

    found: dict[str, set[str]] = {}
    for country in pycountry.countries:
        for kind in ("name", "official_name", "common_name"):
            _add(found, getattr(country, kind, ""), country.alpha_2)
    known = set(_codes().values())
    for name in {*LANGUAGES, language}:
        for code, text in _territories(name).items():
            if code in known:
                _add(found, text, code)
    only = {key: next(iter(codes)) for key, codes in found.items() if key and len(codes) == 1}
    for code, texts in _ALSO.items():
        for text in texts.split("|"):
            only[_key(text)] = only[plain(_key(text))] = code
    return only


def _add(found: dict[str, set[str]], text: str, code: str) -> None:
    key = _key(text)
    for spelling in {key, plain(key)}:
        found.setdefault(spelling, set()).add(code)


@cache
def _territories(language: str) -> dict[str, str]:
    from babel import Locale

    return {code: str(name) for code, name in Locale.parse(language).territories.items()}


def is_language(text: str) -> bool:
    """Whether names of countries are known in a language: tr, pt_BR."""
    from babel import Locale, UnknownLocaleError

    try:
        Locale.parse(text)
    except (UnknownLocaleError, ValueError):
        return False
    return True
