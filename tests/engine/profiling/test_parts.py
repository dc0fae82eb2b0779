"""The parts of a profile by themselves: bounded, exact where they say so, and mergeable."""

from __future__ import annotations

import random
import string

import numpy as np
import polars as pl
import pytest

from app.engine.profiling.counts import Counts, counted
from app.engine.profiling.distinct import HyperLogLog
from app.engine.profiling.histogram import MAX_BINS, Histogram
from app.engine.profiling.kinds import kind_of
from app.engine.profiling.patterns import _of_any, _of_ascii, patterns


def records(number: int) -> pl.Series:
    return pl.int_range(1, number + 1, dtype=pl.UInt64, eager=True)


def counts_of(texts: list[str], *, limit: int, step: int) -> Counts:
    counts = Counts(limit)
    for start in range(0, len(texts), step):
        part = pl.Series(texts[start : start + step])
        counts.add(counted(part, records(part.len())))
        counts.cut()
    return counts


def test_counts_are_exact_while_texts_are_few() -> None:
    counts = counts_of(["a", "b", "a", "c", "a", "b"], limit=3, step=2)

    assert counts.is_exact
    assert [row[:2] for row in counts.top(2)] == [("a", 3), ("b", 2)]


def test_counts_of_many_texts_are_short_by_no_more_than_they_say() -> None:
    chance = random.Random(5)
    texts = [f"t{int(chance.paretovariate(1))}" for _ in range(20_000)]

    counts = counts_of(texts, limit=50, step=500)

    assert not counts.is_exact
    assert counts.table.height <= 50
    for text, count, _ in counts.top(10):
        true = texts.count(text)
        assert count <= true <= count + counts.error


def histogram(values: list[float]) -> Histogram:
    spread = Histogram()
    spread.add(np.array(values), np.ones(len(values), dtype=np.int64))
    return spread


@pytest.mark.parametrize("scale", [1e-6, 1.0, 1e9, 1e300])
def test_a_histogram_is_the_same_however_the_values_come(scale: float) -> None:
    chance = random.Random(11)
    values = [chance.gauss(0, 1) * scale for _ in range(1000)]
    whole, parts = histogram(values), Histogram()
    for start in range(0, len(values), 37):
        parts.merge(histogram(values[start : start + 37]))

    assert parts.bars() == whole.bars()
    assert sum(count for _, _, count in whole.bars()) == 1000


def test_every_value_lies_in_its_bar() -> None:
    values = [-3.5, -0.25, 0.0, 7.0, 7.0]

    bars = histogram(values).bars()

    for value in values:
        assert any(low <= value < high for low, high, _ in bars)
    assert len(bars) <= MAX_BINS


def test_whole_numbers_have_no_bars_narrower_than_one() -> None:
    assert histogram([1.0, 2.0, 2.0]).bars(whole=True) == [(1.0, 2.0, 1), (2.0, 3.0, 2)]


@pytest.mark.parametrize("count", [0, 10, 1_000, 50_000])
def test_distinct_texts_are_estimated_within_a_few_percent(count: int) -> None:
    halves = [HyperLogLog(), HyperLogLog()]
    for place, sketch in enumerate(halves):
        # They share half of what they have.
        start = place * count // 3
        sketch.add(pl.Series([f"x{n}" for n in range(start, start + 2 * count // 3)]))

    halves[0].merge(halves[1])

    assert halves[0].estimate() == pytest.approx(count, rel=0.04, abs=1)


def test_the_two_ways_to_a_pattern_agree() -> None:
    chance = random.Random(3)
    letters = string.ascii_letters + string.digits + " .,-/@_\n"
    texts = pl.Series(
        ["".join(chance.choices(letters, k=chance.randrange(1, 30))) for _ in range(500)]
    )

    assert _of_ascii(texts).to_list() == _of_any(texts).to_list()


def test_patterns_of_mixed_scripts_keep_their_places() -> None:
    texts = pl.Series(["abc", "Şişli", "x" * 100, "A1", "東京 7"])

    assert patterns(texts).to_list() == ["a", "Aa", "(long text)", "A9", "a 9"]


@pytest.mark.parametrize(
    "pattern, kind",
    [
        ("99/99/9999", "date"),
        ("99.99.99", "date"),
        ("99-99.9999", "text"),
        ("9999-99-99A99:99:99A", "datetime"),
        ("99:99", "time"),
        ("9.9.9.9", "address"),
        ("999.999,99", "number"),
        ("-9", "integer"),
        ("9" * 16, "identifier"),
        ("A-999", "text"),
        ("a@a", "text"),
    ],
)
def test_a_kind_is_told_from_the_pattern(pattern: str, kind: str) -> None:
    assert kind_of(pattern) == kind
