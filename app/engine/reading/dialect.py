"""Which delimiter, quote and escape a text uses, told from the tables it would give.

Every candidate is tried on a sample. The better reading is the one whose records agree in their
number of fields and whose cells look like something: numbers, dates, words. This is CleverCSV's
idea (van den Burg, Nazabal, Sutton: Wrangling messy CSV files by detecting row and type
patterns, 2019), with priors for what people write and penalties for quotes that are out of
place.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from dataclasses import dataclass, field, replace
from typing import Any

from app.engine.reading.cells import TYPED, kind
from app.engine.reading.records import Dialect, Record, RecordParser

#: What a delimiter is worth before looking, by how often it is one.
DELIMITERS = {
    ",": 1.0,
    ";": 0.99,
    "\t": 1.0,
    "|": 0.97,
    "\x01": 0.9,
    "\x1f": 0.9,
    "||": 0.97,
    "|;|": 0.9,
    "~|~": 0.9,
    "^": 0.8,
    "~": 0.8,
    "¦": 0.8,
    "§": 0.8,
    "::": 0.75,
    " ": 0.7,
    ":": 0.65,
    "#": 0.62,
    "=": 0.62,
    "*": 0.6,
    "&": 0.6,
}
#: These delimit even where records differ in length; others must agree to be believed.
STRONG = frozenset({",", ";", "\t", "|", "||", "\x01", "\x1f", "|;|", "~|~"})
DECIMAL_COMMA = re.compile(r"(?<=\d),(?=\d)")
#: A line that is one field: what that reading is worth, bare and when all lines are numbers,
#: dates or links.
ONE_COLUMN, ONE_TYPED_COLUMN = 0.42, 0.8
QUOTES = ['"', "'", "~", "`"]
#: Records of the sample that are parsed for each candidate.
SAMPLE_RECORDS = 200
#: Characters of it.
SAMPLE_LENGTH, LONGEST_SAMPLE = 64 * 1024, 2 * 1024 * 1024
#: What cells of each kind are worth; a blank says little, and weighs little.
WORTH = {
    "blank": 0.7,
    "other": 0.05,
    "phrase": 0.85,
    "token": 0.95,
    "missing": 0.95,
    "list": 0.5,
}
BLANK_WEIGHT = 0.3


@dataclass(frozen=True, kw_only=True)
class DialectGuess:
    dialect: Dialect
    #: 0 to 1.
    confidence: float
    alternatives: list[dict[str, Any]] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True)
class Trial:
    """A candidate, and what its reading of the sample is worth."""

    dialect: Dialect
    score: float


def detect_dialect(
    sample: str,
    *,
    delimiter: str | None = None,
    quotechar: str | None = None,
    escapechar: str | None = None,
    skip_space: bool | None = None,
) -> DialectGuess:
    """The dialect of the sample; what the caller gives is taken as it is.

    >>> detect_dialect("name;amount\\nAda;1,50\\nBob;2,75\\n").dialect.delimiter
    ';'
    """
    sample = shortened(sample)
    delimiters = [delimiter] if delimiter is not None else candidate_delimiters(sample)
    quotes = [quotechar] if quotechar is not None else candidate_quotes(sample)
    escapes = [escapechar] if escapechar is not None else candidate_escapes(sample, quotes)
    trials = [
        trial(sample, Dialect(delimiter=d, quotechar=q, escapechar=e, skip_space=skips))
        for d in delimiters
        for q in quotes
        for e in escapes
        for skips in ([skip_space] if skip_space is not None else candidate_skips(sample, d))
    ]
    trials.sort(key=lambda each: -each.score)
    best = trials[0]
    dialect = best.dialect
    if skip_space is None and not dialect.skip_space and spaces_follow(sample, dialect):
        dialect = replace(dialect, skip_space=True)
    others = [each for each in trials[1:] if each.dialect.delimiter != dialect.delimiter]
    return DialectGuess(
        dialect=dialect,
        confidence=confidence(best, others),
        alternatives=[as_alternative(each) for each in first_of_each(others)[:3]],
    )


def shortened(sample: str) -> str:
    """As much of the sample as need be tried: some thousand characters, two lines at least."""
    if len(sample) <= SAMPLE_LENGTH:
        return sample
    lines = sample.find("\n", sample.find("\n") + 1) + 1
    cut = sample.rfind("\n", 0, SAMPLE_LENGTH) + 1
    return sample[: min(LONGEST_SAMPLE, max(cut, lines or len(sample)))]


def first_of_each(trials: list[Trial]) -> list[Trial]:
    """The best trial of each delimiter."""
    best: dict[str, Trial] = {}
    for each in trials:
        best.setdefault(each.dialect.delimiter, each)
    return list(best.values())


def as_alternative(each: Trial) -> dict[str, Any]:
    return {
        "delimiter": each.dialect.delimiter,
        "quotechar": each.dialect.quotechar,
        "confidence": round(max(0.0, min(1.0, each.score)), 3),
    }


def confidence(best: Trial, others: list[Trial]) -> float:
    """How good the reading is, less how near the next best comes."""
    rival = max((each.score for each in others), default=0.0)
    lead = 1.0 if best.score <= 0 else 1 - max(0.0, rival) / best.score
    return round(max(0.0, min(1.0, best.score * (0.6 + 0.4 * min(1.0, 3 * lead)))), 3)


def candidate_delimiters(sample: str) -> list[str]:
    return [*(each for each in DELIMITERS if each in sample), ""]


def candidate_quotes(sample: str) -> list[str]:
    """The usual one, and those that stand where fields start or end."""
    return ['"', *(each for each in QUOTES[1:] if sample.count(each) > 1)]


def candidate_escapes(sample: str, quotes: list[str]) -> list[str]:
    escaped = any(quote and "\\" + quote in sample for quote in quotes)
    return ["", "\\"] if escaped else [""]


def candidate_skips(sample: str, delimiter: str) -> list[bool]:
    """Whether spaces may follow the delimiter so regularly that they belong to it."""
    if not delimiter or delimiter == " ":
        return [False, True] if delimiter else [False]
    return [False, True] if spaced_share(sample, delimiter) > 0.8 else [False]


def spaced_share(sample: str, delimiter: str) -> float:
    return sample.count(delimiter + " ") / max(1, sample.count(delimiter))


def spaces_follow(sample: str, dialect: Dialect) -> bool:
    """Whether (nearly) every delimiter has a space behind it: then the space is part of it."""
    if dialect.delimiter in ("", " "):
        return False
    bare = spaced = 0
    for record in parse_sample(sample, dialect):
        for cell in record.fields[1:]:
            if cell.startswith(" "):
                spaced += 1
            elif cell:
                bare += 1
    return spaced >= 2 and bare == 0


def parse_sample(sample: str, dialect: Dialect) -> list[Record]:
    parser = RecordParser(dialect)
    records: list[Record] = []
    at = 0
    while at < len(sample) and len(records) < SAMPLE_RECORDS:
        record = parser.parse(sample, at, final=True)
        at = record.end
        if record.fields != [""]:
            records.append(record)
    return records


def trial(sample: str, dialect: Dialect) -> Trial:
    """What the dialect's reading of the sample is worth, between 0 and about 1."""
    records = parse_sample(sample, dialect)
    if not records:
        return Trial(dialect=dialect, score=0.0)
    looks, typed = mean_looks(records)
    widths = Counter(len(record.fields) for record in records)
    agreeing, width = agreement(widths, len(records))
    if width == 1:
        worth = (ONE_COLUMN + (ONE_TYPED_COLUMN - ONE_COLUMN) * typed**2) * looks
        worth *= 1.0 if dialect.delimiter in ("", ",") else 0.95
    else:
        prior = DELIMITERS.get(dialect.delimiter, 0.8)
        chance = 0.1 if dialect.delimiter in STRONG else 0.25
        worth = prior * (0.2 + 0.8 * looks) * (1 - chance / width)
        worth *= certainty(dialect.delimiter, agreeing, len(records), width, typed)
        if dialect.delimiter == "," and typed < 0.5 and is_decimal_comma(sample):
            worth *= 0.6
        if dialect.delimiter == "," and agreeing < 0.5 and spaced_share(sample, ",") > 0.85:
            # Between clauses, not cells.
            worth *= 0.4
    return Trial(dialect=dialect, score=worth * quote_worth(sample, records, dialect))


