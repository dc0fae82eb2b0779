from __future__ import annotations

import json

import polars as pl
import pytest

from app.engine.errors import PlanError
from app.engine.pipeline import clean_file
from tests.engine.modules.cases import cases, check_case
from tests.engine.running import run

KEY = "0123456789abcdef"


@pytest.mark.parametrize("case", cases("mask_pii"))
def test_cases(case):
    check_case("mask_pii", case)


@pytest.mark.parametrize("params, message", [
    pytest.param({"what": "cells"}, "needs columns", id="cells-of-no-column"),
    pytest.param({"action": "hash"}, "a key of 16 characters", id="no-key"),
    pytest.param({"action": "hash", "key": "short"}, "a key of 16 characters", id="short-key"),
    pytest.param({"kinds": ["name"]}, "kinds", id="unknown-kind"),
    pytest.param({"default_region": "Turkey"}, "no country", id="region"),
])  # fmt: skip
def test_params_that_would_not_hide_anything_are_refused(params, message):
    with pytest.raises(PlanError, match=message):
        run([{"key": "mask_pii", "params": params}], {"a": ["x"]})


def test_the_receipt_shows_neither_cells_nor_key(tmp_path):
    source, log = tmp_path / "in.csv", tmp_path / "changes.parquet"
    source.write_text("mail,n\nada@example.com,1\nbob@example.com,2\n")
    request = {"key": "mask_pii", "params": {"action": "hash", "key": KEY}}

    report = clean_file(source, tmp_path / "out.csv", [request], change_log=log)

    shown = json.dumps(report.as_dict())
    assert report.modules[0].columns["mail"].changed == 2
    assert "ada@example.com" not in shown
    assert KEY not in shown
    assert report.modules[0].params["key"] == "(secret)"
    assert pl.read_parquet(log)["before"].to_list() == [None, None]


def test_equal_cells_hash_alike_in_any_column():
    request = {"key": "mask_pii", "columns": ["a", "b"],
               "params": {"what": "cells", "action": "hash", "key": KEY}}  # fmt: skip

    cleaned = run([request], {"a": ["x", "y"], "b": ["y", "x"]})

    assert cleaned["a"] == list(reversed(cleaned["b"]))
    assert all(len(cell) == 64 for cell in cleaned["a"])
