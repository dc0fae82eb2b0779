"""One column's profile: what is gathered batch by batch, and what it comes to."""

from __future__ import annotations

from collections import Counter
from typing import Any

import polars as pl

from app.engine.modules.parse_booleans import MOST_VALUES, Params, decide, folded
from app.engine.profiling.counts import Counts, counted
from app.engine.profiling.distinct import HyperLogLog
from app.engine.profiling.kinds import kind_of
from app.engine.profiling.measures import Days, Numbers, day_figures, number_figures
from app.engine.profiling.patterns import patterns
from app.engine.values.missing import Decision
from app.engine.values.numbers import Verdict

TOP_VALUES = 10
TOP_PATTERNS = 10
ODD_EXAMPLES = 5
#: Different patterns remembered; prose has nearly as many as cells.
MAX_PATTERNS = 1000
#: A column is of a kind when this share of its cells is, missing ones apart.
KIND_SHARE = 0.9
#: A text column keeps to one pattern when this share of its cells does.
PATTERN_SHARE = 0.95


class ColumnProfile:
    """Gathers what a column holds. Mergeable: two halves come to the same as the whole."""

    def __init__(self, name: str, *, max_values: int, units: tuple[str, ...]) -> None:
        self.name = name
        self.rows = 0
        self.missing = 0
        self._values = Counts(max_values)
        self._distinct: HyperLogLog | None = None
        self._patterns = Counts(MAX_PATTERNS)
        #: Of each pattern: the text it was first seen in.
        self._samples: dict[str, str] = {}
        self._lengths = {"min": 0, "max": 0, "total": 0}
        self._numbers = Numbers(units)
        self._days = Days()

    def observe(self, column: pl.Series, records: pl.Series) -> None:
        self.rows += column.len()
        self.missing += column.null_count()
        values = counted(column, records)
        if values.is_empty():
            return
        self._measure(values)
        self._count(values)
        shaped = values.with_columns(pattern=patterns(values["text"]))
        self._add_patterns(shaped)
        if values["text"].str.contains("[0-9]").any():
            self._numbers.add(values)
            self._add_days(shaped)

    def merge(self, other: ColumnProfile) -> None:
        """Take in the profile of another part of the column."""
        if other._distinct is not None:
            self._begin_sketch()
            assert self._distinct is not None
            self._distinct.merge(other._distinct)
        self._count(other._values.table)
        self._values.error += other._values.error
        self._patterns.merge(other._patterns)
        self._patterns.cut()
        self._samples = {**other._samples, **self._samples}
        self._join_lengths(other)
        self.rows += other.rows
        self.missing += other.missing
        self._numbers.merge(other._numbers)
        self._days.merge(other._days)

    def finish(self, tokens: Decision, verdict: Verdict) -> dict[str, Any]:
        """What the column comes to. `tokens`: its texts that stand for missing; `verdict`: on
        its numbers.
        """
        stand_ins = self._stand_ins(tokens)
        valid = self.rows - self.missing - sum(stand_ins.values())
        kinds = self._kinds(tokens.missing)
        kind, note = self._type(kinds, verdict, valid, tokens.missing)
        evidence = _evidence(kinds, kind)
        return {
            "name": self.name,
            "type": kind,
            "evidence": {found: round(count / valid, 6) for found, count in evidence.items()},
            "note": note,
            "rows": self.rows,
            "valid": valid,
            "missing": self.missing,
            "missing_tokens": stand_ins,
            "distinct": self._distinct_count(),
            "top_values": self._top_values(),
            "patterns": self._top_patterns(),
            "lengths": self._length_figures(),
            **self._figures(kind, verdict),
            "odd": self._odd(kind, tokens.missing, valid),
        }

    # Gathering

    def _measure(self, values: pl.DataFrame) -> None:
        lengths = values["text"].str.len_chars()
        least, most = int(lengths.min()), int(lengths.max())  # type: ignore[arg-type]
        held = self._lengths
        held["min"] = min(held["min"], least) if held["max"] else least
        held["max"] = max(held["max"], most)
        held["total"] += int((lengths * values["count"]).sum())

    def _join_lengths(self, other: ColumnProfile) -> None:
        mine, theirs = self._lengths, other._lengths
        if theirs["max"]:
            mine["min"] = min(mine["min"], theirs["min"]) if mine["max"] else theirs["min"]
            mine["max"] = max(mine["max"], theirs["max"])
            mine["total"] += theirs["total"]

    def _count(self, values: pl.DataFrame) -> None:
        self._values.add(values)
        if self._distinct is not None:
            self._distinct.add(values["text"])
        elif self._values.is_full:
            self._begin_sketch()
        self._values.cut()

    def _begin_sketch(self) -> None:
        """From now on distinct texts are estimated."""
        if self._distinct is None:
            self._distinct = HyperLogLog()
            self._distinct.add(self._values.table["text"])

    def _add_days(self, shaped: pl.DataFrame) -> None:
        found = [pattern for pattern in shaped["pattern"].unique()
                 if kind_of(pattern) in ("date", "datetime")]  # fmt: skip
        if found:
            self._days.add(shaped.filter(pl.col("pattern").is_in(found)))

    def _add_patterns(self, shaped: pl.DataFrame) -> None:
        groups = shaped.group_by("pattern").agg(
            pl.col("count").sum(),
            pl.col("text").sort_by("first").first(),
            pl.col("first").min(),
        )
        found = groups.select(text="pattern", count="count", first="first")
        self._patterns.add(found)
        self._patterns.cut()
        held = set(self._patterns.table["text"])
        for pattern, text in groups.select("pattern", "text").iter_rows():
            if pattern in held:
                self._samples.setdefault(pattern, text)
        self._samples = {key: text for key, text in self._samples.items() if key in held}

    # Telling

    def _stand_ins(self, tokens: Decision) -> dict[str, int]:
        table = self._values.table
        found = table.filter(pl.col("text").is_in(list(tokens.missing)))
        return dict(found.sort("count", "text", descending=[True, False])
                    .select("text", "count").iter_rows())  # fmt: skip

    def _kinds(self, tokens: tuple[str, ...]) -> Counter[str]:
        """Cells of each kind, tokens for missing apart."""
        kinds: Counter[str] = Counter()
        for pattern, count, _ in self._patterns.table.iter_rows():
            kinds[kind_of(pattern)] += count
        for text, count, _ in self._values.table.filter(
            pl.col("text").is_in(list(tokens))
        ).iter_rows():
            kinds[kind_of(patterns(pl.Series([text]))[0])] -= count
        # Cells whose pattern was forgotten are told by none.
        kinds["text"] += self.rows - self.missing - int(self._patterns.table["count"].sum())
        return +kinds

    def _type(
        self, kinds: Counter[str], verdict: Verdict, valid: int, tokens: tuple[str, ...]
    ) -> tuple[str, str | None]:
        """(type, what to say about it)."""
        if not valid:
            return "empty", None
        if self._is_truth(tokens):
            return "boolean", None
        if verdict.convention is not None:
            return ("integer" if verdict.is_whole else "number"), _number_note(verdict)
        days = kinds["date"] + kinds["datetime"]
        if days / valid >= KIND_SHARE:
            kind = "datetime" if kinds["datetime"] > kinds["date"] else "date"
            return kind, self._day_note()
        kind, count = max(kinds.items(), key=lambda item: (item[1], item[0]))
        if count / valid < KIND_SHARE:
            return "text", verdict.reason
        if kind in ("number", "amount", "integer", "identifier"):
            is_code = verdict.reason is not None and "identifiers" in verdict.reason
            return ("identifier" if is_code or kind == "identifier" else "text"), verdict.reason
        return kind, None

    def _is_truth(self, tokens: tuple[str, ...]) -> bool:
        """Whether parse_booleans would read all of it."""
        table = self._values.table
        if not self._values.is_exact or table.height > MOST_VALUES + len(tokens):
            return False
        counts: Counter[str] = Counter()
        for text, count, _ in table.iter_rows():
            if text not in tokens:
                counts[folded(text)] += count
        return decide(self.name, counts, 0, Params()).is_all

    def _day_note(self) -> str | None:
        proof = self._days.proof
        if self._days.order is not None:
            return None
        if proof:
            ways = " and ".join(
                f"{count:,} only as {order}" for order, count in sorted(proof.items())
            )
            return f"cells contradict each other: {ways}"
        return "nothing proves which part comes first"

    def _distinct_count(self) -> dict[str, Any]:
        if self._distinct is None:
            return {"count": self._values.table.height, "is_exact": True}
        return {"count": self._distinct.estimate(), "is_exact": False}

    def _top_values(self) -> dict[str, Any]:
        top = self._values.top(TOP_VALUES)
        return {
            "is_exact": self._values.is_exact,
            "short_by_at_most": self._values.error,
            "values": [{"value": text, "count": count} for text, count, _ in top],
        }

    def _top_patterns(self) -> dict[str, Any]:
        top = self._patterns.top(TOP_PATTERNS)
        return {
            "is_exact": self._patterns.is_exact,
            "short_by_at_most": self._patterns.error,
            "patterns": [
                {"pattern": text, "count": count, "example": self._samples[text]}
                for text, count, _ in top
            ],
        }

    def _length_figures(self) -> dict[str, Any] | None:
        cells = self.rows - self.missing
        if not cells:
            return None
        held = self._lengths
        return {
            "min": held["min"],
            "max": held["max"],
            "mean": round(held["total"] / cells, 3),
        }

    def _figures(self, kind: str, verdict: Verdict) -> dict[str, Any]:
        nothing: dict[str, Any] = dict.fromkeys(("min", "max", "mean", "histogram"))
        if kind in ("integer", "number") and verdict.convention is not None:
            spread = self._numbers.under(verdict.convention.decimal)
            return number_figures(spread, whole=verdict.is_whole) if spread.count else nothing
        if kind in ("date", "datetime") and self._days.order is not None:
            spread = self._days.under(self._days.order)
            return day_figures(spread) if spread.count else nothing
        return nothing

    def _odd(self, kind: str, tokens: tuple[str, ...], valid: int) -> dict[str, Any]:
        """Cells that stand out: of another kind than the column, or, in a column of text that
        keeps to one pattern, of another pattern.
        """
        belongs = self._belongs(kind, valid)
        found = [
            {"row": first, "value": self._samples[pattern], "pattern": pattern, "count": count}
            for pattern, count, first in self._patterns.table.sort("first").iter_rows()
            if not belongs(pattern) and self._samples[pattern] not in tokens
        ]
        return {"count": sum(each["count"] for each in found), "examples": found[:ODD_EXAMPLES]}

    def _belongs(self, kind: str, valid: int) -> Any:
        if kind in ("boolean", "empty"):
            return lambda pattern: True
        if kind == "text":
            top = self._patterns.top(1)
            if not top or top[0][1] / valid < PATTERN_SHARE:
                return lambda pattern: True
            return lambda pattern: pattern == top[0][0]
        family = _FAMILIES.get(kind, {kind})
        return lambda pattern: kind_of(pattern) in family


_FAMILIES = {
    "integer": {"integer", "number", "amount"},
    "number": {"integer", "number", "amount"},
    "date": {"date"},
    "datetime": {"datetime", "date"},
    "identifier": {"identifier", "integer", "number"},
}


def _evidence(kinds: Counter[str], kind: str) -> dict[str, int]:
    """Cells of each kind as shown: an amount is a number among numbers and a text elsewhere."""
    shown: Counter[str] = Counter()
    numeric = kind in ("integer", "number")
    for found, count in kinds.items():
        if found == "amount":
            found = "number" if numeric else "text"
        elif kind == "boolean":
            found = "boolean"
        elif kind == "identifier" and found in ("integer", "number"):
            found = "identifier"
        shown[found] += count
    return dict(shown.most_common())


def _number_note(verdict: Verdict) -> str | None:
    assert verdict.convention is not None
    said = []
    if verdict.convention.decimal == "," and not verdict.is_whole:
        said.append("decimals are marked with a comma")
    if verdict.units:
        said.append(f"in {', '.join(verdict.units)}")
    if not verdict.is_all:
        said.append("not every cell is a number")
    return "; ".join(said) or None
