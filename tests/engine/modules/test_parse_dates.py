from __future__ import annotations

import datetime as dt

import polars as pl
import pytest

from app.engine.errors import PlanError
from app.engine.pipeline import clean_file
from tests.engine.modules.cases import cases, check_case
from tests.engine.running import run


@pytest.mark.parametrize("case", cases("parse_dates"))
def test_cases(case):
    check_case("parse_dates", case)


@pytest.mark.parametrize("params, message", [
    pytest.param({"language": "xx"}, 'language "xx" is not known', id="language"),
    pytest.param({"to_timezone": "Mars/Base"}, 'no time zone "Mars/Base"', id="to"),
    pytest.param({"assume_timezone": "../x"}, "no time zone", id="assumed"),
    pytest.param({"order": "DYM"}, "order", id="order"),
])  # fmt: skip
def test_params_that_make_no_sense_are_refused(params, message):
    with pytest.raises(PlanError, match=message):
        run([{"key": "parse_dates", "params": params}], {"a": ["1"]})


def test_reading_again_changes_nothing():
    cells = ["5 Oca 2024", "31.12.2023 9:30", "2024-01-05T09:30:00+03:00"]

    cleaned = run(["parse_dates", "parse_dates"], {"a": cells})

    assert cleaned["a"] == ["2024-01-05", "2023-12-31T09:30:00", "2024-01-05T09:30:00+03:00"]
    assert cleaned.report.modules[1].cells_changed == 0


def test_the_proof_may_come_in_the_last_batch():
    cells = ["05/01/2024"] * 9 + ["31/12/2023"]

    cleaned = run(["parse_dates"], {"a": cells}, batch_rows=2)

    assert cleaned["a"] == ["2024-01-05"] * 9 + ["2023-12-31"]


def test_typed_formats_get_dates_and_times(tmp_path):
    source, target = tmp_path / "in.csv", tmp_path / "out.parquet"
    source.write_text("day,moment\n5.1.2024,5.1.2024 9:30\n31.12.2023,31.12.2023 10:00:00.5\n")

    clean_file(source, target, ["parse_dates"])

    table = pl.read_parquet(target)
    assert table["day"].to_list() == [dt.date(2024, 1, 5), dt.date(2023, 12, 31)]
    assert table["moment"].to_list() == [
        dt.datetime(2024, 1, 5, 9, 30),
        dt.datetime(2023, 12, 31, 10, 0, 0, 500_000),
    ]


def test_dates_that_excel_cannot_hold_are_written_all_the_same(tmp_path):
    source, target = tmp_path / "in.csv", tmp_path / "out.xlsx"
    source.write_text("day,n\n5.1.1724,1\n31.12.2023,2\n")

    clean_file(source, target, ["parse_dates"])

    assert target.stat().st_size > 0
