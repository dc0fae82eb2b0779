"""For authors of modules: a module tried on a few rows, by the engine that cleans files.

    def test_shouts():
        trial = try_module("shout.py", [{"word": "hey"}, {"word": None}])

        assert trial.rows == [{"word": "HEY"}, {"word": None}]
        assert trial.report.modules[0].cells_changed == 1

Nothing is stood in for: params are checked, learners see every batch, rows are accounted for
and changes counted as in a job. What a job would refuse is raised here too.
"""

from __future__ import annotations

import csv
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

import polars as pl

from app.engine.catalogue import Catalogue, as_module, load, module_at
from app.engine.pipeline import execute, make_report
from app.engine.reading import TableBatch
from app.engine.report import Report
from app.engine.running.inline import InlineTable
from app.engine.running.plan import make_plan
from app.engine.running.progress import ProgressMeter
from app.engine.writing.typed import scan_clean

#: A few rows ({column: value} each), whole columns, or a DataFrame.
Table = Sequence[Mapping[str, Any]] | Mapping[str, Sequence[Any]] | pl.DataFrame


class Trial(NamedTuple):
    """What came of it."""

    #: The clean table, all text; a missing cell is null.
    frame: pl.DataFrame
    #: The receipt of the run: `report.modules[0]` is the module's.
    report: Report
    #: Rows set aside: record, line, module, reason and raw, each as text.
    rejects: list[dict[str, str]]

    @property
    def rows(self) -> list[dict[str, Any]]:
        return self.frame.to_dicts()

    @property
    def warnings(self) -> list[str]:
        """What the plan and the modules had to say."""
        own = [text for module in self.report.modules for text in module.warnings]
        return [*self.report.warnings, *own]

    @property
    def types(self) -> dict[str, str]:
        """What each column was proven to hold, at the end."""
        return {column.name: column.type for column in self.report.columns}


def try_module(
    module: str | Path | ModuleType,
    rows: Table,
    params: Mapping[str, Any] | None = None,
    *,
    batch_rows: int | None = None,
) -> Trial:
    """Run one module over `rows`.

    `module`: the path of its file, an imported Python module, or the key of a core module.
    `params`: as in a request. `batch_rows`: how many rows the module is given at a time; try 1,
    for a module that learns must come to the same result however the table is cut.
    Raises BrokenModule (the file is no module; says which line), PlanError (params or columns
    do not fit), ModuleFailed (the module raised; says which line), AccountingError.

    >>> try_module("trim_spaces", [{"name": " Ada "}]).rows
    [{'name': 'Ada'}]
    """
    catalogue = load()
    if isinstance(module, ModuleType):
        loaded = as_module(module, "custom")
    elif isinstance(module, Path) or module.endswith(".py"):
        loaded = module_at(Path(module))
    else:
        found = catalogue.find(module)
        if found is None:
            raise LookupError(f'"{module}" is no core module, and no path that ends in .py')
        loaded = found
    catalogue.modules[loaded.meta.key] = loaded
    request = {"key": loaded.meta.key, "params": dict(params or {})}
    return try_modules([request], rows, catalogue=catalogue, batch_rows=batch_rows)


def try_modules(
    modules: Sequence[Any],
    rows: Table,
    *,
    catalogue: Catalogue | None = None,
    batch_rows: int | None = None,
) -> Trial:
    """Run a pipeline, written as in a request, over `rows`. Raises as `try_module` does."""
    table = _CutTable(as_columns(rows), batch_rows)
    plan = make_plan(modules, table.inspection.columns, catalogue or load())
    with tempfile.TemporaryDirectory(prefix="neatdata-trial-") as name:
        folder = Path(name)
        run = execute(table, plan, folder, ProgressMeter(None))
        clean = scan_clean(folder / "clean.csv", {}).collect()
        with (folder / "rejects.csv").open(encoding="utf-8", newline="") as file:
            rejects = list(csv.DictReader(file))
    report = make_report(table, plan, run, seconds=0.0)
    return Trial(clean, report, rejects)


def as_columns(rows: Table) -> dict[str, list[Any]]:
    """The table as {column: values}. A row that lacks a column has nothing there.

    >>> as_columns([{"a": 1}, {"a": 2, "b": "x"}])
    {'a': [1, 2], 'b': [None, 'x']}
    """
    if isinstance(rows, pl.DataFrame):
        return rows.to_dict(as_series=False)
    if isinstance(rows, Mapping):
        return {name: list(values) for name, values in rows.items()}
    header = dict.fromkeys(name for row in rows for name in row)
    return {name: [row.get(name) for row in rows] for name in header}


class _CutTable(InlineTable):
    """A table in a request, handed over some rows at a time."""

    def __init__(self, data: dict[str, list[Any]], batch_rows: int | None) -> None:
        super().__init__(data)
        self._batch_rows = batch_rows

    def batches(self) -> Iterator[TableBatch]:
        for batch in super().batches():
            height = batch.frame.height
            step = self._batch_rows or max(height, 1)
            for start in range(0, height, step):
                yield TableBatch(
                    frame=batch.frame.slice(start, step),
                    records=batch.records.slice(start, step),
                    rejected=[],
                    share_read=min((start + step) / height, 1.0),
                )
