"""What kind of thing a cell's text is, as far as telling tables from noise needs it."""

from __future__ import annotations

import re
from functools import lru_cache

NUMBER = re.compile(
    r"[-+(]?\s*[$€£₺¥]?\s*[-+]?(?:\d{1,3}(?:[ ,.'\u00a0]\d{3})+|\d+)?(?:[.,]\d+)?(?:[eE][-+]?\d+)?\s*(?:%|[$€£₺¥]|TL|USD|EUR)?\)?"
)
DATE = re.compile(
    r"\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}(?:[T ]\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?\s*(?:[AaPp][Mm]|Z|[-+]\d{2}:?\d{2}| ?UTC)?)?"
    r"|\d{1,2}[- ][A-Za-z]{3,9}[- ,]+\d{2,4}|[A-Za-z]{3,9} \d{1,2},? \d{4}"
)
TIME = re.compile(r"\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?\s*(?:[AaPp][Mm])?")
WEB = re.compile(r"(?:https?|ftp)://\S+|www\.\S+|[\w.+-]+@[\w-]+\.[\w.-]+")
#: A name, a code, a word: no spaces, and only such punctuation as joins.
TOKEN = re.compile(r"[^\W_][\w.\-/+&'’#@°:]*|[\w.\-/$]+", re.UNICODE)
#: Words with ordinary punctuation between them.
PHRASE = re.compile(
    r"[\w¿¡(\[‘“'$#@&*+<>=~-][\w \u00a0.,:;!?'’‘“”\"()\[\]/&%+\-–—_#@*°$€£=<>~]*", re.UNICODE
)
MISSING = frozenset({"n/a", "na", "-", "--", "null", "none", "nan", "?", "\\n", "nil", "#n/a"})


@lru_cache(maxsize=65536)
def kind(cell: str) -> str:
    """blank, number, date, time, web, missing, token, phrase or other.

    >>> [kind(c) for c in ("", "1.988,39", "28/01/2018", "00:15", "a@b.de", "N/A", "MG-8769", "two words", "{;}")]
    ['blank', 'number', 'date', 'time', 'web', 'missing', 'token', 'phrase', 'other']
    """
    text = cell.strip()
    if not text:
        return "blank"
    if len(text) > 400:
        return "phrase"
    if any(character.isdigit() for character in text):
        if NUMBER.fullmatch(text):
            return "number"
        if DATE.fullmatch(text):
            return "date"
        if TIME.fullmatch(text):
            return "time"
    if text.lower() in MISSING:
        return "missing"
    if WEB.fullmatch(text):
        return "web"
    if TOKEN.fullmatch(text):
        return "token"
    if PHRASE.fullmatch(text):
        return "phrase"
    return "other"


TYPED = frozenset({"number", "date", "time", "web"})
