"""What kind of thing a cell's text is, as far as telling tables from noise needs it."""

from __future__ import annotations

import re
from functools import lru_cache

CURRENCY = r"(?:[$€£₺¥₹]|TL|USD|EUR|GBP)"
NUMBER = re.compile(
    rf"\(?[-+]?\s?{CURRENCY}?\s?[-+]?"
    r"(?:\d{1,3}(?:[ ,.'’\u00a0\u202f]\d{3})+|\d+)?(?:[.,]\d*)?(?:[eE][-+]?\d+)?"
    rf"\s?(?:%|‰|{CURRENCY})?\)?"
)
CLOCK = r"\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?\s?(?:[AaPp]\.?[Mm]\.?)?"
ZONE = r"(?:\s?(?:Z|UTC|GMT|[-+]\d{2}:?\d{2}))?"
MONTH = r"[A-Za-zçğıöşüéûäÇĞİÖŞÜ]{3,10}\.?"
DATE = re.compile(
    rf"(?:\d{{1,4}}[-/.]\d{{1,2}}[-/.]\d{{1,4}}|\d{{1,2}}[-/ ]{MONTH}[-/, ]+\d{{2,4}}"
    rf"|(?:[A-Z][a-z]{{2}},? )?{MONTH} \d{{1,2}},? (?:{CLOCK} )?\d{{4}})"
    rf"(?:(?:T|\s{{1,2}}){CLOCK}{ZONE})?"
)
TIME = re.compile(CLOCK)
WEB = re.compile(r"(?:https?|ftp|file)://\S+|www\.\S+|[\w.+-]+@[\w-]+\.[\w.-]+")
#: A name, a code, a path: no spaces, and only such punctuation as joins.
TOKEN = re.compile(r"[\w$@#/.\\][\w.\-/\\+&'’@°:$*]*%?")
#: Words with spaces between them, and punctuation where people put it. Possessive throughout:
#: what is not a phrase is known after one pass.
WORD = (
    r"[(\[{<\"'“‘¿¡*#@&~$+-]*+"
    r"[\w€£%°…]++(?:[.\-/'’&+:@_°*#=$,\\]++[\w€£%…]++)*+"
    r"[)\]}>\"'”’.,;:!?…*%™®+-]*+"
)
PHRASE = re.compile(rf"{WORD}(?:\s++(?:{WORD}|[-–—&/+=<>|*•·]++))*+")
#: Three or more items in one cell.
LIST = re.compile(r"[\w.-]+(?:;[\w.-]+){2,}|[\w.-]+(?:\|[\w.-]+){2,}|[\w.-]+(?:,[\w.-]+){2,}")
MISSING = frozenset(
    {"n/a", "na", "-", "--", "null", "none", "nan", "?", "\\n", "nil", "#n/a", "."}
)
#: Longer than this is prose, or a whole line: not looked at in detail.
LONG = 300


@lru_cache(maxsize=65536)
def kind(cell: str) -> str:
    """blank, number, date, time, web, missing, token, phrase, list or other.

    >>> [kind(c) for c in ("", "1.988,39", "28/01/2018", "00:15", "a@b.de", "N/A", "MG-8769")]
    ['blank', 'number', 'date', 'time', 'web', 'missing', 'token']
    >>> [kind(c) for c in ("two words", "Round 48 (inch), new", "name;1", "{;}", 'x",y')]
    ['phrase', 'phrase', 'other', 'other', 'other']
    """
    text = cell.strip()
    if not text:
        return "blank"
    if len(text) > LONG:
        return "phrase" if " " in text else "other"
    if text.lower() in MISSING:
        return "missing"
    digits = any(character.isdigit() for character in text)
    for name, pattern in DIGIT_KINDS if digits else ():
        if pattern.fullmatch(text):
            return name
    for name, pattern in WORD_KINDS:
        if pattern.fullmatch(text):
            return "other" if name == "phrase" and JOINED.search(text) else name
    return "other"


#: Letters on both sides of a comma: two cells rather than one.
JOINED = re.compile(r"[^\W\d],\S|\S,[^\W\d]")
TYPED = frozenset({"number", "date", "time", "web"})
DIGIT_KINDS = (("number", NUMBER), ("date", DATE), ("time", TIME))
WORD_KINDS = (("web", WEB), ("token", TOKEN), ("list", LIST), ("phrase", PHRASE))
