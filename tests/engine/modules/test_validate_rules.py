from __future__ import annotations

from typing import Any

import pytest

from app.engine.errors import PlanError
from tests.engine.modules.cases import cases, check_case, run_any_way
from tests.engine.running import run


@pytest.mark.parametrize("case", cases("validate_rules"))
def test_cases(case: dict[str, Any]) -> None:
    check_case("validate_rules", case)


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        pytest.param({"rule": "range"}, "needs minimum or maximum", id="range-of-what"),
        pytest.param({"rule": "range", "minimum": "a"}, "neither a plain number", id="no-end"),
        pytest.param({"rule": "range", "minimum": 2, "maximum": 1}, "above", id="turned-round"),
        pytest.param(
            {"rule": "range", "minimum": 2, "maximum": "2024-01-01"}, "one kind", id="two-kinds"
        ),
        pytest.param({"rule": "pattern"}, "needs pattern", id="pattern-of-what"),
        pytest.param({"rule": "pattern", "pattern": "("}, "not a regular", id="no-regex"),
        pytest.param({"rule": "pattern", "pattern": "(?x) a # b"}, "not a reg", id="comment"),
        pytest.param({"rule": "set"}, "needs allowed", id="set-of-what"),
        pytest.param({"rule": "compare", "other": "a"}, "needs test", id="compared-how"),
        pytest.param({"rule": "compare", "test": "less"}, "needs other", id="compared-to-what"),
        pytest.param(
            {"rule": "required", "minimum": 1}, "minimum does not go with", id="stray-field"
        ),
        pytest.param({"rule": "required", "columns": ["z"]}, 'no column "z"', id="no-column"),
        pytest.param({"rule": "needed"}, "needed", id="no-such-rule"),
    ],
)
def test_a_rule_that_cannot_be_is_pointed_to(rule: dict[str, Any], said: str) -> None:
    with pytest.raises(PlanError, match=said) as caught:
        run([{"key": "validate_rules", "params": {"rules": [rule]}}], {"a": ["1"]})

    [fault] = caught.value.faults
    assert fault.pointer.startswith("/0/params/rules/0")


def test_a_flag_column_whose_name_is_taken_is_refused() -> None:
    params = {"rules": [{"rule": "required"}], "failing": "flag", "into": "a"}

    with pytest.raises(PlanError, match='a column "a" already'):
        run([{"key": "validate_rules", "params": params}], {"a": ["1"]})


def test_the_report_counts_the_rows_that_break_each_rule() -> None:
    rules = [
        {"rule": "range", "columns": ["a"], "minimum": 0},
        {"rule": "required", "columns": ["b"], "name": "b is needed"},
    ]
    modules = [{"key": "validate_rules", "params": {"rules": rules}}]

    cleaned = run_any_way(modules, {"a": ["-1", "1", "-2"], "b": [None, None, "x"]})

    report = cleaned.module("validate_rules")
    assert report.details == {"counts": {"range 0 and up": 2, "b is needed": 2}}
    assert report.rejected == 3
    assert [(row["record"], row["raw"]) for row in cleaned.rejects] == [
        ("1", "-1,"),
        ("2", "1,"),
        ("3", "-2,x"),
    ]


def test_rules_follow_renamed_columns() -> None:
    rules = [{"rule": "unique", "columns": ["Sipariş No"]}]
    modules = ["standardize_headers", {"key": "validate_rules", "params": {"rules": rules}}]

    cleaned = run_any_way(modules, {"Sipariş No": ["1", "1", "2"]})

    assert cleaned.columns == {"siparis_no": ["2"]}
