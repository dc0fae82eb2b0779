"""Formats other than plain text: packed files, workbooks, Parquet, JSON lines."""

from __future__ import annotations

import bz2
import datetime as dt
import gzip
import io
import lzma
import zipfile
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest
import xlsxwriter
import zstandard

from app.engine.errors import SourceError
from app.engine.reading import ReadingOptions, inspect_file, packing
from tests.engine.reading.reading import Table, read

CSV = b"id;name\n1;Ada\n2;Bob\nx\n"


def read_bytes(tmp_path: Path, content: bytes, filename: str, **options: object) -> Table:
    path = tmp_path / "source"
    path.write_bytes(content)
    return read(path, ReadingOptions(**options), filename)  # type: ignore[arg-type]


def zipped(**files: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return buffer.getvalue()


@pytest.mark.parametrize(
    "pack, ending",
    [
        pytest.param(gzip.compress, "gz", id="gz"),
        pytest.param(zstandard.compress, "zst", id="zst"),
        pytest.param(bz2.compress, "bz2", id="bz2"),
        pytest.param(lzma.compress, "xz", id="xz"),
        pytest.param(lambda content: zipped(table=content), "zip", id="zip"),
    ],
)
def test_a_packed_table_is_read_as_the_table(
    pack: Callable[[bytes], bytes], ending: str, tmp_path: Path
) -> None:
    table = read_bytes(tmp_path, pack(CSV), f"table.csv.{ending}")

    assert table.rows == [("1", "Ada"), ("2", "Bob")]
    assert [each["line"] for each in table.rejected] == [4]
    assert table.inspection.format == "csv"


def test_of_an_archive_of_several_files_one_is_read(tmp_path: Path) -> None:
    archive = zipped(**{"a.csv": CSV, "b.csv": b"x,y\n1,2\n", "__MACOSX/._a.csv": b"?"})

    first = read_bytes(tmp_path, archive, "tables.zip")
    second = read_bytes(tmp_path, archive, "tables.zip", sheet="b.csv")

    assert first.inspection.sheets == ["a.csv", "b.csv"]
    assert (first.inspection.sheet, second.inspection.sheet) == ("a.csv", "b.csv")
    assert second.rows == [("1", "2")]


def test_a_file_that_the_archive_does_not_have_is_named(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"no file 'c.csv'; it has: a.csv") as refusal:
        read_bytes(tmp_path, zipped(**{"a.csv": CSV}), "tables.zip", sheet="c.csv")

    assert refusal.value.code == "no_such_sheet"


@pytest.mark.parametrize(
    "content, code",
    [
        pytest.param(gzip.compress(CSV * 1000)[:-20], "broken_archive", id="cut-gz"),
        pytest.param(b"\x1f\x8b" + b"?" * 50, "broken_archive", id="no-gz-at-all"),
        pytest.param(zstandard.compress(CSV)[:9], "broken_archive", id="cut-zst"),
        pytest.param(zipped(), "empty_file", id="empty-zip"),
        pytest.param(gzip.compress(b""), "empty_file", id="nothing-packed"),
        pytest.param(gzip.compress(b"\x89PNG\r\n"), "binary_file", id="packed-picture"),
        pytest.param(b"PAR1" + b"?" * 50 + b"PAR1", "broken_file", id="damaged-parquet"),
        pytest.param(b'{"a": 1', "unsupported_format", id="no-json-line"),
    ],
)
def test_what_cannot_be_unpacked_is_refused_by_name(
    content: bytes, code: str, tmp_path: Path
) -> None:
    with pytest.raises(SourceError) as refusal:
        read_bytes(tmp_path, content, "table")

    assert refusal.value.code == code


def test_a_packed_file_that_grows_beyond_the_limit_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(packing, "MAX_UNPACKED_BYTES", 1_000_000)

    with pytest.raises(SourceError) as refusal:
        read_bytes(tmp_path, gzip.compress(b"a,b\n" * 1_000_000), "bomb.csv.gz")

    assert refusal.value.code == "archive_too_large"


def book(write: Callable[[xlsxwriter.Workbook], None]) -> bytes:
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer) as made:
        write(made)
    return buffer.getvalue()


