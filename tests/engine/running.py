"""Run modules over a small table through the real pipeline."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.engine.catalogue import load
from app.engine.report import ModuleReport, Report
from app.engine.testing import try_modules

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


def run(
    modules: Sequence[Any],
    data: Mapping[str, Sequence[Any]],
    *,
    batch_rows: int = 1_000_000,
) -> Cleaned:
    """Raises whatever the engine raises."""
    trial = try_modules(modules, data, catalogue=CATALOGUE, batch_rows=batch_rows)
    columns = trial.frame.to_dict(as_series=False)
    return Cleaned(columns=columns, report=trial.report, rejects=trial.rejects)


def column(modules: Sequence[Any], *cells: Any, batch_rows: int = 1_000_000) -> Cleaned:
    """`run` over a table of the one column "c"."""
    return run(modules, {"c": cells}, batch_rows=batch_rows)
