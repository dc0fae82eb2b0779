"""The core modules, from cases that are data: what they change, and what they must not."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from app.engine.errors import ModuleFailed, PlanError
from tests.engine.running import Cleaned, run

CASES = Path(__file__).resolve().parents[1] / "cases"
#: Large enough for every case, and so small that each row comes by itself.
BATCHES = (1000, 1)


def cases(name: str) -> list[Any]:
    return [
        pytest.param(case, id=case["label"]) for case in json.loads((CASES / name).read_text())
    ]


def check(case: dict[str, Any], cleaned: Cleaned, expected: dict[str, Any]) -> None:
    assert cleaned.columns == expected, case["why"]
    columns = {column.name: column for column in cleaned.report.columns}
    for name, kind in case.get("types", {}).items():
        assert columns[name].type == kind
    for name, odd in case.get("odd", {}).items():
        assert columns[name].after.odd == odd
    assert len(cleaned.rejects) == case.get("rejected", 0)
    warnings = [text for module in cleaned.report.modules for text in module.warnings]
    assert not case.get("warns") or any(case["warns"] in text for text in warnings), warnings


@pytest.mark.parametrize("batch_rows", BATCHES)
@pytest.mark.parametrize("case", cases("core.json"))
def test_changes(case: dict[str, Any], batch_rows: int) -> None:
    cleaned = run(case["modules"], case["input"], batch_rows=batch_rows)

    check(case, cleaned, case["expected"])


@pytest.mark.parametrize("batch_rows", BATCHES)
@pytest.mark.parametrize("case", cases("core_negative.json"))
def test_leaves_alone(case: dict[str, Any], batch_rows: int) -> None:
    cleaned = run(case["modules"], case["input"], batch_rows=batch_rows)

    check(case, cleaned, case["input"])
    assert sum(module.cells_changed for module in cleaned.report.modules) == 0


def test_reports_each_change_with_its_row() -> None:
    cleaned = run(["trim_spaces"], {"a": ["x", " y"], "b": ["1 ", "2"]}, batch_rows=1)

    (report,) = cleaned.report.modules
    assert report.cells_changed == 2
    assert {name: column.changed for name, column in report.columns.items()} == {"a": 1, "b": 1}
    (example,) = report.columns["a"].examples
    assert (example.row, example.before, example.after) == (2, " y", "y")


def test_counts_are_exact_where_examples_are_capped() -> None:
    cleaned = run(["trim_spaces"], {"a": [" x"] * 100}, batch_rows=7)

    column = cleaned.report.modules[0].columns["a"]
    assert column.changed == 100
    assert [example.row for example in column.examples] == [1, 2, 3, 4, 5]
    assert cleaned.report.examples_per_column == 5


def test_says_which_header_became_which() -> None:
    cleaned = run(["standardize_headers"], {"Price ($)": ["1"], "Price (€)": ["2"]})

    (report,) = cleaned.report.modules
    assert report.columns_renamed == {"Price ($)": "price", "Price (€)": "price_2"}
    assert any("price_2" in warning for warning in report.warnings)


def test_removed_rows_are_accounted_for() -> None:
    cleaned = run(["drop_duplicates"], {"a": ["x", "x", "y"]}, batch_rows=1)

    (report,) = cleaned.report.modules
    assert (report.rows_in, report.rows_out, report.removed) == (3, 2, 1)


def test_rejected_rows_are_kept_with_reason_and_content() -> None:
    invalid = {"key": "convert_types", "params": {"invalid": "reject"}}

    cleaned = run([invalid], {"a": ["1,5", "2,5", "x", "3,5"], "b": ["p", "q", "r,s", "t"]})

    (reject,) = cleaned.rejects
    assert (reject["record"], reject["module"]) == ("3", "convert_types")
    assert reject["reason"] == 'a: "x" is not a number'
    assert reject["raw"] == 'x,"r,s"'


def test_a_risky_order_is_said() -> None:
    cleaned = run(["drop_duplicates", "trim_spaces"], {"a": ["x", "x "]})

    assert cleaned["a"] == ["x", "x"]
    assert any("drop_duplicates runs before trim_spaces" in w for w in cleaned.report.warnings)


def test_columns_may_be_named_as_they_were_before_a_rename() -> None:
    modules = ["standardize_headers", {"key": "trim_spaces", "columns": ["Ad Soyad"]}]

    cleaned = run(modules, {"Ad Soyad": [" x "], "b": [" y "]})

    assert cleaned.columns == {"ad_soyad": ["x"], "b": [" y "]}


def test_every_fault_is_found_at_once_with_its_place() -> None:
    modules = [
        "trim_spces",
        {"key": "trim_spaces", "columns": ["aa"]},
        {"key": "convert_types", "params": {"numeric_threshold": 2, "colums": ["a"]}},
        {"key": "handle_missing", "params": {"strategy": "fill"}},
        {"key": "trim_spaces", "on_error": "perhaps"},
        7,
    ]

    with pytest.raises(PlanError) as caught:
        run(modules, {"a": ["x"]})

    faults = {fault.pointer: fault.message for fault in caught.value.faults}
    assert set(faults) == {
        "/0",
        "/1/columns/0",
        "/2/params/numeric_threshold",
        "/2/params/colums",
        "/3/params",
        "/4/on_error",
        "/5",
    }
    assert "trim_spaces" in faults["/0"], "the nearest names are given"
    assert '"columns"' in faults["/2/params/colums"]


@pytest.mark.parametrize(
    "params",
    [
        pytest.param({"limit": 3}, id="limit-without-fill"),
        pytest.param({"strategy": "fill"}, id="fill-without-value"),
        pytest.param({"strategy": "guess"}, id="unknown-strategy"),
        pytest.param({"tokens": 5}, id="tokens-of-a-wrong-type"),
        pytest.param({"limit": "3", "strategy": "ffill"}, id="a-number-in-quotes"),
    ],
)
def test_params_that_cannot_be_are_refused(params: dict[str, Any]) -> None:
    with pytest.raises(PlanError):
        run([{"key": "handle_missing", "params": params}], {"a": ["x"]})


def test_display_names_are_taken_in_any_case() -> None:
    cleaned = run(["TRIM spaces"], {"a": [" x"]})

    assert cleaned.module("trim_spaces").cells_changed == 1


def test_types_that_a_later_change_breaks_are_withdrawn() -> None:
    fill = {"key": "handle_missing", "params": {"strategy": "fill", "fill_value": "none"}}

    cleaned = run(["convert_types", fill], {"a": ["1", "2", None]})

    assert cleaned.report.columns[0].type == "text"


def test_module_failed_names_the_module() -> None:
    assert ModuleFailed("shout", "it broke", "custom").as_dict()["module"] == "shout"
