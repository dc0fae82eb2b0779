"""A preview: rows before and after, and what it admits."""

from __future__ import annotations

from typing import Any

from app.engine.looking.excerpt import Excerpt
from app.engine.looking.preview import preview
from app.engine.running.plan import make_plan
from app.engine.testing import _CutTable as CutTable
from tests.engine.running import CATALOGUE, run


def previewed(
    modules: list[Any], data: dict[str, list[Any]], *, batch_rows: int = 1000, **options: Any
) -> dict[str, Any]:
    table = CutTable(data, batch_rows)
    plan = make_plan(modules, table.inspection.columns, CATALOGUE)
    return preview(table, plan, **options)


def many(**changed: str) -> dict[str, list[str]]:
    """A hundred rows; `r7=" x"` puts a text into row 7."""
    cells = [f"cell {number}" for number in range(1, 101)]
    for place, text in changed.items():
        cells[int(place[1:]) - 1] = text
    return {"c": cells}


def test_head_tail_and_touched_rows_are_shown() -> None:
    shown = previewed(["trim_spaces"], many(r50=" x "), ends=2, touched=3)

    assert [(row["record"], row["shown_for"]) for row in shown["rows"]] == [
        (1, ["head"]),
        (2, ["head"]),
        (50, ["trim_spaces"]),
        (99, ["tail"]),
        (100, ["tail"]),
    ]
    assert shown["rows"][2]["before"] == {"c": " x "}
    assert shown["rows"][2]["after"] == {"c": "x"}
    assert shown["is_sample"] is True


def test_a_row_that_goes_says_by_whom_and_why() -> None:
    table = {"k": ["1", "1", "2", "2"], "n": ["1", "1", "2,5", "x"]}
    modules = [
        "drop_duplicates",
        {"key": "convert_types", "params": {"invalid": "reject", "numeric_threshold": 0.5}},
    ]

    shown = previewed(modules, table)

    assert [(row["outcome"], row["outcome_module"]) for row in shown["rows"]] == [
        ("kept", None),
        ("removed", "drop_duplicates"),
        ("kept", None),
        ("rejected", "convert_types"),
    ]
    assert shown["rows"][3]["outcome_reason"] == 'n: "x" is not a number'
    assert shown["rows"][3]["after"] is None


def test_each_step_is_shown_in_order() -> None:
    shown = previewed(
        ["trim_spaces", "standardize_headers", "convert_types"], {"Tutar ": [" 1,5 "]}
    )

    assert shown["rows"][0]["changes"] == [
        {"module": "trim_spaces", "column": "Tutar ", "before": " 1,5 ", "after": "1,5"},
        {"module": "convert_types", "column": "tutar", "before": "1,5", "after": "1.5"},
    ]
    assert shown["columns_after"] == ["tutar"]


def test_the_counts_are_those_of_a_job_over_the_whole_table() -> None:
    table = many(r3=" a", r9="b ")

    shown = previewed(["trim_spaces", "drop_duplicates"], table, batch_rows=7)

    report = run(["trim_spaces", "drop_duplicates"], table).report
    assert [module["cells_changed"] for module in shown["modules"]] == [
        module.cells_changed for module in report.modules
    ]
    assert shown["learned_from"] == "table"
    assert shown["warnings"] == []


def test_a_longer_table_is_previewed_as_an_excerpt_and_that_is_said() -> None:
    shown = previewed(["trim_spaces"], many(r2=" x", r90=" y"), max_rows=20)

    assert (shown["learned_from"], shown["rows_examined"]) == ("excerpt", 20)
    assert shown["modules"][0]["cells_changed"] == 1
    assert shown["warnings"][0].startswith("Only the first 20 rows were looked at")


def test_of_a_very_wide_table_fewer_rows_are_examined() -> None:
    wide = {f"c{number}": ["x"] * 30 for number in range(2_000)}

    excerpt = Excerpt(CutTable(wide, 1000), 200, max_cells=40_000)

    assert sum(batch.frame.height for batch in excerpt.batches()) == 20
    assert excerpt.is_whole is False


def test_a_table_without_rows_can_be_previewed() -> None:
    assert previewed(["trim_spaces"], {"c": []})["rows"] == []


def test_of_a_very_wide_table_fewer_rows_are_shown() -> None:
    wide = {f"c{number}": ["x"] * 30 for number in range(6_000)}

    assert len(previewed([], wide)["rows"]) == 16
