"""Cases as data: what each kind of file is read as."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from app.engine.reading import ReadingOptions
from tests.engine.reading.reading import read

CASES = json.loads((Path(__file__).parents[2] / "cases" / "reading.json").read_text("utf-8"))


def content_of(case: dict[str, Any]) -> bytes:
    if "hex" in case:
        return bytes.fromhex(case["hex"])
    return str(case["text"]).encode(case.get("encoding", "utf-8"))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["label"])
def test_a_file_is_read_as_the_table_it_means(case: dict[str, Any], tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_bytes(content_of(case))

    table = read(path, ReadingOptions(**case.get("options", {})))

    assert table.inspection.columns == case["columns"]
    assert table.rows == [tuple(row) for row in case["rows"]]
    assert table.rejected == case.get("rejected", [])
    for name, value in case.get("inspection", {}).items():
        assert getattr(table.inspection, name) == value, name
