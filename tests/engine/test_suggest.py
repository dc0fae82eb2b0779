"""Suggestions: what is proven, what is left alone, and that counts are those of a run."""

from __future__ import annotations

from typing import Any

import pytest

from app.engine.errors import PlanError
from app.engine.suggest import Suggestions, suggest
from app.engine.testing import _CutTable as CutTable
from tests.engine.running import CATALOGUE, run


def suggested(
    data: dict[str, list[Any]], *, batch_rows: int = 1000, **options: Any
) -> Suggestions:
    return suggest(CutTable(data, batch_rows), CATALOGUE, **options)


def orders(copies: int = 0) -> dict[str, list[str]]:
    """Forty orders, the first `copies` of them twice."""
    numbers = [*range(40), *range(copies)]
    return {
        "order": [f"A-{number:03}" for number in numbers],
        "who": [f"Person {number * 7 % 40}" for number in numbers],
    }


@pytest.mark.parametrize(
    "cells, keys",
    [
        pytest.param([" a", "b"], ["trim_spaces"], id="blanks-at-ends"),
        pytest.param(
            ["a  b", "c d", "e f", "g h", "i j"], ["text_normalize"], id="runs-of-blanks"
        ),
        pytest.param(["MÃ¼ÅŸteri", "Ada"], ["text_normalize"], id="mojibake"),
        pytest.param(["12,50", "1.988,39"], ["convert_types"], id="amounts"),
        pytest.param(["5 %", "7 %", "0.5%"], ["convert_types"], id="percent-everywhere"),
        pytest.param(["N/A", "Ada", "Bob"], ["handle_missing"], id="tokens"),
        pytest.param(["none", "12", "13"] * 5, ["handle_missing", "convert_types"], id="typed"),
    ],
)
def test_what_is_proven_is_suggested(cells: list[str], keys: list[str]) -> None:
    assert [step.module["key"] for step in suggested({"c": cells}).steps] == keys


@pytest.mark.parametrize(
    "cells",
    [
        pytest.param(["Ada", "Bob"], id="clean"),
        pytest.param([], id="no-rows"),
        pytest.param([None, None], id="nothing"),
        pytest.param(["“so”", "it’s"], id="curly-quotes"),
        pytest.param(["1.234", "5.678"], id="thousands-or-decimals"),
        pytest.param(["12,50", "twelve"], id="not-every-cell"),
        pytest.param(["00123", "04567"], id="leading-zeros"),
        pytest.param(["34710", "16010"], id="codes-of-one-length"),
        pytest.param(["5 %", "0.05", "7 %"], id="percent-here-and-there"),
        pytest.param(["none", "peanuts", "milk"], id="none-is-an-answer"),
        pytest.param(["AB  12", "CD  34", "EF  56"], id="blanks-are-the-format"),
        pytest.param(["Null", "Smith", "Jones"], id="a-person-called-null"),
        pytest.param(["apple", "apple", "pear"], id="the-same-twice-is-no-copy"),
        pytest.param([f"{n % 50}" for n in range(60)], id="numbers-that-repeat"),
    ],
)
def test_what_is_not_proven_is_left_alone(cells: list[str | None]) -> None:
    steps = suggested({"c": cells}).steps

    # That a column is of whole numbers may be said: it changes nothing.
    assert [step.module for step in steps if step.cells_changed or step.rows_removed] == []


def test_rows_that_hold_nothing_are_dropped() -> None:
    (step,) = suggested({"a": ["x", None, "y"], "b": ["1 a", None, None]}).steps

    assert (step.module["key"], step.rows_removed) == ("drop_empty", 1)
    assert step.reason == "Rows in which no cell holds anything: 1."


def test_dates_are_read_where_the_column_proves_their_order() -> None:
    table = {"proven": ["05.01.2024", "31.12.2023"], "open": ["05.01.2024", "01.02.2024"]}

    (step,) = suggested(table).steps

    assert step.module == {"key": "parse_dates", "params": {"columns": ["proven"]}}
    assert step.types == {"proven": "date"}
    assert step.reason == 'Every cell of "proven" is a date. Not written plainly: 2 cells.'


def test_copies_are_dropped_where_a_key_proves_them() -> None:
    found = suggested(orders(copies=3))

    (step,) = found.steps
    assert (step.module["key"], step.rows_removed) == ("drop_duplicates", 3)
    assert step.reason == (
        'Copies of other rows, to the letter: 3. Without them no "order" is there twice.'
    )


def test_rows_that_agree_without_a_key_stay() -> None:
    sales = {"fruit": ["apple", "apple", "pear", "fig"], "count": ["1", "1", "2", "1"]}

    assert all(not step.rows_removed for step in suggested(sales).steps)


def test_copies_of_a_key_with_another_row_are_no_copies() -> None:
    table = orders(copies=3)
    table["order"][-1] = "A-009"

    assert all(not step.rows_removed for step in suggested(table).steps)


def test_counts_are_those_of_a_run() -> None:
    table = {
        "name": [" Ada ", "Bob", "Cem  Can", "Ece ", "N/A"],
        "amount": ["1.250,00", "-", "12,5", "3", "N/A"],
    }

    found = suggested(table)

    report = run(found.modules, table).report
    assert [step.cells_changed for step in found.steps] == [
        module.cells_changed for module in report.modules
    ]
    assert [step.columns for step in found.steps] == [
        module.columns for module in report.modules
    ]


@pytest.mark.parametrize("batch_rows", [1, 3])
def test_suggestions_are_the_same_however_the_table_is_cut(batch_rows: int) -> None:
    table = orders(copies=2)

    assert suggested(table, batch_rows=batch_rows) == suggested(table)


def test_once_followed_nothing_is_left_to_suggest() -> None:
    table = {
        "name": [" Ada ", "Bob", "Cem  Can", "Ece ", "N/A"],
        "amount": ["1.250,00", "-", "12,5", "3", "N/A"],
    }
    first = suggested(table)

    again = suggested(table, before=first.modules)

    assert [step for step in again.steps if step.cells_changed or step.rows_removed] == []


def test_more_rows_than_are_looked_at_are_said() -> None:
    found = suggested({"c": [" a", "b", "c ", "d "]}, max_rows=2)

    assert (found.is_whole, found.rows_examined) == (False, 2)
    assert found.steps[0].cells_changed == 1


def test_what_a_module_left_alone_is_passed_on() -> None:
    found = suggested({"zip": ["00123", "04567"]})

    assert found.left_alone == [
        '"zip" was left as text: it holds identifiers (leading zeros or over 15 digits in 2 '
        "cells)."
    ]


def test_a_fault_in_what_comes_before_is_refused() -> None:
    with pytest.raises(PlanError):
        suggested({"c": ["a"]}, before=["nonsense"])
