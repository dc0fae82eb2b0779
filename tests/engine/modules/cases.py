"""Cases of modules as data. Each must come to the same however its table is cut."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.engine.running import Cleaned, run

CASES = Path(__file__).parents[2] / "cases"


def cases(name: str) -> list[Any]:
    """The cases of tests/cases/NAME.json; `known_failure` makes one a strict xfail."""
    listed = json.loads((CASES / f"{name}.json").read_text("utf-8"))
    return [pytest.param(case, id=case["label"], marks=_marks(case)) for case in listed]


def _marks(case: dict[str, Any]) -> list[pytest.MarkDecorator]:
    if "known_failure" not in case:
        return []
    return [pytest.mark.xfail(strict=True, reason=case["known_failure"])]


def run_any_way(modules: Sequence[Any], data: Mapping[str, Sequence[Any]]) -> Cleaned:
    """The result of `run`, which is the same in batches of one row, of three, and in one."""
    whole, *others = (run(modules, data, batch_rows=rows) for rows in (1_000, 1, 3))
    for other in others:
        assert other.columns == whole.columns
        assert other.rejects == whole.rejects
        assert _receipt(other) == _receipt(whole)
    return whole


def check_case(key: str, case: dict[str, Any]) -> None:
    """A case has label, comment, input {column: cells}, params and expected {column: cells};
    and where it is about them: warnings (a part of each), rejects (reasons), odd {column:
    cells}, types {column: type}, changed (cells), removed (rows). `warnings: []` means none.
    """
    cleaned = run_any_way([{"key": key, "params": case.get("params", {})}], case["input"])

    assert cleaned.columns == case["expected"]
    report = cleaned.module(key)
    for part in case.get("warnings", []):
        assert any(part in text for text in report.warnings), report.warnings
    if not case.get("warnings", True):
        assert report.warnings == []
    columns = cleaned.report.columns
    found = {
        "rejects": [row["reason"] for row in cleaned.rejects],
        "odd": {each.name: each.after.odd for each in columns if each.after.odd},
        "types": {each.name: each.type for each in columns if each.type != "text"},
        "changed": report.cells_changed,
        "removed": report.removed,
    }
    for what in found:
        if what in case:
            assert found[what] == case[what], what


def _receipt(cleaned: Cleaned) -> Any:
    modules = [
        (module.rows_out, module.removed, module.rejected, module.columns,
         sorted(module.warnings))
        for module in cleaned.report.modules
    ]  # fmt: skip
    return modules, cleaned.report.columns