def test_cells_of_a_workbook_are_text_as_people_see_them(tmp_path: Path) -> None:
    def write(made: xlsxwriter.Workbook) -> None:
        sheet = made.add_worksheet()
        day = made.add_format({"num_format": "yyyy-mm-dd"})
        moment = made.add_format({"num_format": "yyyy-mm-dd hh:mm"})
        sheet.write_row(0, 0, ["code", "whole", "part", "day", "moment", "yes"])
        sheet.write_string(1, 0, "00123")
        sheet.write_row(1, 1, [5, 0.1 + 0.2])
        sheet.write_datetime(1, 3, dt.datetime(2024, 1, 5), day)
        sheet.write_datetime(1, 4, dt.datetime(2024, 1, 5, 9, 30), moment)
        sheet.write_boolean(1, 5, True)

    table = read_bytes(tmp_path, book(write), "book.xlsx")

    assert table.rows == [("00123", "5", "0.3", "2024-01-05", "2024-01-05 09:30:00", "TRUE")]


def test_title_margins_and_notes_are_not_the_table(tmp_path: Path) -> None:
    def write(made: xlsxwriter.Workbook) -> None:
        sheet = made.add_worksheet("Sales")
        sheet.merge_range(1, 1, 1, 3, "Sales of 2024")
        sheet.write_row(3, 1, ["city", "qty", "price"])
        sheet.write_row(4, 1, ["Paris", 3, 1.5])
        sheet.write_row(5, 1, ["Rome", 4, 2.5])
        sheet.write(7, 1, "Source: the tills")

    table = read_bytes(tmp_path, book(write), "book.xlsx")

    assert table.inspection.columns == ["city", "qty", "price"]
    assert table.rows == [("Paris", "3", "1.5"), ("Rome", "4", "2.5")]
    assert [(each["line"], each["raw"]) for each in table.rejected] == [
        (8, "Source: the tills")
    ]
    assert "Sales of 2024" in table.inspection.warnings[0]


def test_merged_headers_name_each_column_below_them(tmp_path: Path) -> None:
    def write(made: xlsxwriter.Workbook) -> None:
        sheet = made.add_worksheet()
        sheet.write(0, 0, "city")
        sheet.merge_range(0, 1, 0, 2, "sales")
        sheet.merge_range(0, 3, 0, 4, "costs")
        sheet.write_row(1, 1, ["Q1", "Q2", "Q1", "Q2"])
        for row in range(2, 5):
            sheet.write_row(row, 0, [f"town {row}", row, 2 * row, 3 * row, 4 * row])

    table = read_bytes(tmp_path, book(write), "book.xlsx")

    assert table.inspection.columns == ["city", "sales Q1", "sales Q2", "costs Q1", "costs Q2"]
    assert table.rows[0] == ("town 2", "2", "4", "6", "8")


def test_error_cells_are_not_blank(tmp_path: Path) -> None:
    def write(made: xlsxwriter.Workbook) -> None:
        made.add_worksheet("Other")
        sheet = made.add_worksheet("A & B")
        sheet.write_row(1, 1, ["name", "ratio"])
        sheet.write_row(2, 1, ["x", 1.5])
        sheet.write(3, 1, "y")
        sheet.write_formula(3, 2, "=1/0", None, "#DIV/0!")

    table = read_bytes(tmp_path, book(write), "book.xlsx", sheet="A & B")

    assert table.rows == [("x", "1.5"), ("y", "#DIV/0!")]
    assert table.inspection.warnings == [
        "Cells that hold an error instead of a value: #DIV/0! 1"
    ]


