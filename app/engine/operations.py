"""What an engine process can be asked to do; app.engine.protocol says with what, and what
comes back.
"""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import polars as pl

from app.engine.catalogue import load
from app.engine.errors import SourceError
from app.engine.looking.preview import preview
from app.engine.looking.rows import rows_of
from app.engine.pipeline import clean_file, execute, make_report
from app.engine.profile import profile_table
from app.engine.protocol import Progress
from app.engine.reading import ReadingOptions, TableReader, inspect_file, open_table
from app.engine.report import ModuleReport
from app.engine.running.auto import check, expanded
from app.engine.running.inline import InlineTable
from app.engine.running.plan import make_plan
from app.engine.running.progress import ProgressMeter
from app.engine.suggest import MAX_CELLS, MAX_ROWS, Suggestions, suggest
from app.engine.writing import convert, sync, write_safe
from app.engine.writing.typed import scan_clean


class Operations:
    """The operations of one process: modules are loaded once, when it starts."""

    def __init__(
        self,
        modules_dir: Path | None,
        tell: Callable[[Progress], None],
        is_cancelled: Callable[[], bool],
    ) -> None:
        self._catalogue = load(modules_dir)
        self._tell = tell
        self._is_cancelled = is_cancelled

    def run(self, op: str, args: dict[str, Any]) -> dict[str, Any]:
        operations: dict[str, Callable[..., dict[str, Any]]] = {
            "catalogue": self._describe_modules,
            "inspect": self._inspect,
            "plan": self._plan,
            "clean": self._clean,
            "run": self._run,
            "convert": self._convert,
            "make_safe": self._make_safe,
            "profile": self._profile,
            "rows": self._rows,
            "suggest": self._suggest,
            "preview": self._preview,
        }
        return operations[op](**args)

    def _describe_modules(self) -> dict[str, Any]:
        return self._catalogue.describe()

    def _inspect(
        self, path: str, filename: str | None = None, reading: dict[str, Any] | None = None
    ) -> dict[str, Any]:
        sync(Path(path))
        return inspect_file(Path(path), reading_options(reading), filename=filename).as_dict()

    def _plan(
        self,
        *,
        modules: list[Any],
        columns: list[str] | None = None,
        source: str | None = None,
        filename: str | None = None,
        reading: dict[str, Any] | None = None,
        column_map: dict[str, str] | None = None,
    ) -> dict[str, Any]:
        if columns is None:
            table, _ = self._table(None, source, filename, reading)
            columns = list(table.inspection.columns)
        stored, plan = check(modules, columns, self._catalogue, column_map)
        return {
            "modules": stored,
            "warnings": plan.warnings,
            "columns": plan.columns,
        }

    def _clean(
        self,
        *,
        source: str,
        filename: str | None,
        reading: dict[str, Any] | None,
        modules: list[Any],
        target: str,
        format: str,
        rejects: str,
        report: str,
        rows_total: int | None,
        changes: str | None = None,
    ) -> dict[str, Any]:
        receipt = clean_file(
            source,
            target,
            modules,
            reading=reading_options(reading),
            filename=filename,
            format=format,
            rejects=rejects,
            report=report,
            change_log=changes,
            catalogue=self._catalogue,
            rows_total=rows_total,
            progress=self._tell,
            is_cancelled=self._is_cancelled,
        )
        return {
            "rows_in": receipt.rows_in,
            "rows_out": receipt.rows_out,
            "removed": receipt.removed,
            "rejected": receipt.rejected,
            "columns": receipt.columns_out,
            "types": {column.name: column.type for column in receipt.columns},
            "modules": [_without_examples(module) for module in receipt.modules],
            "files": {name: _facts(Path(path)) for name, path in
                      (("target", target), ("rejects", rejects), ("report", report),
                       ("changes", changes)) if path is not None},
        }  # fmt: skip

    def _run(
        self,
        *,
        modules: list[Any],
        data: dict[str, list[Any]] | None = None,
        source: str | None = None,
        filename: str | None = None,
        reading: dict[str, Any] | None = None,
    ) -> dict[str, Any]:
        table, types = self._table(data, source, filename, reading)
        modules, suggestions = self._expanded(modules, table)
        plan = make_plan(modules, table.inspection.columns, self._catalogue)
        with tempfile.TemporaryDirectory(prefix="neatdata-run-") as folder:
            run = execute(
                table, plan, Path(folder), ProgressMeter(None), self._is_cancelled, types
            )
            clean = scan_clean(Path(folder) / "clean.csv", run.types).collect()
            report = make_report(table, plan, run, 0.0, suggestions)
        return {
            "original_shape": [run.read.rows, len(table.inspection.columns)],
            "cleaned_shape": [clean.height, clean.width],
            "result_data": _as_json(clean),
            "modules_executed": [module.key for module in run.modules
                                 if module.status == "completed"],
            "report": report.as_dict(),
        }  # fmt: skip

    def _profile(
        self,
        *,
        source: str,
        filename: str | None = None,
        reading: dict[str, Any] | None = None,
        columns: list[str] | None = None,
    ) -> dict[str, Any]:
        table, _ = self._table(None, source, filename, reading)
        return profile_table(table, columns, self._is_cancelled)

    def _rows(
        self,
        *,
        source: str,
        offset: int,
        limit: int,
        filename: str | None = None,
        reading: dict[str, Any] | None = None,
    ) -> dict[str, Any]:
        table, _ = self._table(None, source, filename, reading)
        return rows_of(table, offset, limit, self._is_cancelled)

    def _suggest(
        self,
        *,
        modules: list[Any],
        data: dict[str, list[Any]] | None = None,
        source: str | None = None,
        filename: str | None = None,
        reading: dict[str, Any] | None = None,
    ) -> dict[str, Any]:
        table, _ = self._table(data, source, filename, reading)
        return suggest(
            table,
            self._catalogue,
            before=modules,
            max_rows=MAX_ROWS,
            max_cells=MAX_CELLS,
            is_cancelled=self._is_cancelled,
        ).as_dict()

    def _preview(
        self,
        *,
        modules: list[Any],
        data: dict[str, list[Any]] | None = None,
        source: str | None = None,
        filename: str | None = None,
        reading: dict[str, Any] | None = None,
    ) -> dict[str, Any]:
        table, _ = self._table(data, source, filename, reading)
        modules, suggestions = self._expanded(modules, table)
        plan = make_plan(modules, table.inspection.columns, self._catalogue)
        shown = preview(table, plan, is_cancelled=self._is_cancelled)
        return {**shown, "suggested": [] if suggestions is None else suggestions.reasons()}

    def _table(
        self,
        data: dict[str, list[Any]] | None,
        source: str | None,
        filename: str | None,
        reading: dict[str, Any] | None,
    ) -> tuple[TableReader, dict[str, Any]]:
        """The table of a request or of a file, and the types JSON gave its columns."""
        if data is not None:
            inline = InlineTable(data)
            return inline, dict(inline.types)
        assert source is not None
        return open_table(Path(source), reading_options(reading), filename=filename), {}

    def _expanded(
        self, modules: list[Any], table: TableReader
    ) -> tuple[list[Any], Suggestions | None]:
        """The modules without "auto", for somebody who waits."""
        return expanded(
            modules,
            table,
            self._catalogue,
            max_rows=MAX_ROWS,
            max_cells=MAX_CELLS,
            is_cancelled=self._is_cancelled,
        )

    def _convert(
        self, source: str, target: str, format: str, types: dict[str, Any]
    ) -> dict[str, Any]:
        convert(Path(source), Path(target), format, types)
        return {"size": Path(target).stat().st_size}

    def _make_safe(
        self, source: str, target: str, format: str, types: dict[str, Any]
    ) -> dict[str, Any]:
        return {"marked": write_safe(Path(source), Path(target), format, types)}


def reading_options(given: dict[str, Any] | None) -> ReadingOptions:
    """Raises SourceError for a setting that does not exist."""
    try:
        return ReadingOptions(**(given or {}))
    except TypeError as error:
        raise SourceError("bad_reading_option", str(error)) from None


def _without_examples(module: ModuleReport) -> dict[str, Any]:
    return {**asdict(module), "columns": {name: column.changed for name, column
                                          in module.columns.items()}}  # fmt: skip


def _facts(path: Path) -> dict[str, Any]:
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return {"size": path.stat().st_size, "sha256": digest}


def _as_json(table: pl.DataFrame) -> dict[str, list[Any]]:
    return {
        column.name: (
            column.dt.to_string("iso").to_list()
            if column.dtype.is_temporal()
            else column.to_list()
        )
        for column in table
    }
