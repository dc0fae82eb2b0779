"""The change log: every change and nothing else, as Parquet."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl
import pytest

from app.engine import clean_file
from app.engine.report import Report
from app.engine.running import change_log

MESSY = "name;amount\n Ada ;1,5\nBob;2,5\nBob;2,5\n Cem;x\n"
PIPELINE = [
    "trim_spaces",
    "drop_duplicates",
    {"key": "convert_types", "params": {"invalid": "reject", "numeric_threshold": 0.5}},
]


def logged(folder: Path, modules: list[Any], text: str = MESSY) -> tuple[pl.DataFrame, Report]:
    source, changes = folder / "in.csv", folder / "changes.parquet"
    source.write_text(text)
    report = clean_file(source, folder / "out.csv", modules, change_log=changes)
    return pl.read_parquet(changes), report


def test_every_cell_and_row_that_changed_is_in_it(tmp_path: Path) -> None:
    changes, _ = logged(tmp_path, PIPELINE)

    assert changes.rows() == [
        (1, "name", "trim_spaces", "cell", " Ada ", "Ada"),
        (4, "name", "trim_spaces", "cell", " Cem", "Cem"),
        (3, None, "drop_duplicates", "removed", None, None),
        (1, "amount", "convert_types", "cell", "1,5", "1.5"),
        (2, "amount", "convert_types", "cell", "2,5", "2.5"),
        (4, None, "convert_types", "rejected", None, None),
    ]


@pytest.mark.parametrize("buffer_bytes", [0, 200, 10**6])
def test_it_holds_as_many_changes_as_the_report_counts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, buffer_bytes: int
) -> None:
    monkeypatch.setattr(change_log, "BUFFER_BYTES", buffer_bytes)

    changes, report = logged(tmp_path, PIPELINE)

    for module in report.modules:
        own = changes.filter(pl.col("module") == module.key)["change"].to_list()
        assert own.count("cell") == module.cells_changed
        assert own.count("removed") == module.removed
        assert own.count("rejected") == module.rejected


def test_a_run_that_changes_nothing_has_an_empty_log(tmp_path: Path) -> None:
    changes, _ = logged(tmp_path, [], "a\nx\n")

    assert (changes.height, dict(changes.schema)) == (0, change_log.SCHEMA)


def test_a_column_is_called_as_the_module_left_it(tmp_path: Path) -> None:
    changes, _ = logged(tmp_path, ["standardize_headers", "trim_spaces"], "A B\n x\n")

    assert changes["column"].to_list() == ["a_b"]


def test_what_a_module_did_that_was_undone_is_not_in_it(tmp_path: Path) -> None:
    module = tmp_path / "modules" / "breaker.py"
    module.parent.mkdir()
    module.write_text(
        "from app.engine.module import Meta, Outcome\n"
        "def breaker(batch, params):\n"
        "    raise RuntimeError('no')\n"
        "META = Meta(key='breaker', name='Breaker', description='Breaks.', order=45)\n"
    )
    source, changes = tmp_path / "in.csv", tmp_path / "changes.parquet"
    source.write_text(MESSY)

    clean_file(
        source,
        tmp_path / "out.csv",
        ["trim_spaces", {"key": "breaker", "on_error": "skip"}],
        change_log=changes,
        modules_dir=module.parent,
    )

    assert pl.read_parquet(changes)["row"].to_list() == [1, 4]


def test_without_asking_there_is_none(tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_text(MESSY)

    clean_file(tmp_path / "in.csv", tmp_path / "out.csv", PIPELINE)

    assert sorted(path.name for path in tmp_path.iterdir()) == ["in.csv", "out.csv"]
