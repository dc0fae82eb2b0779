from __future__ import annotations

import pytest

from app.engine.errors import PlanError
from tests.engine.modules.cases import cases, check_case
from tests.engine.running import run


@pytest.mark.parametrize("case", cases("parse_booleans"))
def test_cases(case):
    check_case("parse_booleans", case)


def test_a_text_cannot_mean_both():
    params = {"true": ["x"], "false": ["X"]}

    with pytest.raises(PlanError, match='"x" is given as true and as false'):
        run([{"key": "parse_booleans", "params": params}], {"a": ["x"]})


def test_reading_again_changes_nothing():
    cleaned = run(["parse_booleans", "parse_booleans"], {"a": ["evet", "hayır"]})

    assert cleaned["a"] == ["true", "false"]
    assert cleaned.report.modules[1].cells_changed == 0


def test_a_column_of_many_values_is_left_however_it_is_cut():
    cells = ["yes", "no"] * 5000 + [f"text {number}" for number in range(200)]

    for rows in (7, 5000):
        assert run(["parse_booleans"], {"a": cells}, batch_rows=rows)["a"] == cells
