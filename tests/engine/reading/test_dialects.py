"""Delimiter and quote, told from the content: cases as data."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from app.engine.reading import open_table

PATH = Path(__file__).parents[2] / "cases" / "reading_dialects.json"


@pytest.mark.parametrize("case", json.loads(PATH.read_text("utf-8")), ids=lambda c: c["label"])
def test_the_dialect_is_told_from_the_content(case: dict[str, Any], tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_bytes(case["text"].encode())

    found = open_table(path).inspection

    assert (found.delimiter, found.quotechar) == (case["delimiter"], case["quotechar"])
    assert (len(found.columns) == 1) == case.get("one_column", False)
