"""Read yes and no, in many languages, as true and false."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import partial
from typing import Annotated

import msgspec
import polars as pl

from app.engine.columns import for_each
from app.engine.module import ColumnParams, ColumnType, Meta, Outcome
from app.engine.modules.trim_spaces import BLANKS
from app.engine.values.cells import Invalid, Rewriting, rewritten

#: Words that mean one thing wherever they stand alone in a cell.
YES = (
    "true", "yes", "evet", "ja", "oui", "sí", "si", "sì", "sim", "да", "da", "tak", "ano",
    "áno", "igen", "ναι", "так", "ia", "jah", "kyllä", "joo", "taip", "jā", "oo", "ya",
    "doğru", "dogru", "wahr", "vrai", "verdadero", "verdadeiro", "vero", "waar", "sant",
    "sand", "prawda", "истина", "はい", "是", "真", "예", "네", "참", "نعم", "صح", "بله",
    "כן", "हाँ", "हां", "hə", "bəli", "əlbəttə",
)  # fmt: skip
NO = (
    "false", "no", "hayır", "hayir", "hayr", "nein", "non", "нет", "ні", "nie", "ne", "nem",
    "όχι", "não", "nao", "nu", "nee", "nej", "nei", "ei", "нет.", "nē", "tidak", "hindi",
    "yanlış", "yanlis", "falsch", "faux", "falso", "onwaar", "falskt", "falsk", "fałsz",
    "ложь", "いいえ", "否", "不是", "假", "아니요", "아니오", "거짓", "لا", "خطأ", "نه",
    "לא", "नहीं", "yox", "xeyr",
)  # fmt: skip
#: Short forms: they mean this only where both stand in one column.
PAIRS = (
    ("y", "n"), ("t", "f"), ("e", "h"), ("j", "n"), ("o", "n"), ("s", "n"), ("d", "y"),
    ("v", "f"), ("д", "н"), ("t", "n"), ("w", "f"), ("on", "off"), ("✓", "✗"), ("✔", "✘"),
    ("✓", "✕"), ("✔", "✖"), ("☑", "☐"), ("i", "n"), ("a", "n"),
)  # fmt: skip
#: Numbers that mean this in a column that the caller names, or among words.
DIGITS = {"1": "true", "0": "false", "1.0": "true", "0.0": "false", "-1": "true"}
#: A column of truth has few ways to say it.
MOST_VALUES = 100
_WORDS = dict.fromkeys(YES, "true") | dict.fromkeys(NO, "false")


@dataclass(frozen=True, kw_only=True)
class Params(ColumnParams):
    #: Share of what is not missing that must mean yes or no before a column is read that
    #: `columns` does not name.
    threshold: Annotated[float, msgspec.Meta(gt=0, le=1)] = 0.9
    #: More texts that mean yes, and no; capitals do not count.
    true: tuple[str, ...] = ()
    false: tuple[str, ...] = ()
    #: What becomes of a cell that means neither in a column that is read.
    invalid: Invalid = "keep"

    def __post_init__(self) -> None:
        both = {folded(text) for text in self.true} & {folded(text) for text in self.false}
        if both:
            raise ValueError(f'"{min(both)}" is given as true and as false')

    @property
    def own(self) -> dict[str, str]:
        """What the caller says, which goes before what is known."""
        yes = {folded(text): "true" for text in self.true}
        return yes | {folded(text): "false" for text in self.false}


def folded(text: str) -> str:
    """A text without case and blanks at its ends, and with Turkish capitals as words have them.

    >>> folded(" HAYIR "), folded("EVET"), folded("İyi")
    ('hayir', 'evet', 'iyi')
    """
    return text.strip(BLANKS).replace("İ", "i").lower()


@dataclass(frozen=True, kw_only=True)
class Finding:
    """What the values of a column mean; empty where it is left alone."""

    meanings: dict[str, str]
    is_all: bool = False
    warnings: tuple[str, ...] = ()


class Values:
    """Learns the few values that a column of truth has."""

    def __init__(self, params: Params, columns: list[str]) -> None:
        self._params = params
        self._counts: dict[str, Counter[str]] = {
            name: Counter() for name in params.among(columns)
        }
        self._others = dict.fromkeys(self._counts, 0)
        self._known = {
            *_WORDS,
            *DIGITS,
            *params.own,
            *(text for pair in PAIRS for text in pair),
        }

    def observe(self, batch: pl.DataFrame) -> None:
        for_each(lambda name: self._count(batch[name].drop_nulls()), self._counts)

    def _count(self, column: pl.Series) -> None:
        counts = self._counts[column.name]
        if self._params.columns is None and len(counts) > MOST_VALUES:
            return  # decided: it is no column of truth
        for text, count in column.alias("text").value_counts().iter_rows():
            key = folded(text)
            if key in counts or key in self._known or len(counts) <= MOST_VALUES:
                counts[key] += count
            else:
                self._others[column.name] += count

    def finish(self) -> dict[str, Finding]:
        return {
            name: decide(name, counts, self._others[name], self._params)
            for name, counts in self._counts.items()
        }


def decide(name: str, counts: Counter[str], others: int, params: Params) -> Finding:
    """What the values of a column mean, given how often each occurs (`others`: cells with
    values beyond those).

    >>> decide("c", Counter({"y": 2, "n": 1}), 0, Params()).meanings
    {'y': 'true', 'n': 'false'}
    >>> decide("c", Counter({"y": 2}), 0, Params()).meanings
    {}
    """
    meanings = params.own | {key: _WORDS[key] for key in counts
                             if key in _WORDS and key not in params.own}  # fmt: skip
    known = {key: meanings[key] for key in counts if key in meanings}
    pairs = [] if known else [pair for pair in PAIRS if set(pair) <= set(counts)]
    if not known and len(pairs) == 1:
        known = dict(zip(pairs[0], ("true", "false"), strict=True))
    if params.columns is not None or (known and not pairs):
        known = {key: DIGITS[key] for key in counts if key in DIGITS} | known
    filled = counts.total() + others
    read = sum(counts[key] for key in known)
    is_truth = len(counts) <= MOST_VALUES and _is_truth(known, read, filled, params)
    if params.columns is None and not is_truth:
        return Finding(meanings={})
    odd = [key for key in counts if key not in known]
    warning = f'"{name}" has values that mean neither yes nor no: {", ".join(sorted(odd)[:5])}.'
    return Finding(meanings=known, is_all=read == filled, warnings=(warning,) if odd else ())


def _is_truth(known: dict[str, str], read: int, filled: int, params: Params) -> bool:
    is_most = read >= params.threshold * filled
    return is_most and set(known.values()) == {"true", "false"}


def parse_booleans(
    batch: pl.DataFrame, params: Params, findings: dict[str, Finding]
) -> Outcome:
    """Write what means yes as true and what means no as false.

    A column that the caller does not name must have both, and nearly nothing else. Short forms
    (Y and N, E and H) count where both of a pair occur; 1 and 0 among words, or in a column
    that is named.
    Left alone: columns of one value, numbers, words for states (active, open).
    Shape: columns unchanged; rows fewer only with invalid="reject".
    """
    rewriting = Rewriting(batch, params.invalid)
    types: dict[str, ColumnType] = {}
    warnings: list[str] = []
    for name, finding in findings.items():
        if params.columns is None and not finding.meanings:
            continue
        warnings += finding.warnings
        if finding.meanings and (finding.is_all or params.invalid != "keep"):
            types[name] = "boolean"
        new, unread = rewritten(batch[name], partial(_meaning, finding.meanings))
        rewriting.put(name, new, unread, "yes or no")
    return rewriting.outcome(types, warnings)


def _meaning(meanings: dict[str, str], text: str) -> str | None:
    return meanings.get(folded(text))


META = Meta(
    key="parse_booleans",
    name="Parse Booleans",
    description="Yes and no in many languages as true and false.",
    order=57,
    params=Params,
    learn=Values,
    better_after={"handle_missing": "tokens such as N/A count as cells that mean neither"},
)
