"""Run modules over a table for the sake of what they would do: nothing is written."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from app.engine.catalogue import Catalogue
from app.engine.looking.excerpt import Excerpt
from app.engine.report import ModuleReport
from app.engine.running.plan import make_plan
from app.engine.running.progress import ProgressMeter
from app.engine.running.rejects import RejectsFile
from app.engine.running.run import Run
from app.engine.suggesting.evidence import Evidence, Shown


@dataclass(frozen=True, kw_only=True)
class Tried:
    """One module in a trial."""

    module: dict[str, Any]
    report: ModuleReport
    shown: Shown

    @property
    def key(self) -> str:
        return self.report.key

    @property
    def changed(self) -> dict[str, int]:
        """Columns it changed, and in how many cells."""
        return {name: column.changed for name, column in self.report.columns.items()}

    @property
    def has_effect(self) -> bool:
        return bool(self.report.cells_changed or self.report.removed or self.shown.types)


@dataclass(frozen=True, kw_only=True)
class Trial:
    tried: list[Tried]
    evidence: Evidence
    rows: int


class Trials:
    """Runs one list of modules after another over the same table, `before` ahead of each."""

    def __init__(
        self,
        table: Excerpt,
        catalogue: Catalogue,
        before: Sequence[Any],
        meter: Callable[[], ProgressMeter],
        is_cancelled: Callable[[], bool] | None,
    ) -> None:
        self._table = table
        self._catalogue = catalogue
        self._before = list(before)
        self._meter = meter
        self._is_cancelled = is_cancelled

    def run(self, modules: list[dict[str, Any]]) -> Trial:
        """A module that fails is left out of what was tried.

        Raises PlanError (of `before`), SourceError, ModuleFailed (likewise), Cancelled.
        """
        asked = [{**module, "on_error": "skip"} for module in modules]
        columns = self._table.inspection.columns
        plan = make_plan([*self._before, *asked], columns, self._catalogue)
        evidence = Evidence()
        with tempfile.TemporaryDirectory(prefix="neatdata-trial-") as name:
            folder = Path(name)
            rejects = RejectsFile(folder / "rejects.csv")
            run = Run(
                self._table,
                plan,
                folder=folder,
                rejects=rejects,
                sink=_Nowhere(),
                meter=self._meter(),
                types={},
                is_cancelled=self._is_cancelled,
                watcher=evidence,
            )
            try:
                run.execute()
            finally:
                rejects.close()
        first = len(self._before)
        tried = [
            Tried(
                module=module,
                report=report,
                shown=evidence.steps.get(first + place, Shown()),
            )
            for place, (module, report) in enumerate(
                zip(modules, run.modules[first:], strict=True)
            )
            if report.status == "completed"
        ]
        return Trial(tried=tried, evidence=evidence, rows=run.read.rows)


class _Nowhere:
    """A sink that keeps nothing."""

    def begin(self, columns: Sequence[str]) -> None: ...

    def write(self, frame: pl.DataFrame) -> None: ...
