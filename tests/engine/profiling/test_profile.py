"""What a profile says of a column, and that it says so however the table is cut."""

from __future__ import annotations

import random
from typing import Any

import polars as pl
import pytest

from app.engine.profile import Profiler, profile_table
from app.engine.testing import _CutTable as CutTable


def profiled(*cells: str | None, batch_rows: int = 1_000) -> dict[str, Any]:
    """The profile of the one column of a table."""
    (column,) = profile_table(CutTable({"c": list(cells)}, batch_rows))["columns"]
    found: dict[str, Any] = column
    return found


@pytest.mark.parametrize(
    "cells, kind",
    [
        pytest.param(["1", "20", "-3"], "integer", id="integers"),
        pytest.param(["1.50", "20", "-3.25"], "number", id="decimal-points"),
        pytest.param(["1.988,39", "12,50"], "number", id="decimal-commas"),
        pytest.param(["10 %", "5 %"], "integer", id="percent"),
        pytest.param(["2024-01-05", "2024-02-29"], "date", id="iso-dates"),
        pytest.param(["05.01.2024", "31.12.2024"], "date", id="day-first"),
        pytest.param(["3. Ağustos 2024", "Jan 5, 2024"], "date", id="months-in-words"),
        pytest.param(["2024-01-05T09:30:00Z", "2024-01-05 09:30"], "datetime", id="datetimes"),
        pytest.param(["12:30", "09:15:01"], "time", id="times"),
        pytest.param(["yes", "No", "YES"], "boolean", id="yes-and-no"),
        pytest.param(["Evet", "Hayır"], "boolean", id="evet-hayır"),
        pytest.param(["ada@example.com", "b.c+d@x.org"], "email", id="emails"),
        pytest.param(["https://a.b/c?d=1", "www.example.com/x"], "url", id="urls"),
        pytest.param(["10.0.0.1", "192.168.1.254"], "address", id="addresses"),
        pytest.param(["00123", "00200"], "identifier", id="leading-zeros"),
        pytest.param(["1234567890123456789", "2" * 22], "identifier", id="too-long"),
        pytest.param(["34 ABC 123", "06 Z 1"], "text", id="plates"),
        pytest.param(["A1", "B22"], "text", id="codes"),
        pytest.param(["Ada", "12", "x y"], "text", id="anything"),
        pytest.param([None, None], "empty", id="nothing"),
    ],
)
def test_a_column_is_of_the_type_its_cells_show(cells: list[str | None], kind: str) -> None:
    assert profiled(*cells)["type"] == kind


def test_cells_are_counted_once_valid_missing_or_token() -> None:
    column = profiled("1", "N/A", None, "2", "-", "-")

    assert (column["rows"], column["valid"], column["missing"]) == (6, 2, 1)
    assert column["missing_tokens"] == {"-": 2, "N/A": 1}
    assert column["evidence"] == {"integer": 1.0}
    assert column["distinct"] == {"count": 4, "is_exact": True}


def test_numbers_are_read_in_the_columns_own_convention() -> None:
    column = profiled("1.988,39", "12,50", "2.500,00", "1.000")

    assert (column["min"], column["max"]) == (12.5, 2500.0)
    assert column["mean"] == pytest.approx(5500.89 / 4)
    assert column["note"] == "decimals are marked with a comma"
    assert sum(bar["count"] for bar in column["histogram"]) == 4


def test_days_are_ordered_as_the_column_proves() -> None:
    column = profiled("05.01.2024", "03.02.2024", "31.12.2023")

    assert (column["min"], column["max"]) == ("2023-12-31", "2024-02-03")


def test_days_with_months_in_words_and_times_have_extremes() -> None:
    column = profiled("3 Aug 2024", "5 January 2024", "2023-12-31 23:59", "2024-08-03T10:00Z")

    assert (column["min"], column["max"]) == ("2023-12-31", "2024-08-03")


def test_days_that_nothing_tells_apart_have_no_extremes() -> None:
    column = profiled("05.01.2024", "03.02.2024")

    assert (column["type"], column["min"]) == ("date", None)
    assert column["note"] == "nothing proves which part comes first"