def agreement(widths: Counter[int], total: int) -> tuple[float, int]:
    """(the share of records that have the usual width, that width). A wider table agrees less
    easily by chance.
    """
    width = max(widths, key=lambda each: (widths[each] * (1 - 0.6 / each), each))
    return widths[width] / total, width


def certainty(delimiter: str, agreeing: float, records: int, width: int, typed: float) -> float:
    """How far the agreement of the records speaks for a delimiter."""
    if delimiter in STRONG:
        return 0.45 + 0.55 * agreeing
    if delimiter == " " and width < 4 and typed < 0.3:
        # Two or three words to a line are more often a name than a table.
        agreeing *= 0.5
    few = min(1.0, (records + 1) / 4)
    return agreeing**2 * few


def is_decimal_comma(sample: str) -> bool:
    """Whether (nearly) all commas stand between digits, as in 12,50."""
    between = len(DECIMAL_COMMA.findall(sample))
    return between >= 0.9 * sample.count(",")


def mean_looks(records: list[Record]) -> tuple[float, float]:
    """(how much the cells look like cells, the share of numbers, dates, times and links among
    them).
    """
    total = count = typed = 0.0
    for record in records:
        for cell in record.fields[:100]:
            what = kind(cell)
            weight = BLANK_WEIGHT if what == "blank" else 1.0
            total += weight * WORTH.get(what, 1.0)
            count += weight
            typed += what in TYPED
    return (total / count, typed / count) if count else (0.0, 0.0)


def quote_worth(sample: str, records: list[Record], dialect: Dialect) -> float:
    """Quotes that open and close fields speak for a dialect, quotes out of place against it."""
    quote = dialect.quotechar
    if not quote or quote not in sample:
        return 1.0
    flawed = sum(1 for record in records if record.flaw)
    quoted = opening_quotes(sample, dialect)
    if quote != '"' and quoted < 2:
        return 0.5
    bonus = 1 + 0.08 * math.tanh(quoted / 4) if quoted else 1.0
    rarer = 1.0 if quote == '"' else 0.97
    return bonus * rarer * (1 - 0.6 * flawed / len(records))


def opening_quotes(sample: str, dialect: Dialect) -> int:
    """Quoted fields with a delimiter or line end on both sides, roughly."""
    quote, delimiter = dialect.quotechar, dialect.delimiter
    count = sample.count("\n" + quote) + (1 if sample.startswith(quote) else 0)
    if delimiter:
        count += sample.count(delimiter + quote)
    ends = sample.count(quote + "\n") + sample.count(quote + "\r")
    if delimiter:
        ends += sample.count(quote + delimiter)
    return min(count, ends + (1 if sample.endswith(quote) else 0))
