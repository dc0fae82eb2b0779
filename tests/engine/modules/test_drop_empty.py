from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl
import pytest

from app.engine import clean_file
from tests.engine.modules.cases import cases, check_case, run_any_way
from tests.engine.running import run

TABLE = {"Ad": ["x", "y"], "Boş": [None, None], "Not": ["1", None]}


@pytest.mark.parametrize("case", cases("drop_empty"))
def test_cases(case: dict[str, Any]) -> None:
    check_case("drop_empty", case)


def test_the_report_says_which_columns_are_gone() -> None:
    cleaned = run(["drop_empty"], TABLE)

    assert cleaned.module("drop_empty").details == {"dropped_columns": ["Boş"]}
    assert cleaned.report.columns_in == ["Ad", "Boş", "Not"]
    assert cleaned.report.columns_out == ["Ad", "Not"]
    assert [column.name for column in cleaned.report.columns] == ["Ad", "Not"]


def test_a_table_without_rows_keeps_its_columns() -> None:
    assert run(["drop_empty"], {"a": [], "b": []}).report.columns_out == ["a", "b"]


def test_a_column_that_a_later_step_names_stays() -> None:
    modules = ["drop_empty", "standardize_headers", {"key": "trim_spaces", "columns": ["bos"]}]

    cleaned = run(modules, TABLE)

    assert list(cleaned.columns) == ["ad", "bos", "not"]
    [said] = cleaned.module("drop_empty").warnings
    assert said == '"Boş" would have been dropped, but trim_spaces names it.'


def test_names_are_followed_where_a_column_that_went_changes_them() -> None:
    table = {"Price ($)": [None, None], "Price (€)": [" 1", "2"], "n": ["1", "2"]}
    named = {"key": "trim_spaces", "columns": ["price_2"]}

    cleaned = run(["drop_empty", "standardize_headers", named], table)

    assert cleaned.columns == {"price": ["1", "2"], "n": ["1", "2"]}
    assert cleaned.module("trim_spaces").params["columns"] == ["price"]


def test_later_steps_go_on_without_the_column() -> None:
    modules: list[Any] = [
        "drop_empty",
        {"key": "handle_missing", "params": {"strategy": "drop"}},
        "drop_duplicates",
        "convert_types",
    ]

    cleaned = run_any_way(modules, TABLE)

    assert cleaned.columns == {"Ad": ["x"], "Not": ["1"]}


def test_a_column_split_from_one_that_stays_is_made_all_the_same() -> None:
    modules: list[Any] = [
        "drop_empty",
        {"key": "split_column", "columns": ["Ad"], "params": {"separator": "-", "keep": False}},
        {"key": "trim_spaces", "columns": ["Ad_1"]},
    ]

    assert list(run(modules, TABLE).columns) == ["Ad_1", "Ad_2", "Not"]


def test_a_step_that_fails_and_is_skipped_changes_what_is_empty(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "wipe.py").write_text(
        "import polars as pl\n"
        "from app.engine.module import Meta, NoParams, Outcome\n"
        'META = Meta(key="wipe", name="Wipe", description="", order=1)\n'
        "def wipe(batch, params):\n"
        '    if batch["a"].eq("stop").any():\n'
        '        raise RuntimeError("stopped")\n'
        "    return Outcome(frame=batch.with_columns(b=pl.lit(None, dtype=pl.String)))\n"
    )
    source = tmp_path / "table.csv"
    source.write_text("a,b\n" + "go,1\n" * 5 + "stop,2\n")

    report = clean_file(
        source,
        tmp_path / "clean.csv",
        [{"key": "wipe", "on_error": "skip"}, "drop_empty"],
        modules_dir=tmp_path,
    )

    assert report.columns_out == ["a", "b"]
    assert pl.read_csv(tmp_path / "clean.csv")["b"].to_list() == [1] * 5 + [2]
    assert "stopped" in capsys.readouterr().err