def test_days_that_contradict_each_other_are_said_to() -> None:
    column = profiled("31.01.2024", "01.31.2024")

    assert column["note"] == "cells contradict each other: 1 only as DMY and 1 only as MDY"
    assert column["min"] is None


def test_the_odd_ones_are_named_with_their_rows() -> None:
    column = profiled(*["12"] * 20, "twelve", "12")

    assert column["type"] == "integer"
    assert column["odd"] == {
        "count": 1,
        "examples": [{"row": 21, "value": "twelve", "pattern": "a", "count": 1}],
    }


def test_a_text_that_breaks_the_columns_pattern_is_odd() -> None:
    column = profiled(*["TR-123"] * 30, "TR123")

    assert [each["value"] for each in column["odd"]["examples"]] == ["TR123"]


def test_texts_of_many_patterns_have_no_odd_ones() -> None:
    assert profiled("Ada", "x-1", "what ever", "9 a")["odd"]["count"] == 0


def test_lengths_are_characters() -> None:
    assert profiled("Şişli", "a", None)["lengths"] == {"min": 1, "max": 5, "mean": 3.0}


def test_top_values_come_with_their_counts() -> None:
    column = profiled("b", "a", "b", "a", "c")

    assert column["top_values"]["values"][:2] == [
        {"value": "a", "count": 2},
        {"value": "b", "count": 2},
    ]
    assert column["top_values"]["is_exact"] is True


def mixed(seed: int, rows: int) -> dict[str, list[str | None]]:
    chance, numbers = random.Random(seed), range(rows)
    return {
        "id": [f"{number:07}" for number in numbers],
        "amount": [f"{chance.randrange(10**6)},{chance.randrange(10, 99)}" for _ in numbers],
        "day": [f"{chance.randrange(1, 29)}.{chance.randrange(1, 13)}.2024" for _ in numbers],
        "word": [chance.choice(["Ada", " Bob", "N/A", None, "Şule 3"]) for _ in numbers],
    }  # fmt: skip


@pytest.mark.parametrize("batch_rows", [1, 7, 64])
def test_the_profile_is_the_same_however_the_table_is_cut(batch_rows: int) -> None:
    table = mixed(1, 60)

    whole = profile_table(CutTable(table, 1000))

    assert profile_table(CutTable(table, batch_rows)) == whole


def test_two_halves_merge_to_the_whole() -> None:
    table = pl.DataFrame(mixed(2, 300))
    records = pl.int_range(1, 301, dtype=pl.UInt64, eager=True)
    whole, left, right = (Profiler(table.columns) for _ in range(3))
    whole.observe(table, records)
    left.observe(table.head(120), records.head(120))
    right.observe(table.tail(180), records.tail(180))

    left.merge(right)

    assert left.finish() == whole.finish()


def test_many_distinct_values_are_estimated_and_said_to_be() -> None:
    count = 120_000
    texts = pl.Series("c", [f"k{number}" for number in range(count)])
    frame = pl.DataFrame({"c": pl.concat([texts, pl.Series("c", ["often"] * 5000)])})
    records = pl.int_range(1, frame.height + 1, dtype=pl.UInt64, eager=True)
    profiler = Profiler(["c"])
    for start in range(0, frame.height, 40_000):
        profiler.observe(frame.slice(start, 40_000), records.slice(start, 40_000))

    (column,) = profiler.finish()

    assert column["distinct"]["is_exact"] is False
    assert column["distinct"]["count"] == pytest.approx(count + 1, rel=0.03)
    top = column["top_values"]
    assert top["is_exact"] is False
    assert [value["value"] for value in top["values"]] == ["often"]
    assert (
        top["values"][0]["count"] <= 5000 <= top["values"][0]["count"] + top["short_by_at_most"]
    )


def test_a_table_without_rows_has_a_profile() -> None:
    column = profiled()

    assert (column["type"], column["rows"], column["lengths"]) == ("empty", 0, None)


def test_of_a_very_wide_table_the_first_columns_are_profiled() -> None:
    wide = {f"c{number}": ["1"] for number in range(5)}

    profile = profile_table(CutTable(wide, 10), max_columns=2)

    assert [column["name"] for column in profile["columns"]] == ["c0", "c1"]
    assert profile["columns_left_out"] == 3
