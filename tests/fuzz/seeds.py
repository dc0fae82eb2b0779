"""Small valid files that a run starts from."""

from __future__ import annotations

import bz2
import datetime as dt
import gzip
import io
import lzma
import zipfile

import polars as pl
import xlsxwriter
import zstandard

from tests.engine.reading.test_cases import CASES, content_of
from tests.engine.reading.test_formats import ODS_CONTENT

CSV = 'id;name;price\n1;Ada;"1,50"\n2;İpek;2,75\n3;"Bob;\nJr.";\n'.encode()
LINES = (
    b'{"id": 1, "name": "Ada"}\n{"id": 2.50, "tags": ["a", null]}\n{"name": {"x": "\\u0130"}}\n'
)
#: With counts that a change can make huge.
ODS = ODS_CONTENT.replace(
    "<table:table-row>", '<table:table-row table:number-rows-repeated="1">'
).replace("<table:table-cell ", '<table:table-cell table:number-columns-repeated="1" ')


def text() -> list[bytes]:
    """The cases of reading, and each kind of line end and mark."""
    table = CSV.decode()
    marked = [table.encode(name) for name in ("utf-8-sig", "utf-16", "utf-32", "cp1254")]
    ends = [CSV.replace(b"\n", end) for end in (b"\r\n", b"\r")]
    return [*(content_of(case) for case in CASES), *marked, *ends]


def packed() -> list[bytes]:
    """Workbooks, Parquet, JSON lines, and packed files of text and of these."""
    workbook = xlsx()
    return [
        workbook,
        ods(),
        parquet(),
        LINES,
        gzip.compress(CSV, mtime=0),
        zstandard.compress(CSV),
        bz2.compress(CSV),
        lzma.compress(CSV),
        gzip.compress(LINES, mtime=0),
        zipped({"a.csv": CSV, "b.jsonl": LINES}),
        zipped({"book.xlsx": workbook}),
        zstandard.compress(parquet()),
    ]


def zipped(members: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(zipfile.ZipInfo(name), content)
    return buffer.getvalue()


def xlsx() -> bytes:
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as book:
        sheet = book.add_worksheet("Sales")
        sheet.write_row(0, 0, ["Sales of May"])
        sheet.write_row(2, 0, ["id", "name", "day", "price", "paid", "share"])
        for row, name in enumerate(["Ada", "İpek", " Bob "], start=3):
            sheet.write_row(row, 0, [row, name])
            day = book.add_format({"num_format": "yyyy-mm-dd"})
            sheet.write_datetime(row, 2, dt.datetime(2026, 5, row), day)
            sheet.write_row(row, 3, [row + 0.1, row > 3])
            sheet.write_formula(row, 5, "=1/0", value="#DIV/0!")
        sheet.merge_range("H3:I3", "wide")
        book.add_worksheet("Empty").hide()
    return buffer.getvalue()


def ods() -> bytes:
    return zipped(
        {
            "mimetype": b"application/vnd.oasis.opendocument.spreadsheet",
            "META-INF/manifest.xml": b"<manifest/>",
            "content.xml": ODS.encode(),
        }
    )


def parquet() -> bytes:
    frame = pl.DataFrame(
        {
            "id": [1, 2, None],
            "name": ["Ada", "", "İpek"],
            "price": [1.5, None, -0.25],
            "day": [dt.date(2026, 5, 1), None, dt.date(1900, 1, 1)],
            "at": [dt.datetime(2026, 5, 1, 12), None, None],
            "tags": [["a"], [], None],
            "who": [{"x": 1}, {"x": None}, None],
            "raw": [b"\x00\xff", b"", None],
        }
    )
    buffer = io.BytesIO()
    frame.write_parquet(buffer)
    return buffer.getvalue()


SEEDS = {"text": text, "packed": packed}
