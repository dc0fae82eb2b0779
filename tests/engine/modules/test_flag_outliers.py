from __future__ import annotations

from typing import Any

import pytest

from app.engine.errors import PlanError
from tests.engine.modules.cases import cases, check_case, run_any_way
from tests.engine.running import column, run

AMOUNTS = ["10", "12", "11", "13", "12", "11", "10", "12", "500"]


@pytest.mark.parametrize("case", cases("flag_outliers"))
def test_cases(case: dict[str, Any]) -> None:
    check_case("flag_outliers", case)


def test_the_report_has_what_is_usual_and_how_many_are_not() -> None:
    details = run_any_way(["flag_outliers"], {"n": AMOUNTS}).module("flag_outliers").details

    assert details == {"usual": {"n": [9.5, 13.5]}, "counts": {"n": 1}}


def test_a_threshold_must_let_something_pass() -> None:
    with pytest.raises(PlanError, match="> 0"):
        column([{"key": "flag_outliers", "params": {"threshold": 0}}], *AMOUNTS)


def test_a_new_column_whose_name_is_taken_is_refused() -> None:
    with pytest.raises(PlanError, match='a column "n" already'):
        run([{"key": "flag_outliers", "params": {"into": "n"}}], {"n": AMOUNTS})


def test_flagged_rows_can_be_filtered() -> None:
    where = [{"column": "outliers", "test": "missing"}]
    modules = ["flag_outliers", {"key": "filter_rows", "params": {"where": where}}]

    cleaned = run(modules, {"n": AMOUNTS})

    assert cleaned["n"] == AMOUNTS[:-1]


def test_a_table_without_rows_is_left_as_it_is() -> None:
    assert run(["flag_outliers"], {"n": []}).columns == {"n": [], "outliers": []}


def test_a_long_column_is_judged_by_numbers_spread_over_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("app.engine.modules.flag_outliers.KEPT", 100)
    monkeypatch.setattr("app.engine.modules.flag_outliers.LEAST_KEPT", 100)
    cells = [str(number % 97) for number in range(3000)] + ["9999"]

    details = run_any_way(["flag_outliers"], {"n": cells}).module("flag_outliers").details

    low, high = details["usual"]["n"]
    assert low == pytest.approx(-48, abs=10)
    assert high == pytest.approx(144, abs=10)
    assert details["counts"] == {"n": 1}
