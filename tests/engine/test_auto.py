"""The word "auto" in a list of modules."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.engine import clean_file
from app.engine.errors import PlanError
from app.engine.protocol import Progress
from app.engine.running.auto import check
from tests.engine.running import CATALOGUE

MESSY = "Name;Amount\n Ada ;1.250,00\nBob;12,50\n"


def test_auto_does_what_is_proven_and_reports_it(tmp_path: Path) -> None:
    source, target = tmp_path / "in.csv", tmp_path / "out.csv"
    source.write_text(MESSY)

    report = clean_file(source, target, ["auto", "standardize_headers"])

    assert target.read_text() == "name,amount\nAda,1250.00\nBob,12.50\n"
    assert [module.key for module in report.modules] == [
        "trim_spaces",
        "convert_types",
        "standardize_headers",
    ]
    assert [step["key"] for step in report.suggested] == ["trim_spaces", "convert_types"]
    assert report.suggested[0]["reason"] == '1 cell of "Name": blanks at the start or the end.'


def test_auto_sees_the_table_as_earlier_modules_leave_it(tmp_path: Path) -> None:
    source, target = tmp_path / "in.csv", tmp_path / "out.csv"
    source.write_text(MESSY)

    report = clean_file(source, target, ["standardize_headers", {"key": "auto"}])

    assert report.suggested[0]["params"] == {"columns": ["name"]}


def test_what_came_of_auto_replays_to_the_same_bytes(tmp_path: Path) -> None:
    source, target, again = (tmp_path / name for name in ("in.csv", "out.csv", "again.csv"))
    source.write_text(MESSY)
    report = clean_file(source, target, ["auto"])

    clean_file(
        source, again, [{"key": one.key, "params": one.params} for one in report.modules]
    )

    assert again.read_bytes() == target.read_bytes()


def test_progress_never_goes_back_and_names_auto(tmp_path: Path) -> None:
    source = tmp_path / "in.csv"
    source.write_text(MESSY)
    told: list[Progress] = []

    clean_file(source, tmp_path / "out.csv", ["auto"], progress=told.append, rows_total=2)

    percents = [progress.percent for progress in told]
    assert percents == sorted(percents)
    assert told[0].step == "auto"
    assert told[-1].step == "convert_types"


def test_every_fault_beside_auto_is_found_with_its_place() -> None:
    modules = ["trim_spces", "auto", {"key": "trim_spaces", "columns": ["b"]}, "AUTO"]

    with pytest.raises(PlanError) as refusal:
        check(modules, ["a"], CATALOGUE)

    assert {fault.pointer for fault in refusal.value.faults} == {"/0", "/2/columns/0", "/3"}


def test_auto_keeps_its_place_in_the_stored_pipeline() -> None:
    stored, _ = check(["trim_spaces", "Auto", "drop_duplicates"], ["a"], CATALOGUE)

    assert [module["key"] for module in stored] == ["trim_spaces", "auto", "drop_duplicates"]