def test_a_sheet_without_cells_is_passed_over_and_one_by_name_is_read(tmp_path: Path) -> None:
    def write(made: xlsxwriter.Workbook) -> None:
        made.add_worksheet("Empty")
        for name in ("First", "Second"):
            sheet = made.add_worksheet(name)
            sheet.write_row(0, 0, ["sheet", "n"])
            sheet.write_row(1, 0, [name, 1])

    content = book(write)

    assert read_bytes(tmp_path, content, "b.xlsx").rows == [("First", "1")]
    assert read_bytes(tmp_path, content, "b.xlsx", sheet="Second").rows == [("Second", "1")]
    assert read_bytes(tmp_path, zipped(**{"b.xlsx": content}), "b.zip").rows == [("First", "1")]


ODS_CONTENT = (
    '<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"'
    ' xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"'
    ' xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0">'
    '<office:body><office:spreadsheet><table:table table:name="T"><table:table-row>'
    '<table:table-cell office:value-type="string"><text:p>day</text:p></table:table-cell>'
    '<table:table-cell office:value-type="string"><text:p>n</text:p></table:table-cell>'
    "</table:table-row><table:table-row>"
    '<table:table-cell office:value-type="date" office:date-value="2024-01-05"/>'
    '<table:table-cell office:value-type="float" office:value="7"/>'
    "</table:table-row></table:table></office:spreadsheet></office:body>"
    "</office:document-content>"
)


def test_an_ods_workbook_is_read(tmp_path: Path) -> None:
    content = zipped(
        mimetype=b"application/vnd.oasis.opendocument.spreadsheet",
        **{"content.xml": ODS_CONTENT.encode(), "META-INF/manifest.xml": b"<manifest/>"},
    )

    table = read_bytes(tmp_path, content, "book.ods")

    assert table.inspection.format == "ods"
    assert table.rows == [("2024-01-05", "7")]


def test_text_called_a_workbook_is_read_and_said_to_be_text(tmp_path: Path) -> None:
    table = read_bytes(tmp_path, b"a\tb\n1\t2\n", "export.xls")

    assert (table.inspection.format, table.rows) == ("csv", [("1", "2")])
    assert "holds text" in table.inspection.warnings[0]


def test_parquet_is_read_as_text(tmp_path: Path) -> None:
    frame = pl.DataFrame(
        {
            "n": [1, None],
            "x": [1.5, 2.0],
            "day": [dt.date(2024, 1, 5), None],
            "at": [dt.datetime(2024, 1, 5, 9, 30), None],
            "tags": [["a", "b"], None],
            "text": ["ä", ""],
        }
    )
    frame.write_parquet(tmp_path / "t.parquet")

    table = read(tmp_path / "t.parquet")

    assert table.inspection.format == "parquet"
    assert table.rows == [
        ("1", "1.5", "2024-01-05", "2024-01-05 09:30:00.000000", '["a","b"]', "ä"),
        (None, "2.0", None, None, None, None),
    ]


def test_json_lines_are_read_with_all_their_keys(tmp_path: Path) -> None:
    lines = b'{"a": 1.50, "b": "x"}\n\n{"b": "y", "c": [1, {"d": null}]}\n[1]\n{"a": null}\n'

    table = read_bytes(tmp_path, lines, "t.jsonl")

    assert table.inspection.columns == ["a", "b", "c"]
    assert table.rows == [
        ("1.50", "x", None),
        (None, "y", '[1, {"d": null}]'),
        (None, None, None),
    ]
    (reject,) = table.rejected
    assert (reject["record"], reject["line"], reject["raw"]) == (3, 4, "[1]")


def test_inspecting_counts_parquet_without_reading_it(tmp_path: Path) -> None:
    pl.DataFrame({"n": range(1000)}).write_parquet(tmp_path / "t.parquet")

    assert inspect_file(tmp_path / "t.parquet").rows == 1000
