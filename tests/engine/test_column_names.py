"""Columns may be called anything: also what the engine calls things for itself."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.engine import clean_file
from app.engine.errors import PlanError, SourceError
from app.engine.looking.preview import preview
from app.engine.profile import profile_table
from app.engine.running.plan import make_plan
from app.engine.suggest import suggest
from app.engine.testing import _CutTable as CutTable
from tests.engine.running import CATALOGUE, run

NAMES = (
    "count", "len", "literal", "text", "first", "record", "records", "row", "index", "value",
    "values", "pattern", "shape", "cell", "cells", "day", "clock", "column", "name", "1", "2",
    "key", "left", "right", "block", "view", "h", "reason", "before", "after", "module",
    "a\nb", 'q"q',
)  # fmt: skip
CELLS = (
    [" x ", "N/A", "x", None],
    ["1.250,50", "2,5", "-", "N/A"],
    ["05.01.2024", "31.12.2023 10:00", "N/A", "1.2.2024"],
    ["yes", "No", "null", None],
)
TABLE = {name: CELLS[place % len(CELLS)] for place, name in enumerate(NAMES)}


@pytest.mark.parametrize("key", sorted(CATALOGUE.modules))
def test_no_name_is_in_a_modules_way(key: str) -> None:
    assert run([key], TABLE).module(key).status == "completed"


@pytest.mark.parametrize("name", ["*", "^a.*$"])
def test_what_would_mean_several_columns_is_no_name(tmp_path: Path, name: str) -> None:
    source, target = tmp_path / "in.csv", tmp_path / "out.csv"
    source.write_text(f"a,{name}\n x, y\nz,w\n")

    report = clean_file(source, target, ["trim_spaces"])

    assert target.read_text() == "a,column_2\nx,y\nz,w\n"
    assert report.warnings == [f"Column 2 cannot be called {name!r} and is called column_2"]
    with pytest.raises(SourceError, match="cannot be called"):
        run(["trim_spaces"], {name: ["x"]})
    with pytest.raises(PlanError, match="cannot be called"):
        run([{"key": "rename_columns", "params": {"names": {"a": name}}}], {"a": ["x"]})


def test_no_name_is_in_the_way_of_a_look() -> None:
    table = CutTable(TABLE, 2)

    profile = profile_table(table)
    found = suggest(table, CATALOGUE)
    shown = preview(table, make_plan(found.modules, NAMES, CATALOGUE))

    assert [column["name"] for column in profile["columns"]] == list(NAMES)
    assert {step.module["key"] for step in found.steps} >= {"trim_spaces", "handle_missing"}
    assert list(shown["rows"][0]["before"]) == list(NAMES)


def test_no_name_is_in_the_way_of_the_change_log(tmp_path: Path) -> None:
    source = tmp_path / "in.csv"
    source.write_text("row,column\n x,1\n y,2\n")

    clean_file(
        source, tmp_path / "out.csv", ["trim_spaces"], change_log=tmp_path / "changes.parquet"
    )

    assert (tmp_path / "out.csv").read_text() == "row,column\nx,1\ny,2\n"
