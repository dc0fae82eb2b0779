from __future__ import annotations

from typing import Any

import pytest

from app.engine.errors import PlanError
from tests.engine.modules.cases import cases, check_case
from tests.engine.running import run


@pytest.mark.parametrize("case", cases("filter_rows"))
def test_cases(case: dict[str, Any]) -> None:
    check_case("filter_rows", case)


@pytest.mark.parametrize(
    ("condition", "pointer", "said"),
    [
        pytest.param({"test": "equals"}, "/where/0", "needs a value", id="no-value"),
        pytest.param({"test": "in", "value": "x"}, "/where/0", "needs values", id="in-a-value"),
        pytest.param(
            {"test": "missing", "value": "x"}, "/where/0", "neither value", id="missing-what"
        ),
        pytest.param(
            {"test": "contains", "other": "a"}, "/where/0", "needs a value", id="contains-other"
        ),
        pytest.param(
            {"test": "less", "value": "x"}, "/where/0", "neither a plain number", id="no-order"
        ),
        pytest.param(
            {"test": "less", "value": "2024-02-30"}, "/where/0", "nor a date", id="no-such-day"
        ),
        pytest.param(
            {"test": "less", "value": 2**60}, "/where/0", "more digits", id="beyond-doubles"
        ),
        pytest.param(
            {"test": "matches", "value": "("}, "/where/0", "not a regular", id="no-regex"
        ),
        pytest.param({"test": "equal", "value": 1}, "/where/0/test", "'equal'", id="no-test"),
        pytest.param({"column": "b", "test": "missing"}, "/where/0/column", '"b"', id="column"),
        pytest.param({"tset": "missing"}, "/where/0", "tset", id="unknown-field"),
    ],
)
def test_a_condition_that_cannot_be_is_pointed_to(
    condition: dict[str, Any], pointer: str, said: str
) -> None:
    with pytest.raises(PlanError, match=said) as caught:
        run([{"key": "filter_rows", "params": {"where": [condition]}}], {"a": ["1"]})

    assert [fault.pointer for fault in caught.value.faults] == [f"/0/params{pointer}"]


def test_a_condition_follows_a_renamed_column() -> None:
    modules = [
        "standardize_headers",
        {
            "key": "filter_rows",
            "params": {"where": [{"column": "Ürün Adı", "test": "present"}]},
        },
    ]

    assert run(modules, {"Ürün Adı": ["x"], "b": ["y"]}).columns == {
        "urun_adi": ["x"],
        "b": ["y"],
    }
