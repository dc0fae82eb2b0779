from __future__ import annotations

from typing import Any

import pytest

from app.engine.errors import PlanError
from tests.engine.modules.cases import cases, check_case
from tests.engine.running import column, run


@pytest.mark.parametrize("case", cases("sort_rows"))
def test_cases(case: dict[str, Any]) -> None:
    check_case("sort_rows", case)


def test_a_row_keeps_its_record_number_when_it_moves() -> None:
    modules: list[Any] = [
        {"key": "sort_rows", "columns": ["n"]},
        {"key": "convert_types", "columns": ["n"], "params": {"invalid": "reject"}},
        {"key": "trim_spaces", "columns": ["t"]},
    ]

    cleaned = run(
        modules, {"n": ["3", "x", "2", "1"], "t": ["c ", "x", "b", "a "]}, batch_rows=2
    )

    assert cleaned["t"] == ["a", "b", "c"]
    assert [row["record"] for row in cleaned.rejects] == ["2"]
    changed = cleaned.module("trim_spaces").columns["t"].examples
    assert [(each.row, each.after) for each in changed] == [(4, "a"), (1, "c")]


def test_modules_that_go_by_the_order_of_rows_see_the_new_one() -> None:
    modules: list[Any] = [
        {"key": "sort_rows", "columns": ["when"], "params": {"descending": ["when"]}},
        {"key": "drop_duplicates", "params": {"subset": ["id"]}},
    ]

    cleaned = run(
        modules, {"id": ["1", "2", "1"], "when": ["2023", "2024", "2025"]}, batch_rows=1
    )

    assert cleaned.columns == {"id": ["1", "2"], "when": ["2025", "2024"]}


def test_sorting_twice_does_no_more() -> None:
    step = {"key": "sort_rows", "params": {"descending": ["c"]}}
    cells = ["b", "B", "1", "01", None, "é", "e", "10"]

    once, twice = column([step], *cells), column([step, step], *cells)

    assert twice["c"] == once["c"]


def test_what_is_turned_round_must_be_sorted_by() -> None:
    step = {"key": "sort_rows", "columns": ["a"], "params": {"descending": ["b"]}}

    with pytest.raises(PlanError, match='"b" is in descending, and not in columns'):
        run([step], {"a": ["1"], "b": ["2"]})
