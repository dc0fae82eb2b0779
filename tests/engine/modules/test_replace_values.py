from __future__ import annotations

from typing import Any

import pytest

from app.engine.errors import PlanError
from tests.engine.modules.cases import cases, check_case
from tests.engine.running import column


@pytest.mark.parametrize("case", cases("replace_values"))
def test_cases(case: dict[str, Any]) -> None:
    check_case("replace_values", case)


@pytest.mark.parametrize(
    ("params", "said"),
    [
        pytest.param({"mapping": {"a": "b"}, "pattern": "a"}, "give one of them", id="both"),
        pytest.param({"mapping": {"": "b"}}, "fill_missing", id="missing-cells"),
        pytest.param({"replacement": "b"}, "goes with a pattern", id="no-pattern"),
        pytest.param({"pattern": "("}, "not a regular expression", id="no-regex"),
        pytest.param({"pattern": "a", "replacement": "$1"}, "does not have", id="no-group"),
        pytest.param(
            {"mapping": {"a": "1", "A": "2"}, "ignore_case": True}, "mapped twice", id="twice"
        ),
        pytest.param(
            {"mapping": {"a": "1"}, "ignore_case": True, "match": "part"}, "ignore_case",
            id="part-ignoring-case",
        ),
    ],
)  # fmt: skip
def test_refuses_what_could_only_go_wrong(params: dict[str, Any], said: str) -> None:
    with pytest.raises(PlanError, match=said):
        column([{"key": "replace_values", "params": params}], "a")


def test_a_module_for_blanks_that_comes_later_is_warned_of() -> None:
    modules = [{"key": "replace_values", "params": {"mapping": {"a": "b"}}}, "trim_spaces"]

    cleaned = column(modules, "a ")

    assert any("replace_values runs before trim_spaces" in text
               for text in cleaned.report.warnings)  # fmt: skip
