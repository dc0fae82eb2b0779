"""Downloads for spreadsheets: no text is a formula, no number is touched, nothing is lost."""

from __future__ import annotations

import csv
import re
import zipfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from app.engine import clean_file
from app.engine.writing import write_safe

FORMULAS = ["=1+1", "+A1", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "=cmd|' /C calc'!A0", "- one"]
HARMLESS = ["-5", "+90 532 123", "-1.234,50", "-3 %", "-1e-5", "-", "=", "a=b", " =1", "'x", ""]
#: What a reader does to have every text as it was.
MARK = re.compile(r"^'(?='*[=+\-@\t\r])")
cells = st.text(st.sampled_from("=+-@\t\r'1.%ea\n\","), max_size=6)


def rows_of(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


@pytest.fixture
def clean(tmp_path: Path) -> Path:
    """A clean table with a formula in its header too."""
    path = tmp_path / "clean.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n", quoting=csv.QUOTE_ALL)
        writer.writerows([["=name", "n"], *([cell, "-5"] for cell in FORMULAS + HARMLESS)])
    return path


def test_formulas_are_marked_and_counted_and_numbers_left_alone(clean: Path) -> None:
    target = clean.with_name("safe.csv")

    marked = write_safe(clean, target, "csv", {"n": "integer"})

    header, *rows = rows_of(target)
    assert header == ["'=name", "n"]
    assert [row[0] for row in rows] == ["'" + cell for cell in FORMULAS] + HARMLESS
    assert {row[1] for row in rows} == {"-5"}
    assert marked == len(FORMULAS) + 1


def test_a_workbook_marks_them_as_excel_does_and_changes_no_text(clean: Path) -> None:
    target = clean.with_name("safe.xlsx")

    marked = write_safe(clean, target, "xlsx", {"n": "integer"})

    (header, *rows) = CalamineWorkbook.from_path(target).get_sheet_by_index(0).to_python()
    assert header == ["=name", "n"]
    assert [row[0] for row in rows] == [cell for row in rows_of(clean)[1:] for cell in row[:1]]
    assert {row[1] for row in rows} == {-5.0}
    assert marked == len(FORMULAS) + 1
    with zipfile.ZipFile(target) as archive:
        assert b'quotePrefix="1"' in archive.read("xl/styles.xml")
        assert b"<f>" not in archive.read("xl/worksheets/sheet1.xml")


@settings(max_examples=60, deadline=None)
@given(st.lists(cells, min_size=1, max_size=20))
def test_the_marks_come_off_exactly(
    tmp_path_factory: pytest.TempPathFactory, texts: list[str]
) -> None:
    folder = tmp_path_factory.mktemp("marks")
    source, clean, target = (folder / f"{name}.csv" for name in ("source", "clean", "safe"))
    with source.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n", quoting=csv.QUOTE_ALL)
        writer.writerows([["text", "n"], *([text, "1"] for text in texts)])
    clean_file(source, clean, [])

    marked = write_safe(clean, target, "csv", {})

    before, after = rows_of(clean), rows_of(target)
    assert [[MARK.sub("", cell) for cell in row] for row in after] == before
    lengths = [sum(len(cell) for row in rows for cell in row) for rows in (before, after)]
    assert lengths[1] - lengths[0] == marked
