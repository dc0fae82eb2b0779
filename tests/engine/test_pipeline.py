"""clean_file as a whole: files, receipts, failures that leave nothing behind."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from app.engine import clean_file
from app.engine.errors import AccountingError, Cancelled, CannotWrite, ModuleFailed, PlanError
from app.engine.protocol import Progress

TABLE = "name;amount\n Ada ;1.988,39\nBob;12,50\nbad;line;here\nBob;12,50\n"
MODULES = ["trim_spaces", "drop_duplicates", "convert_types"]
CLEAN = "name,amount\nAda,1988.39\nBob,12.50\n"

HEAD = "import polars as pl\nfrom app.engine.module import Meta, NoParams, Outcome\n"
BREAKS = (
    HEAD
    + """
META = Meta(key="breaks", name="Breaks", description="Fails on the second batch.", order=50)
seen = 0

def breaks(batch, params: NoParams) -> Outcome:
    global seen
    seen += 1
    if "Bob" in batch["name"]:
        raise ValueError("no Bobs")
    return Outcome(frame=batch.with_columns(pl.col("name") + "!"))
"""
)
LOSES = (
    HEAD
    + """
META = Meta(key="loses", name="Loses", description="Loses a row without a word.", order=50)

def loses(batch, params: NoParams) -> Outcome:
    return Outcome(frame=batch.head(1))
"""
)
NUMBERS = (
    HEAD
    + """
META = Meta(key="length", name="Length", description="Counts letters.", order=50)

def length(batch, params: NoParams) -> Outcome:
    return Outcome(frame=batch.with_columns(pl.col("name").str.len_chars()))
