from __future__ import annotations

from typing import Any

import pytest

from app.engine.errors import PlanError
from tests.engine.modules.cases import cases, check_case
from tests.engine.running import run


@pytest.mark.parametrize("case", cases("split_column"))
def test_split_cases(case: dict[str, Any]) -> None:
    check_case("split_column", case)


@pytest.mark.parametrize("case", cases("merge_columns"))
def test_merge_cases(case: dict[str, Any]) -> None:
    check_case("merge_columns", case)


@pytest.mark.parametrize(
    ("params", "said"),
    [
        pytest.param({"columns": ["a"], "separator": ""}, "separator", id="no-separator"),
        pytest.param({"separator": "-", "pattern": "(a)"}, "give one of them", id="both"),
        pytest.param({"pattern": "a"}, "has no group", id="no-group"),
        pytest.param({"pattern": "(a)(b)", "into": ["x"]}, "names 1 parts", id="too-few-names"),
        pytest.param({"separator": "-", "into": ["x", "x"]}, "one name twice", id="twice"),
        pytest.param(
            {"columns": ["a"], "separator": "-", "into": ["b", "x"]}, 'called "b"', id="taken"
        ),
        pytest.param(
            {"columns": ["a", "b"], "separator": "-", "into": ["x", "y"]},
            "parts of one column",
            id="into-for-two",
        ),
    ],
)
def test_a_split_that_cannot_be_is_refused(params: dict[str, Any], said: str) -> None:
    with pytest.raises(PlanError, match=said):
        run([{"key": "split_column", "params": params}], {"a": ["1"], "b": ["2"]})


def test_merging_into_the_name_of_another_column_is_refused() -> None:
    step = {"key": "merge_columns", "params": {"columns": ["a", "b"], "into": "c"}}

    with pytest.raises(PlanError, match='a column "c" already'):
        run([step], {"a": ["1"], "b": ["2"], "c": ["3"]})


def test_what_was_split_can_be_merged_again() -> None:
    split = {
        "key": "split_column",
        "columns": ["c"],
        "params": {"separator": "/", "keep": False},
    }
    merge = {
        "key": "merge_columns",
        "params": {"columns": ["c_1", "c_2"], "into": "c", "separator": "/"},
    }

    assert run([split, merge], {"c": ["a/b", "a/b/c", "x"]})["c"] == ["a/b", "a/b/c", "x"]


def test_a_part_is_a_new_column_in_the_report() -> None:
    step = {"key": "split_column", "columns": ["c"], "params": {"separator": "-"}}

    cleaned = run([step], {"c": ["a-b"]})

    before = {column.name: column.before for column in cleaned.report.columns}
    assert before["c"] is not None
    assert before["c_1"] is None
