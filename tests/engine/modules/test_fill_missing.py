from __future__ import annotations

from typing import Any

import pytest

from app.engine.errors import PlanError
from tests.engine.modules.cases import cases, check_case
from tests.engine.running import column


@pytest.mark.parametrize("case", cases("fill_missing"))
def test_cases(case: dict[str, Any]) -> None:
    check_case("fill_missing", case)


@pytest.mark.parametrize(
    ("params", "said"),
    [
        pytest.param({"value": ""}, "leave missing cells missing", id="nothing"),
        pytest.param({"value": 1, "strategy": "mean"}, "value goes with", id="value-for-mean"),
        pytest.param({"value": 1, "limit": 1}, "limit goes with", id="limit-for-constant"),
        pytest.param({"strategy": "forward", "limit": 0}, ">= 1", id="no-limit"),
    ],
)
def test_refuses_what_could_only_go_wrong(params: dict[str, Any], said: str) -> None:
    with pytest.raises(PlanError, match=said):
        column([{"key": "fill_missing", "params": params}], "x")


@pytest.mark.parametrize(
    ("fill", "kind"),
    [
        pytest.param({"value": 0}, "integer", id="zero"),
        pytest.param({"value": 2.5}, "number", id="a-fraction-among-whole-numbers"),
        pytest.param({"value": "none"}, "text", id="a-word"),
        pytest.param({"strategy": "mean"}, "number", id="mean"),
        pytest.param({"strategy": "median"}, "integer", id="median"),
        pytest.param({"strategy": "mode"}, "integer", id="mode"),
        pytest.param({"strategy": "forward"}, "integer", id="neighbour"),
    ],
)
def test_what_a_column_was_proven_to_hold_still_holds(fill: dict[str, Any], kind: str) -> None:
    modules = ["convert_types", {"key": "fill_missing", "params": fill}]

    cleaned = column(modules, "1", None, "1", "2", "1")

    assert cleaned.report.columns[0].type == kind


def test_a_type_survives_handle_missing_where_its_value_fits() -> None:
    fill = {"key": "handle_missing", "params": {"strategy": "fill", "fill_value": 0}}

    assert column(["convert_types", fill], "5", None).report.columns[0].type == "integer"


def test_tokens_before_handle_missing_are_warned_of() -> None:
    modules = [{"key": "fill_missing", "params": {"value": 0}}, "handle_missing"]

    warnings = column(modules, "N/A").report.warnings

    assert any("fill_missing runs before handle_missing" in text for text in warnings)
