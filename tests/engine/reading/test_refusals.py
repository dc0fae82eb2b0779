"""What cannot be read as a table is refused by name."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest
import xlsxwriter

from app.engine.errors import SourceError
from app.engine.reading import ReadingOptions, inspect_file, open_table, workbook


def code_of(path: Path, content: bytes, filename: str = "t.csv", **options: str) -> str:
    path.write_bytes(content)
    with pytest.raises(SourceError) as refusal:
        inspect_file(path, ReadingOptions(**options), filename=filename)  # type: ignore[arg-type]
    return refusal.value.code


def book(*sheets: str) -> bytes:
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer) as made:
        for name in sheets:
            sheet = made.add_worksheet(name)
            sheet.write_row(0, 0, ["code", "amount"])
            sheet.write_row(1, 0, ["00123", 5])
    return buffer.getvalue()


@pytest.mark.parametrize(
    "content, filename, code",
    [
        pytest.param(b"", "t.csv", "empty_file", id="no-bytes"),
        pytest.param(b"\n \r\n", "t.csv", "empty_file", id="only-line-ends"),
        pytest.param(b"\xef\xbb\xbf", "t.csv", "empty_file", id="only-a-mark"),
        pytest.param(bytes(range(32)) * 100, "t.csv", "binary_file", id="controls"),
        pytest.param(b"\x89PNG\r\n\x1a\n" + b"x" * 99, "t.csv", "binary_file", id="picture"),
        pytest.param(b"%PDF-1.7\n", "t.csv", "binary_file", id="pdf"),
        pytest.param(
            b"\x00\x01\x02\xff\xfe\x00binary",
            "t.csv",
            "binary_file",
            id="too-few-bytes-to-tell",
        ),
        pytest.param(
            b"<html><table>", "t.xls", "unsupported_format", id="page-called-workbook"
        ),
        pytest.param(book("A")[:900], "t.xlsx", "broken_workbook", id="cut-workbook"),
        pytest.param(book("A")[:900], "t.csv", "broken_workbook", id="cut-workbook-called-csv"),
    ],
)
def test_refuses(tmp_path: Path, content: bytes, filename: str, code: str) -> None:
    assert code_of(tmp_path / "file", content, filename) == code


def test_names_the_sheets_there_are_when_the_one_asked_for_is_not(tmp_path: Path) -> None:
    path = tmp_path / "book"
    path.write_bytes(book("Jan", "Feb"))

    with pytest.raises(SourceError, match="it has: Jan, Feb") as refusal:
        inspect_file(path, ReadingOptions(sheet="Mar"))

    assert refusal.value.code == "no_such_sheet"


def test_refuses_an_encoding_that_does_not_exist(tmp_path: Path) -> None:
    assert code_of(tmp_path / "f", b"a,b\n", encoding="latin-99") == "bad_reading_option"


def test_refuses_a_workbook_that_unfolds_beyond_the_limit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workbook, "MAX_UNFOLDED_BYTES", 1_000_000)
    path = tmp_path / "bomb.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", b"<a/>" + b" " * 2_000_000)

    with pytest.raises(SourceError) as refusal:
        open_table(path)

    assert refusal.value.code == "workbook_too_large"


def test_more_columns_than_can_be_read_are_refused(tmp_path: Path) -> None:
    header = b",".join(b"c%d" % n for n in range(100_001))

    assert code_of(tmp_path / "wide", header + b"\n" + header + b"\n") == "too_many_columns"
