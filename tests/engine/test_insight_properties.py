"""Whatever the table: profiles add up, and suggestions do what they say."""

from __future__ import annotations

from typing import Any

import polars as pl
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.engine.profile import Profiler
from app.engine.suggest import suggest
from app.engine.testing import _CutTable as CutTable
from tests.engine.running import CATALOGUE, run

CELLS = st.sampled_from(
    [
        None, "x", " x", "x  y", "N/A", "-", "none", "1", "1,5", "1.234", "1.234,56", "007",
        "5 %", "$3", "05.01.2024", "31.12.2024", "2024-01-05", "yes", "No", "Ã¼", "\u00a0a",
        "“q”", "é" * 70, "a\nb", "0", "-0", "1e5", "9" * 20,
    ]
)  # fmt: skip
TABLES = st.integers(0, 12).flatmap(
    lambda rows: st.dictionaries(
        st.sampled_from(["a", "count", "b b", "ş"]),
        st.lists(CELLS, min_size=rows, max_size=rows),
        min_size=1,
        max_size=3,
    )
)
LIGHT = settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    derandomize=True,
)


@LIGHT
@given(TABLES, st.integers(0, 12))
def test_a_profile_accounts_for_every_cell_and_merges(table: dict[str, Any], cut: int) -> None:
    frame = pl.DataFrame(table, schema=dict.fromkeys(table, pl.String))
    records = pl.int_range(1, frame.height + 1, dtype=pl.UInt64, eager=True)
    whole, left, right = (Profiler(frame.columns) for _ in range(3))
    whole.observe(frame, records)
    left.observe(frame.head(cut), records.head(cut))
    right.observe(frame.slice(cut), records.slice(cut))

    left.merge(right)

    profile = whole.finish()
    assert left.finish() == profile
    for column in profile:
        tokens = sum(column["missing_tokens"].values())
        assert column["rows"] == column["valid"] + column["missing"] + tokens == frame.height
        assert column["distinct"]["count"] == frame[column["name"]].drop_nulls().n_unique()
        assert abs(sum(column["evidence"].values()) - (1 if column["valid"] else 0)) < 1e-4


@LIGHT
@given(TABLES)
def test_suggestions_do_what_they_say(table: dict[str, Any]) -> None:
    found = suggest(CutTable(table, 5), CATALOGUE)

    cleaned = run(found.modules, table)

    report = cleaned.report
    assert [(step.cells_changed, step.rows_removed) for step in found.steps] == [
        (module.cells_changed, module.removed) for module in report.modules
    ]
    assert list(cleaned.columns) == list(table)
    assert report.rejected == 0
    assert all(step.cells_changed or step.rows_removed or step.types for step in found.steps)


@LIGHT
@given(TABLES)
def test_suggestions_once_followed_change_nothing_more(table: dict[str, Any]) -> None:
    first = suggest(CutTable(table, 100), CATALOGUE)

    again = suggest(CutTable(table, 100), CATALOGUE, before=first.modules)

    left = [step.reason for step in again.steps if step.cells_changed or step.rows_removed]
    assert left == []
