"""Run modules over a small table through the real pipeline."""

from __future__ import annotations

import csv
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.engine.catalogue import load
from app.engine.inline import InlineTable
from app.engine.pipeline import execute, make_report
from app.engine.plan import make_plan
from app.engine.progress import ProgressMeter
from app.engine.reading import TableBatch
from app.engine.report import ModuleReport, Report

CATALOGUE = load()


@dataclass(frozen=True, kw_only=True)
class Cleaned:
    """What came of a table: columns of text (None where a cell is missing) and the receipt."""

    columns: dict[str, list[str | None]]
    report: Report
    rejects: list[dict[str, str]]

    def __getitem__(self, column: str) -> list[str | None]:
        return self.columns[column]

    def module(self, key: str) -> ModuleReport:
        return next(module for module in self.report.modules if module.key == key)


class CutTable(InlineTable):
    """A small table in batches of `rows`, as a large one would come."""

    def __init__(self, data: dict[str, list[Any]], rows: int) -> None:
        super().__init__(data)
        self._rows = rows

    def batches(self) -> Iterator[TableBatch]:
        for whole in super().batches():
            for start in range(0, whole.frame.height, self._rows):
                frame = whole.frame.slice(start, self._rows)
                yield TableBatch(
                    frame=frame,
                    records=whole.records.slice(start, self._rows),
                    rejected=[],
                    share_read=min(1.0, (start + self._rows) / whole.frame.height),
                )


def run(
    modules: Sequence[Any],
    data: Mapping[str, Sequence[Any]],
    *,
    batch_rows: int = 1_000_000,
) -> Cleaned:
    """Raises whatever the engine raises."""
    table = CutTable({name: list(cells) for name, cells in data.items()}, batch_rows)
    plan = make_plan(modules, table.inspection.columns, CATALOGUE)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        done = execute(table, plan, folder, ProgressMeter(None))
        report = make_report(table, plan, done, seconds=0.0)
        header, *body = _records(folder / "clean.csv")
        names, *refused = _records(folder / "rejects.csv")
    rejects = [dict(zip(names, line, strict=True)) for line in refused]
    columns = {
        name: [line[place] or None for line in body] for place, name in enumerate(header)
    }
    return Cleaned(columns=columns, report=report, rejects=rejects)


def column(modules: Sequence[Any], *cells: Any, batch_rows: int = 1_000_000) -> Cleaned:
    """`run` over a table of the one column "c"."""
    return run(modules, {"c": cells}, batch_rows=batch_rows)


def _records(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))
