"""What kind of thing a text is, told from its pattern (see patterns)."""

from __future__ import annotations

import re
from functools import lru_cache

from app.engine.profiling.patterns import PROSE
from app.engine.values.numbers import EXACT_DIGITS

_SIGN = "[-+\u2212]?"
_MONEY = "[$€£₺¥%]"
_DIGITS = "9+(?:[.,'\u2019 \u00a0\u202f\u2009]9+)*"
_DAY = r"(?:9{1,2}([-/.])9{1,2}\1(?:9999|99)|9{4}([-/.])9{1,2}\2 ?9{1,2})"
_DAY_NAMED = r"(?:9{1,2}[- .]{1,2}(?:Aa|A|a)[-. ,]{1,2}9{4}|(?:Aa|A|a) 9{1,2},? 9{4})"
_TIME = r"9{1,2}:99(?::99(?:[.,]9+)?)?(?: ?(?:A|a))?"
_OFFSET = r"(?: ?(?:[-+]99:?99|A))?"

#: The first that matches decides.
KINDS = (
    ("datetime", rf"(?:{_DAY}|{_DAY_NAMED})(?:A|,)? ?{_TIME}{_OFFSET}"),
    ("date", rf"{_DAY}|{_DAY_NAMED}"),
    ("time", _TIME),
    ("email", r"[Aa9][Aa9._+'-]*@[Aa9][Aa9.-]*\.[Aa]+"),
    ("url", r"[Aa]+://\S+|a\.[Aa9-]+\.a(?:[/?#]\S*)?"),
    ("address", r"9{1,3}\.9{1,3}\.9{1,3}\.9{1,3}"),
    ("integer", rf"{_SIGN}9{{1,{EXACT_DIGITS}}}"),
    ("identifier", r"9+"),
    ("number", rf"\(?{_SIGN} ?{_MONEY}? ?{_SIGN}{_DIGITS}(?:[eE][-+]?9+)?(?: ?{_MONEY})?\)?"),
    # A number only in a column of numbers: A 99 is a code elsewhere.
    ("amount", rf"\(?{_SIGN}(?:Aa? )?{_SIGN}{_DIGITS}(?: ?(?:Aa?|a)\.?)?\)?"),
)
_COMPILED = tuple((kind, re.compile(pattern)) for kind, pattern in KINDS)


@lru_cache(maxsize=65536)
def kind_of(pattern: str) -> str:
    """datetime, date, time, email, url, address, integer, identifier, number, amount (a number
    with a unit in letters) or text.

    >>> [kind_of(text) for text in ("99.99.9999", "9.999,99 A", "a@a.a", "999", "Aa Aa")]
    ['date', 'amount', 'email', 'integer', 'text']
    """
    if pattern == PROSE:
        return "text"
    return next((kind for kind, form in _COMPILED if form.fullmatch(pattern)), "text")
