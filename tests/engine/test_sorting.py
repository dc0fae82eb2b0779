"""Tables put in order in pieces: the same rows, in the order of one big stable sort."""

from __future__ import annotations

import random
from pathlib import Path
from types import ModuleType
from typing import Any

import polars as pl
import pytest

from app.engine.errors import Cancelled, ModuleFailed
from app.engine.module import Meta, NoParams, Outcome, RowOrder
from app.engine.pipeline import execute
from app.engine.protocol import Progress
from app.engine.running import spool
from app.engine.running.inline import InlineTable
from app.engine.running.plan import make_plan
from app.engine.running.progress import ProgressMeter
from app.engine.running.sorting import SortedSpool
from app.engine.running.spool import Chunk
from app.engine.testing import try_module
from tests.engine.running import CATALOGUE

ORDER = RowOrder(
    keys=lambda batch: batch.select(pl.col("a").cast(pl.Int64, strict=False), pl.col("b")),
    descending=[True, False],
    nulls_last=[True, True],
)


def a_table(rows: int, *, kinds: int) -> pl.DataFrame:
    chance = random.Random(rows * kinds)
    digits = [None, *map(str, range(kinds))]
    return pl.DataFrame(
        {
            "a": [chance.choice(digits) for _ in range(rows)],
            "b": [chance.choice(["x", "y", "zz", None]) for _ in range(rows)],
            "c": [f"row {number}" for number in range(rows)],
        }
    )


def in_pieces(
    table: pl.DataFrame, folder: Path, *, chunk_rows: int, segment_bytes: int
) -> SortedSpool:
    rows = SortedSpool(folder, "sorted", ORDER, segment_bytes)
    records = pl.int_range(1, table.height + 1, dtype=pl.UInt64, eager=True)
    for start in range(0, table.height, chunk_rows):
        rows.append(Chunk(table.slice(start, chunk_rows), records.slice(start, chunk_rows)))
    return rows


@pytest.mark.parametrize("memory_bytes", [0, 10**6], ids=["on-disk", "in-memory"])
@pytest.mark.parametrize("kinds", [1, 3, 500])
@pytest.mark.parametrize("segment_bytes", [300, 5_000, 10**9])
def test_pieces_make_the_order_of_one_sort(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    memory_bytes: int,
    kinds: int,
    segment_bytes: int,
) -> None:
    monkeypatch.setattr(spool, "MEMORY_BYTES", memory_bytes)
    table = a_table(700, kinds=kinds)

    rows = in_pieces(table, tmp_path, chunk_rows=90, segment_bytes=segment_bytes)
    made = list(rows)

    keys = ORDER.keys(table)
    places = keys.select(
        pl.arg_sort_by("a", "b", descending=[True, False], nulls_last=True, maintain_order=True)
    ).to_series()
    assert pl.concat([chunk.frame for chunk in made]).equals(table[places])
    records = pl.concat([chunk.records for chunk in made])
    assert records.to_list() == [place + 1 for place in places]
    assert pl.concat([chunk.frame for chunk in rows]).equals(table[places]), "read again"
    rows.close()
    assert list(tmp_path.iterdir()) == []


def test_one_key_in_most_rows_is_never_held_at_once(tmp_path: Path) -> None:
    table = a_table(700, kinds=1).with_columns(pl.lit("x").alias("b"))

    rows = in_pieces(table, tmp_path, chunk_rows=50, segment_bytes=500)

    assert max(chunk.frame.height for chunk in rows) <= 50


def test_an_empty_table_is_in_order(tmp_path: Path) -> None:
    rows = in_pieces(a_table(0, kinds=1), tmp_path, chunk_rows=1, segment_bytes=1)

    assert list(rows.shares()) == []


def a_sorting_module(keys: Any) -> ModuleType:
    class Learner:
        def observe(self, batch: pl.DataFrame) -> None:
            """Nothing must be known."""

        def finish(self) -> RowOrder:
            return RowOrder(keys=keys, descending=[False], nulls_last=[True])

    def arrange(batch: pl.DataFrame, params: NoParams, order: RowOrder) -> Outcome:
        return Outcome(frame=batch)

    python = ModuleType("arrange")
    python.arrange = arrange  # type: ignore[attr-defined]
    python.META = Meta(  # type: ignore[attr-defined]
        key="arrange", name="Arrange", description="", order=1, learn=lambda *_: Learner()
    )
    return python


def test_any_module_may_ask_for_an_order() -> None:
    module = a_sorting_module(lambda batch: batch.select(pl.col("a").str.len_chars()))

    trial = try_module(module, {"a": ["ccc", "a", "bb"]}, batch_rows=1)

    assert [row["a"] for row in trial.rows] == ["a", "bb", "ccc"]


def test_keys_that_cannot_be_made_are_the_fault_of_the_module(
    capsys: pytest.CaptureFixture[str],
) -> None:
    module = a_sorting_module(lambda batch: batch.select("no such column"))

    with pytest.raises(ModuleFailed, match="arrange"):
        try_module(module, {"a": ["b"]})

    assert "no such column" in capsys.readouterr().err


def test_a_sort_can_be_cancelled(tmp_path: Path) -> None:
    table = InlineTable({"a": ["b", "a"]})
    asked = iter([False, True])

    with pytest.raises(Cancelled):
        execute(
            table,
            make_plan(["sort_rows"], ["a"], CATALOGUE),
            tmp_path,
            ProgressMeter(None),
            lambda: next(asked),
        )


def test_sorting_is_a_pass_of_its_own_in_the_progress(tmp_path: Path) -> None:
    told: list[Progress] = []
    modules = ["trim_spaces", "sort_rows", "drop_duplicates"]

    execute(
        InlineTable({"a": ["b", "a"]}),
        make_plan(modules, ["a"], CATALOGUE),
        tmp_path,
        ProgressMeter(told.append),
    )

    assert list(
        dict.fromkeys((update.message.split(":")[0], update.step) for update in told)
    ) == [
        ("Pass 1 of 4", "trim_spaces"),
        ("Pass 2 of 4", "sort_rows"),
        ("Pass 3 of 4", "sort_rows"),
        ("Pass 4 of 4", "drop_duplicates"),
    ]
    percents = [update.percent for update in told]
    assert percents == sorted(percents)
