"""The engine's one face: a file in, a clean file and its report out."""

from __future__ import annotations

import json
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from app.engine.catalogue import Catalogue, load
from app.engine.errors import AccountingError
from app.engine.protocol import Progress
from app.engine.reading import ReadingOptions, TableReader, open_table
from app.engine.report import Report
from app.engine.report_page import render
from app.engine.running.auto import TRIALS_PERCENT, check, expanded, within
from app.engine.running.change_log import ChangeLog
from app.engine.running.plan import Plan, make_plan
from app.engine.running.progress import ProgressMeter
from app.engine.running.rejects import RejectsFile
from app.engine.running.run import Run
from app.engine.running.watching import Watcher
from app.engine.suggest import Suggestions
from app.engine.writing import CsvSink, convert, format_of, sync


def clean_file(
    source: str | Path,
    target: str | Path,
    modules: Sequence[Any],
    *,
    reading: ReadingOptions | None = None,
    filename: str | None = None,
    format: str | None = None,
    rejects: str | Path | None = None,
    report: str | Path | None = None,
    change_log: str | Path | None = None,
    column_map: Mapping[str, str] | None = None,
    modules_dir: Path | None = None,
    catalogue: Catalogue | None = None,
    rows_total: int | None = None,
    progress: Callable[[Progress], None] | None = None,
    is_cancelled: Callable[[], bool] | None = None,
) -> Report:
    """Clean `source` into `target`; without modules, write every cell as it stood.

    `modules`: keys, display names, or {"key", "params", "columns", "on_error"}; "auto" stands
    for what the data proves is needed. `column_map`: names that they use -> the columns these
    stand for in this file. `format`: csv, xlsx, parquet or jsonl; by default what the target's
    name ends in. `rejects`, `report` and `change_log`: where the refused records (CSV), the
    report (JSON, or a page where its name ends in .html) and every change (Parquet) go.
    `filename`: the name the user gave the source, where its ending says more than the path's.

    All files are written aside, synced and renamed once everything is done: when this raises,
    none of them is there. Raises SourceError, PlanError, ModuleFailed, AccountingError,
    CannotWrite, Cancelled.
    """
    began = time.perf_counter()
    source, target = Path(source), Path(target)
    format = format_of(target) if format is None else format
    table = open_table(source, reading, filename=filename)
    catalogue = catalogue or load(modules_dir)
    modules, _ = check(modules, table.inspection.columns, catalogue, column_map)
    modules, suggestions = expanded(
        modules,
        table,
        catalogue,
        progress=progress,
        rows_total=rows_total,
        is_cancelled=is_cancelled,
    )
    if suggestions is not None:
        progress = within(progress, TRIALS_PERCENT, 100.0)
    plan = make_plan(modules, table.inspection.columns, catalogue)
    with tempfile.TemporaryDirectory(prefix=".cleaning-", dir=target.parent) as folder:
        work = Path(folder)
        meter = ProgressMeter(progress, rows_total)
        changes = None if change_log is None else ChangeLog(work)
        run = execute(table, plan, work, meter, is_cancelled, watcher=changes)
        clean = work / "clean.csv"
        if format != "csv":
            convert(clean, work / "target", format, run.types)
            clean = work / "target"
        receipt = make_report(table, plan, run, time.perf_counter() - began, suggestions)
        made = {clean: target, work / "rejects.csv": rejects, work / "report": report}
        if changes is not None:
            changes.write(work / "changes.parquet")
            made[work / "changes.parquet"] = change_log
        (work / "report").write_text(_as_text(receipt, report, source), encoding="utf-8")
        for file in made:
            sync(file)
        for file, place in made.items():
            if place is not None:
                file.rename(place)
    return receipt


def _as_text(receipt: Report, place: str | Path | None, source: Path) -> str:
    """The report as its place's name asks for: a page of HTML, or JSON."""
    if place is not None and Path(place).suffix.lower() in (".html", ".htm"):
        return render(receipt.as_dict(), source.name)
    return json.dumps(receipt.as_dict(), ensure_ascii=False)


def execute(
    table: TableReader,
    plan: Plan,
    folder: Path,
    meter: ProgressMeter,
    is_cancelled: Callable[[], bool] | None = None,
    types: dict[str, Any] | None = None,
    watcher: Watcher | None = None,
) -> Run:
    """Run a plan; `folder` then has clean.csv and rejects.csv."""
    sink = CsvSink(folder / "clean.csv")
    rejects = RejectsFile(folder / "rejects.csv")
    run = Run(
        table,
        plan,
        folder=folder,
        rejects=rejects,
        sink=sink,
        meter=meter,
        types=types or {},
        is_cancelled=is_cancelled,
        watcher=watcher,
    )
    try:
        run.execute()
    finally:
        sink.close()
        rejects.close()
    set_aside = sum(report.rejected for report in run.modules)
    if rejects.count != run.read.rejected + set_aside:
        raise AccountingError(
            f"{rejects.count} records lie in the file of rejects, but {run.read.rejected} were "
            f"refused while reading and {set_aside} by modules."
        )
    return run


def make_report(
    table: TableReader,
    plan: Plan,
    run: Run,
    seconds: float,
    suggestions: Suggestions | None = None,
) -> Report:
    modules = run.modules
    # What streaming found counts; what a look beforehand said may be an estimate.
    source = table.inspection.as_dict() | {
        "rows": run.read.rows,
        "rejected": run.read.rejected,
    }
    return Report(
        source=source,
        rows_in=run.read.rows,
        rows_out=run.written.rows,
        removed=sum(module.removed for module in modules),
        rejected=run.read.rejected + sum(module.rejected for module in modules),
        columns_in=list(table.inspection.columns),
        columns_out=[column.name for column in run.columns()],
        modules=modules,
        columns=run.columns(),
        warnings=[*table.inspection.warnings, *plan.warnings],
        suggested=[] if suggestions is None else suggestions.reasons(),
        execution_time_ms=round(seconds * 1000, 3),
    )
