"""What holds of every table and every pipeline, tried on tables that nobody would think of."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

import polars as pl
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.engine import clean_file
from app.engine.errors import PlanError
from app.engine.reading import ReadingOptions, open_table
from app.engine.writing import CsvSink, convert
from tests.engine.running import CATALOGUE, Cleaned, run

#: Enough for a suite that runs often; raise it by hand after work on the engine.
tried = settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
AS_WRITTEN = ReadingOptions(
    encoding="utf-8", delimiter=",", quotechar='"', escapechar="", skip_space=False,
    header=True, header_rows=1, skip_lines=0,
)  # fmt: skip

#: What may stand in a cell: letters of all scripts, and all that a CSV file is made of.
text = st.text(
    st.one_of(
        st.sampled_from(" \",;\t\n\r'\\|#-.=İIıiß\u0301\u200d\ufeff\u00a0👩"),
        st.characters(codec="utf-8", exclude_characters="\x00"),
    ),
    max_size=8,
)
#: What stands in cells of real tables.
usual = st.sampled_from(
    ["1", "-2.50", "1.988,39", "1,234.5", "007", "12 %", "5 TL", "2024-01-05", "05/01/2024",
     "N/A", "-", "null", "true", "Evet", "Ada ", " ada", "ADA", "İstanbul", "it's", "Ã¼", "x"]
)  # fmt: skip
cell = st.one_of(st.none(), usual, text)


@st.composite
def tables(
    draw: st.DrawFn, cells: st.SearchStrategy[str | None] = cell
) -> dict[str, list[Any]]:
    names = draw(
        st.lists(
            st.one_of(st.sampled_from(["a", "Price ($)", "Ürün Adı"]), text.map(str.strip))
            .filter(_is_name),
            min_size=1, max_size=4, unique=True,
        )
    )  # fmt: skip
    height = draw(st.integers(0, 7))
    return {name: draw(st.lists(cells, min_size=height, max_size=height)) for name in names}


def _is_name(text: str) -> bool:
    """Readers take the blanks around a name away, and give one to a column that has none."""
    return bool(text)


def _is_something(cell: str | None) -> bool:
    return cell is None or bool(cell.strip())


def _written(table: dict[str, list[Any]], path: Path) -> None:
    sink = CsvSink(path)
    sink.begin(list(table))
    sink.write(pl.DataFrame(table, schema=dict.fromkeys(table, pl.String)))
    sink.close()


@tried
@given(tables(cell.filter(_is_something)))
def test_what_is_written_is_read_again(table: dict[str, list[Any]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "table.csv"
        _written(table, path)

        reader = open_table(path, AS_WRITTEN)
        batches = list(reader.batches())

    assert [refused for batch in batches for refused in batch.rejected] == []
    found = pl.concat([batch.frame for batch in batches]) if batches else pl.DataFrame()
    assert reader.inspection.columns == list(table)
    assert found.rows() == list(zip(*table.values(), strict=True))


@tried
@given(tables(cell.filter(_is_something)))
def test_no_modules_change_nothing(table: dict[str, list[Any]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder) / "table.csv", Path(folder) / "clean.csv"
        _written(table, source)

        clean_file(source, target, [], reading=AS_WRITTEN)

        assert target.read_bytes() == source.read_bytes()


@tried
@given(tables(cell.filter(_is_something)))
def test_every_format_says_the_same(table: dict[str, list[Any]]) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        _written(table, folder / "clean.csv")

        convert(folder / "clean.csv", folder / "clean.parquet", "parquet", {})
        convert(folder / "clean.csv", folder / "clean.jsonl", "jsonl", {})

        assert pl.read_parquet(folder / "clean.parquet").to_dict(as_series=False) == table
        lines = (folder / "clean.jsonl").read_text("utf-8").split("\n")[:-1]
        rows = [dict(zip(table, row, strict=True)) for row in zip(*table.values(), strict=True)]
        assert [json.loads(line) for line in lines] == rows


#: Every core module as it comes, and with params that take rows and columns in and out.
REQUESTS: list[Any] = [
    *(key for key, module in CATALOGUE.modules.items() if module.origin == "core"),
    {"key": "handle_missing", "params": {"strategy": "drop"}},
    {"key": "handle_missing", "params": {"strategy": "ffill", "limit": 1}},
    {"key": "handle_missing", "params": {"strategy": "bfill"}},
    {"key": "fill_missing", "params": {"strategy": "backward", "limit": 2}},
    {"key": "fill_missing", "params": {"strategy": "mode"}},
    {"key": "fill_missing", "params": {"value": 0}},
    {"key": "drop_duplicates", "params": {"keep": "last"}},
    {"key": "drop_duplicates", "params": {"keep": "none"}},
    {"key": "convert_types", "params": {"invalid": "reject", "numeric_threshold": 0.3}},
    {"key": "convert_types", "params": {"invalid": "null", "decimal": ","}},
    {"key": "change_case", "params": {"case": "title", "locale": "tr"}},
    {"key": "replace_values", "params": {"pattern": "[0-9]+", "replacement": "<$0>"}},
    {"key": "filter_rows", "params": {"where": [{"test": "less", "value": 2}]}},
    {
        "key": "filter_rows",
        "params": {"where": [{"test": "contains", "value": "a"}], "action": "drop"},
    },
    {"key": "validate_rules", "params": {"rules": [{"rule": "unique"}, {"rule": "required"}]}},
    {
        "key": "validate_rules",
        "params": {"rules": [{"rule": "range", "minimum": 0}], "failing": "flag"},
    },
    {"key": "sort_rows", "params": {"missing": "first", "locale": "tr"}},
]
pipelines = st.lists(st.sampled_from(REQUESTS), min_size=1, max_size=4)


def attempt(modules: list[Any], table: dict[str, list[Any]], rows: int) -> Cleaned | None:
    """None where the plan refuses: two flags may want one name."""
    try:
        return run(modules, table, batch_rows=rows)
    except PlanError:
        return None


@tried
@given(pipelines, tables(), st.integers(1, 8))
def test_every_row_is_accounted_for(
    modules: list[Any], table: dict[str, list[Any]], rows: int
) -> None:
    cleaned = attempt(modules, table, rows)
    if cleaned is None:
        return

    report = cleaned.report
    expected = len(next(iter(table.values())))
    for module in report.modules:
        assert module.rows_in == expected
        assert module.rows_in == module.rows_out + module.removed + module.rejected
        assert module.cells_changed == sum(each.changed for each in module.columns.values())
        expected = module.rows_out
    assert report.rows_out == expected
    assert {len(cells) for cells in cleaned.columns.values()} == {expected}
    assert len(cleaned.rejects) == report.rejected
    for column in report.columns:
        state = column.after
        assert state.missing == cleaned[column.name].count(None)
        assert min(state.valid, state.missing, state.odd) >= 0
        assert state.valid + state.missing + state.odd == expected


@tried
@given(pipelines, tables(), st.integers(1, 4))
def test_the_result_does_not_hang_on_the_size_of_batches(
    modules: list[Any], table: dict[str, list[Any]], rows: int
) -> None:
    whole, cut = attempt(modules, table, 1000), attempt(modules, table, rows)

    assert (whole is None) == (cut is None)
    if whole is None or cut is None:
        return
    assert cut.columns == whole.columns
    assert cut.rejects == whole.rejects
    assert cut.report.columns == whole.report.columns
    for one, other in zip(cut.report.modules, whole.report.modules, strict=True):
        assert sorted(one.warnings) == sorted(other.warnings)
        assert one.columns == other.columns
        assert one.details == other.details


#: Doing these twice does no more than doing them once.
IDEMPOTENT: list[Any] = [
    "trim_spaces",
    "standardize_headers",
    "drop_duplicates",
    "drop_empty",
    "sort_rows",
    "change_case",
    {"key": "change_case", "params": {"case": "title", "locale": "tr"}},
    {"key": "change_case", "params": {"case": "sentence"}},
    "handle_missing",
    "convert_types",
    {"key": "fill_missing", "params": {"strategy": "mode"}},
    {"key": "fill_missing", "params": {"strategy": "forward"}},
    {"key": "validate_rules", "params": {"rules": [{"rule": "unique"}, {"rule": "required"}]}},
    {"key": "filter_rows", "params": {"where": [{"test": "greater", "value": 1}]}},
]


@tried
@given(st.sampled_from(IDEMPOTENT), tables())
def test_doing_it_twice_does_no_more(module: Any, table: dict[str, list[Any]]) -> None:
    once, twice = run([module], table), run([module, module], table)

    assert twice.columns == once.columns
    assert twice.report.modules[1].cells_changed == 0