"""
)


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "in.csv"
    path.write_text(TABLE)
    return path


@pytest.fixture
def custom(tmp_path: Path) -> Callable[[str], Path]:
    def write(code: str) -> Path:
        folder = tmp_path / "modules"
        folder.mkdir(exist_ok=True)
        (folder / "own.py").write_text(code)
        return folder

    return write


def files(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir() if path.is_file()}


def test_a_file_is_cleaned_with_its_receipts(source: Path, tmp_path: Path) -> None:
    report = clean_file(
        source,
        tmp_path / "out.csv",
        MODULES,
        rejects=tmp_path / "rejects.csv",
        report=tmp_path / "report.json",
    )

    assert (tmp_path / "out.csv").read_text() == CLEAN
    assert (report.rows_in, report.rows_out, report.removed, report.rejected) == (3, 2, 1, 1)
    assert json.loads((tmp_path / "report.json").read_text()) == report.as_dict()
    assert len((tmp_path / "rejects.csv").read_text().splitlines()) == 2
    assert files(tmp_path) == {"in.csv", "out.csv", "rejects.csv", "report.json"}


def test_without_modules_every_cell_stays_as_it_stood(source: Path, tmp_path: Path) -> None:
    clean_file(source, tmp_path / "out.csv", [])

    assert (tmp_path / "out.csv").read_text() == (
        'name,amount\n Ada ,"1.988,39"\nBob,"12,50"\nBob,"12,50"\n'
    )


@pytest.mark.parametrize("format", ["xlsx", "parquet", "jsonl"])
def test_other_formats_hold_typed_columns(source: Path, tmp_path: Path, format: str) -> None:
    target = tmp_path / f"out.{format}"

    clean_file(source, target, MODULES)

    readers: dict[str, Callable[[], pl.DataFrame]] = {
        "xlsx": lambda: read_xlsx(target),
        "parquet": lambda: pl.read_parquet(target),
        "jsonl": lambda: pl.read_ndjson(target),
    }
    table = readers[format]()
    assert table["amount"].to_list() == [1988.39, 12.5]
    assert table["name"].to_list() == ["Ada", "Bob"]


def test_a_text_that_looks_like_a_formula_stays_a_text(tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_text("a,b\n=1+1,00123\n")

    clean_file(tmp_path / "in.csv", tmp_path / "out.xlsx", ["convert_types"])

    assert read_xlsx(tmp_path / "out.xlsx").rows() == [("=1+1", "00123")]


def test_a_text_too_long_for_a_worksheet_is_refused_by_name(tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_text(f"a,b\nx,{'y' * 40_000}\n")

    with pytest.raises(CannotWrite, match=r'Row 1 .* "b"'):
        clean_file(tmp_path / "in.csv", tmp_path / "out.xlsx", [])

    assert files(tmp_path) == {"in.csv"}


def test_an_unknown_ending_is_refused(source: Path, tmp_path: Path) -> None:
    with pytest.raises(CannotWrite, match="csv, xlsx, parquet, jsonl"):
        clean_file(source, tmp_path / "out.docx", [])


def test_missing_cells_of_a_single_column_survive_reading_again(tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_text('a\nx\n""\ny\n')

    clean_file(tmp_path / "in.csv", tmp_path / "once.csv", [])
    report = clean_file(tmp_path / "once.csv", tmp_path / "twice.csv", [])

    assert report.rows_out == 3
    assert (tmp_path / "twice.csv").read_bytes() == (tmp_path / "once.csv").read_bytes()


def test_a_header_without_rows_is_a_table(tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_text("a,b\n")

    report = clean_file(tmp_path / "in.csv", tmp_path / "out.csv", MODULES)

    assert report.rows_out == 0
    assert (tmp_path / "out.csv").read_text() == "a,b\n"


def test_a_failing_module_leaves_nothing_behind(
    source: Path, tmp_path: Path, custom: Callable[[str], Path]
) -> None:
    with pytest.raises(ModuleFailed, match=r"own.py, line 11: ValueError: no Bobs") as caught:
        clean_file(source, tmp_path / "out.csv", ["breaks"], modules_dir=custom(BREAKS))

    assert caught.value.module == "breaks"
    assert files(tmp_path) == {"in.csv"}


def test_a_module_that_may_be_skipped_is_undone_and_said(
    source: Path, tmp_path: Path, custom: Callable[[str], Path]
) -> None:
    modules: list[Any] = ["trim_spaces", {"key": "breaks", "on_error": "skip"}, "convert_types"]

    report = clean_file(source, tmp_path / "out.csv", modules, modules_dir=custom(BREAKS))

    skipped = report.modules[1]
    assert (skipped.status, skipped.cells_changed) == ("skipped", 0)
    assert "no Bobs" in (skipped.error_message or "")
    assert "!" not in (tmp_path / "out.csv").read_text()
    assert report.rejected == 1, "what reading refused is counted once"


def test_a_module_that_loses_a_row_voids_the_run(
    source: Path, tmp_path: Path, custom: Callable[[str], Path]
) -> None:
    with pytest.raises(AccountingError, match="loses"):
        clean_file(source, tmp_path / "out.csv", ["loses"], modules_dir=custom(LOSES))

    assert files(tmp_path) == {"in.csv"}


def test_a_module_may_return_numbers(
    source: Path, tmp_path: Path, custom: Callable[[str], Path]
) -> None:
    clean_file(source, tmp_path / "out.csv", ["length"], modules_dir=custom(NUMBERS))

    assert (tmp_path / "out.csv").read_text().splitlines()[1].startswith("5,")


def test_faults_are_found_before_anything_is_written(source: Path, tmp_path: Path) -> None:
    with pytest.raises(PlanError):
        clean_file(source, tmp_path / "out.csv", ["nope"])

    assert files(tmp_path) == {"in.csv"}


def test_a_run_can_be_cancelled(source: Path, tmp_path: Path) -> None:
    with pytest.raises(Cancelled):
        clean_file(source, tmp_path / "out.csv", MODULES, is_cancelled=lambda: True)

    assert files(tmp_path) == {"in.csv"}


def test_progress_only_grows_and_leaves_a_hundred_to_the_end(
    source: Path, tmp_path: Path
) -> None:
    seen: list[Progress] = []

    clean_file(source, tmp_path / "out.csv", MODULES, rows_total=3, progress=seen.append)

    percents = [progress.percent for progress in seen]
    assert percents == sorted(percents)
    assert percents[0] == 0
    assert percents[-1] < 100
    assert [progress.rows_done for progress in seen] == sorted(p.rows_done for p in seen)
    assert {progress.step for progress in seen} == set(MODULES)


def test_a_table_larger_than_memory_allows_waits_on_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.engine.running.spool.MEMORY_BYTES", 0)
    rows = "".join(f"{number},x \n" for number in range(1000))
    (tmp_path / "in.csv").write_text("a,b\n" + rows + rows)

    report = clean_file(
        tmp_path / "in.csv", tmp_path / "out.csv", ["trim_spaces", "drop_duplicates"]
    )

    assert (report.rows_in, report.removed) == (2000, 1000)
    assert (tmp_path / "out.csv").read_text() == "a,b\n" + rows.replace("x ", "x")
    assert files(tmp_path) == {"in.csv", "out.csv"}


def test_the_target_keeps_the_permissions_new_files_get(source: Path, tmp_path: Path) -> None:
    clean_file(source, tmp_path / "out.csv", [])

    umask = os.umask(0)
    os.umask(umask)
    assert (tmp_path / "out.csv").stat().st_mode & 0o777 == 0o666 & ~umask


def read_xlsx(path: Path) -> pl.DataFrame:
    from python_calamine import CalamineWorkbook

    header, *rows = CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python()
    return pl.DataFrame(rows, schema=[str(name) for name in header], orient="row")
