"""rename_columns and select_columns: the header changes, cells do not."""

from __future__ import annotations

from typing import Any

import pytest

from app.engine.errors import PlanError
from tests.engine.modules.cases import cases, check_case
from tests.engine.running import run


@pytest.mark.parametrize("case", cases("rename_columns"))
def test_rename_cases(case: dict[str, Any]) -> None:
    check_case("rename_columns", case)


@pytest.mark.parametrize("case", cases("select_columns"))
def test_select_cases(case: dict[str, Any]) -> None:
    check_case("select_columns", case)


@pytest.mark.parametrize(
    ("params", "said"),
    [
        pytest.param({"names": {"a": "b"}}, 'both be called "b"', id="taken"),
        pytest.param({"names": {"a": " "}}, 'left of the name "a"', id="blank"),
        pytest.param({"names": {"z": "y"}}, 'no column "z"', id="unknown"),
        pytest.param({"pattern": "."}, "nothing would be left", id="pattern-takes-all"),
        pytest.param({"names": {"a": "x"}, "pattern": "b"}, "give one of them", id="both"),
        pytest.param({"columns": ["a"]}, "go with a pattern", id="columns-alone"),
    ],
)
def test_names_that_cannot_be_are_refused(params: dict[str, Any], said: str) -> None:
    with pytest.raises(PlanError, match=said):
        run([{"key": "rename_columns", "params": params}], {"a": ["1"], "b": ["2"]})


def test_a_table_without_columns_is_refused() -> None:
    step = {"key": "select_columns", "columns": ["a"], "params": {"action": "drop"}}

    with pytest.raises(PlanError, match="no column would be left"):
        run([step], {"a": ["1"]})


def test_later_steps_may_use_either_name_of_a_renamed_column() -> None:
    rename = {"key": "rename_columns", "params": {"names": {"Ad": "name"}}}

    for name in ("Ad", "name"):
        cleaned = run([rename, {"key": "trim_spaces", "columns": [name]}], {"Ad": [" x"]})
        assert cleaned["name"] == ["x"]


def test_a_rename_is_in_the_report_and_cells_keep_their_history() -> None:
    modules = [{"key": "rename_columns", "params": {"names": {"Ad": "name"}}}]

    cleaned = run(modules, {"Ad": ["x", None]})

    assert cleaned.module("rename_columns").columns_renamed == {"Ad": "name"}
    [column] = cleaned.report.columns
    assert column.before == column.after


def test_a_column_that_was_dropped_is_gone_for_later_steps() -> None:
    modules = [
        {"key": "select_columns", "columns": ["a"], "params": {"action": "drop"}},
        {"key": "trim_spaces", "columns": ["a"]},
    ]

    with pytest.raises(PlanError, match='no column "a"'):
        run(modules, {"a": ["1"], "b": ["2"]})


def test_what_a_column_was_proven_to_hold_follows_it() -> None:
    modules = [
        "convert_types",
        {"key": "rename_columns", "params": {"names": {"a": "b", "b": "a"}}},
        {"key": "select_columns", "columns": ["a", "b"]},
    ]

    cleaned = run(modules, {"a": ["1,50", "2,25"], "b": ["x", "y"]})

    assert cleaned.columns == {"a": ["x", "y"], "b": ["1.50", "2.25"]}
    assert {each.name: each.type for each in cleaned.report.columns} == {
        "a": "text",
        "b": "number",
    }
