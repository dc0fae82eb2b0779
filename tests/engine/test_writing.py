"""Formats made of the clean CSV: what it can hold, they hold."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import polars as pl
import pytest
from python_calamine import CalamineWorkbook

from app.engine import clean_file


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """One column, so that a missing cell is written as ""."""
    path = tmp_path / "table.csv"
    path.write_text('n\n"1"\n""\n"2"\n')
    return path


def test_a_missing_number_in_a_table_of_one_column_is_missing_in_parquet(source: Path) -> None:
    target = source.with_name("clean.parquet")

    clean_file(source, target, ["convert_types"])

    table = pl.read_parquet(target)
    assert table.schema == {"n": pl.Int64}
    assert table["n"].to_list() == [1, None, 2]


def test_and_in_json_lines(source: Path) -> None:
    target = source.with_name("clean.jsonl")

    clean_file(source, target, ["convert_types"])

    lines = target.read_text().splitlines()
    assert [json.loads(line) for line in lines] == [{"n": 1}, {"n": None}, {"n": 2}]


def test_and_in_a_workbook(source: Path) -> None:
    target = source.with_name("clean.xlsx")

    clean_file(source, target, ["convert_types"])

    sheet = CalamineWorkbook.from_path(target).get_sheet_by_index(0)
    assert sheet.to_python() == [["n"], [1.0], [""], [2.0]]


@pytest.mark.parametrize("format", ["parquet", "jsonl"])
def test_a_quote_in_the_name_of_a_column_is_one_quote(tmp_path: Path, format: str) -> None:
    (tmp_path / "table.csv").write_text('"12"" disc",n\nx,"1,5"\ny,"2,5"\n')
    target = tmp_path / f"clean.{format}"

    clean_file(tmp_path / "table.csv", target, ["convert_types"])

    read = pl.read_parquet if format == "parquet" else pl.read_ndjson
    assert read(target).to_dict(as_series=False) == {'12" disc': ["x", "y"], "n": [1.5, 2.5]}


def test_a_carriage_return_in_a_name_or_a_refused_row_ends_no_record(tmp_path: Path) -> None:
    (tmp_path / "table.csv").write_bytes(b'"a\rb",n\n"x\ry",1\n"p\nq",2\n')
    reject = {"key": "validate_rules", "params": {"rules": [{"rule": "range", "maximum": 0}]}}

    clean_file(
        tmp_path / "table.csv",
        tmp_path / "clean.csv",
        [{**reject, "columns": ["n"]}],
        rejects=tmp_path / "rejects.csv",
    )

    with (tmp_path / "clean.csv").open(newline="", encoding="utf-8") as file:
        assert list(csv.reader(file)) == [["a\rb", "n"]]
    with (tmp_path / "rejects.csv").open(newline="", encoding="utf-8") as file:
        refused = list(csv.DictReader(file))
    assert [row["raw"] for row in refused] == ['"x\ry",1', '"p\nq",2']
