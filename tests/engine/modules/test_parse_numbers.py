from __future__ import annotations

import pytest

from app.engine.errors import PlanError
from tests.engine.modules.cases import cases, check_case
from tests.engine.running import run


@pytest.mark.parametrize("case", cases("parse_numbers"))
def test_cases(case):
    check_case("parse_numbers", case)


def test_units_go_to_a_column_of_their_own():
    request = {"key": "parse_numbers", "columns": ["price"], "params": {"unit_suffix": "_unit"}}

    cleaned = run([request], {"price": ["5 TL", "$6", "7", None, "?"], "n": list("abcde")})

    assert cleaned["price"] == ["5", "6", "7", None, "?"]
    assert cleaned["price_unit"] == ["TRY", "USD", None, None, None]
    assert list(cleaned.columns) == ["price", "n", "price_unit"]


def test_a_column_of_units_may_not_take_a_name_that_is_there():
    request = {"key": "parse_numbers", "columns": ["a"], "params": {"unit_suffix": "_unit"}}

    with pytest.raises(PlanError, match='there is a column "a_unit" already'):
        run([request], {"a": ["1"], "a_unit": ["x"]})


@pytest.mark.parametrize("params, message", [
    pytest.param({"unit_suffix": "_unit"}, "needs columns", id="units-of-no-column"),
    pytest.param({"units": ["m2"]}, "digits", id="digits-in-units"),
    pytest.param({"threshold": 0}, "threshold", id="threshold-of-nothing"),
])  # fmt: skip
def test_params_that_make_no_sense_are_refused(params, message):
    with pytest.raises(PlanError, match=message):
        run([{"key": "parse_numbers", "params": params}], {"a": ["1"]})


def test_reading_again_changes_nothing():
    request = {"key": "parse_numbers"}

    cleaned = run([request, request], {"a": ["1.234,50 TL", "(2,25 TL)", "3 bin TL"]})

    assert cleaned["a"] == ["1234.50", "-2.25", "3000"]
    assert cleaned.report.modules[1].cells_changed == 0


def test_every_other_column_is_left_when_columns_are_named():
    cleaned = run([{"key": "parse_numbers", "columns": ["a"]}], {"a": ["1,5"], "b": ["1,5"]})

    assert cleaned["a"] == ["1.5"]
    assert cleaned["b"] == ["1,5"]
