"""Tokens that stand for a missing cell, and when a column's content says that they do.

A token is taken for missing only where it cannot be a value: `N/A` anywhere; a dash, unless the
column holds signs; a word such as null, only among numbers and dates, or where it is written in
another case than the column's own words. A person called Null, a country code NA and a blood
group's minus stay.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

import polars as pl

#: No value is written like these (spreadsheet errors, exports of databases and of pandas).
PLAIN_TOKENS = (
    "N/A", "n/a", "N/a", "#N/A", "#NA", "#N/A N/A", "#YOK", "<NA>", "<null>", "<NULL>",
    "(null)", "(NULL)", "(blank)", "(empty)", "(boş)", "\\N", "#NULL!", "#REF!", "#DIV/0!",
    "#VALUE!", "#NAME?", "#NUM!", "#DEĞER!", "#SAYI/0!", "#AD?", "#BAŞV!", "#BOŞ!", "NaN",
    "-NaN", "1.#QNAN", "-1.#IND", "1.#IND",
)  # fmt: skip
#: Signs people type into a cell they have nothing for.
SIGN_TOKENS = ("-", "--", "---", "\u2013", "\u2014", ".", "..", "...", "?", "??", "*", "/", "_")
#: Words that may also be a name or a code.
WORD_TOKENS = (
    "null", "Null", "NULL", "none", "None", "NONE", "nil", "Nil", "NIL", "nan", "NAN", "na",
    "Na", "NA", "undefined", "yok", "Yok", "YOK", "boş", "Boş", "BOŞ", "bilinmiyor", "unknown",
    "missing",
)  # fmt: skip
TOKENS = (*PLAIN_TOKENS, *SIGN_TOKENS, *WORD_TOKENS)

#: Values looked at per batch to learn what a column holds besides tokens.
SAMPLE = 500
#: A column of numbers or dates has at least this share of them; a column of signs, or of words
#: in one case, at least that share.
TYPED_SHARE, SIGN_SHARE, WORD_SHARE = 0.9, 0.01, 0.2

_KINDS = {
    "typed": r"^[\s(+\-\u2212$€£₺%]*\d[\d\s.,:/\-+%TZ]*[\p{L}€$£₺%]{0,3}\.?\)?$",
    "sign": r"^[^\p{L}\p{N}\s]{1,3}$",
    "lower": r"^\p{Ll}[\p{Ll}_-]*$",
    "upper": r"^\p{Lu}[\p{Lu}\p{N}_-]*$",
    "title": r"^\p{Lu}\p{Ll}+",
}


@dataclass(frozen=True, kw_only=True)
class Decision:
    """Which tokens of a column are missing cells, and which were kept: {token: cells}."""

    missing: tuple[str, ...] = ()
    kept: dict[str, int] = field(default_factory=dict)
    #: Cells of each token that is missing.
    cells: dict[str, int] = field(default_factory=dict)


class MissingTokens:
    """Learns, column by column, which tokens occur and what else the column holds."""

    def __init__(self, columns: list[str]) -> None:
        self._columns = columns
        self._tokens: dict[str, Counter[str]] = {name: Counter() for name in columns}
        self._others: dict[str, Counter[str]] = {name: Counter() for name in columns}

    def observe(self, batch: pl.DataFrame) -> None:
        found = batch.select(pl.col(self._columns).is_in(TOKENS))
        sample = batch.gather_every(max(1, batch.height // SAMPLE))
        for name in self._columns:
            if found[name].any():
                counts = batch[name].filter(found[name]).alias("text").value_counts()
                self._tokens[name] += Counter(dict(counts.iter_rows()))
            others = sample[name].drop_nulls()
            self._count_kinds(name, others.filter(~others.is_in(TOKENS)))

    def merge(self, other: MissingTokens) -> None:
        """Take in what was learned from other rows."""
        for name in self._columns:
            self._tokens[name] += other._tokens[name]
            self._others[name] += other._others[name]

    def decide(self) -> dict[str, Decision]:
        """For the columns in which a token occurs."""
        return {
            name: _decision(tokens, self._others[name])
            for name, tokens in self._tokens.items()
            if tokens
        }

    def _count_kinds(self, name: str, others: pl.Series) -> None:
        counts = self._others[name]
        counts["all"] += others.len()
        for kind, pattern in _KINDS.items():
            counts[kind] += int(others.str.contains(pattern).sum())


def _decision(tokens: Counter[str], others: Counter[str]) -> Decision:
    missing = tuple(token for token in tokens if _is_missing(token, others))
    kept = {token: count for token, count in tokens.items() if token not in missing}
    cells = {token: tokens[token] for token in missing}
    return Decision(missing=missing, kept=kept, cells=cells)


def _is_missing(token: str, others: Counter[str]) -> bool:
    """Whether the token can be no value of a column that holds `others`.

    >>> names = Counter({"all": 100, "title": 95})
    >>> _is_missing("N/A", names), _is_missing("Null", names), _is_missing("null", names)
    (True, False, True)
    """
    if token in PLAIN_TOKENS:
        return True
    total = others["all"]
    if total == 0:
        return False
    if token in SIGN_TOKENS:
        return others["sign"] / total < SIGN_SHARE
    if others["typed"] / total >= TYPED_SHARE:
        return True
    return others[_case(token)] / total < WORD_SHARE


def _case(word: str) -> str:
    if word.islower():
        return "lower"
    return "upper" if word.isupper() else "title"
