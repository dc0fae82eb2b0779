"""Before and after of a few rows: what a pipeline would do, shown on a sample."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal

import polars as pl

from app.engine.looking.excerpt import Excerpt
from app.engine.module import Outcome
from app.engine.pipeline import execute, make_report
from app.engine.reading import TableReader
from app.engine.report import ModuleReport
from app.engine.running.plan import Plan, Step
from app.engine.running.progress import ProgressMeter
from app.engine.running.spool import Chunk

#: A longer table is worked on as far as this, and so is everything that modules learn.
MAX_ROWS, MAX_CELLS_READ = 200_000, 4_000_000
#: Rows shown from the start and from the end, and of those that each module touched.
ENDS, TOUCHED = 10, 10
#: Cells shown at most, about: of a very wide table there are fewer rows.
MAX_CELLS = 100_000
_NO_RECORDS = pl.Series("record", [], dtype=pl.UInt64)


def preview(
    table: TableReader,
    plan: Plan,
    *,
    max_rows: int = MAX_ROWS,
    ends: int = ENDS,
    touched: int = TOUCHED,
    is_cancelled: Callable[[], bool] | None = None,
) -> dict[str, Any]:
    """What the plan would do, and to some rows what it does, step by step.

    The whole pipeline runs, over the first `max_rows` rows. When that is the whole table the
    counts are those of a job; else modules learned from an excerpt only, `learned_from` says
    so, and a job may decide otherwise.
    Raises SourceError, ModuleFailed, AccountingError, Cancelled.
    """
    excerpt = Excerpt(table, max_rows, MAX_CELLS_READ)
    most = max(MAX_CELLS // max(len(plan.columns), 1) // (len(plan.steps) + 2), 1)
    ends, touched = min(ends, most), min(touched, most)
    trace = _Trace()
    with tempfile.TemporaryDirectory(prefix="neatdata-preview-") as folder:
        run = execute(
            excerpt, plan, Path(folder), ProgressMeter(None), is_cancelled, watcher=trace
        )
    report = make_report(excerpt, plan, run, seconds=0.0)
    return {
        "is_sample": True,
        "learned_from": "table" if excerpt.is_whole else "excerpt",
        "rows_examined": report.rows_in,
        "rows_out": report.rows_out,
        "removed": report.removed,
        "rejected": report.rejected,
        "columns_before": report.columns_in,
        "columns_after": report.columns_out,
        "modules": [_counts(module) for module in report.modules],
        "rows": trace.rows(ends, touched),
        "warnings": [*report.warnings, *_caveat(excerpt)],
    }


class _Trace:
    """A run as it went, held in memory: the frames it keeps are shared, not copied."""

    def __init__(self) -> None:
        self._raw: list[Chunk] = []
        self._clean: list[Chunk] = []
        #: Of each step at work: what became of some rows.
        self._events: list[_Event] = []

    def read(self, chunk: Chunk) -> None:
        self._raw.append(chunk)

    def wrote(self, chunk: Chunk) -> None:
        self._clean.append(chunk)

    def worked(
        self,
        step: Step,
        before: Chunk,
        stays: Chunk,
        after: pl.DataFrame,
        outcome: Outcome,
    ) -> None:
        for old, new in step.pairs:
            differs = stays.frame[old].ne_missing(after[new])
            if differs.any():
                self._events.append(_CellEvent(
                    step, new, stays.records.filter(differs),
                    stays.frame[old].filter(differs), after[new].filter(differs),
                ))  # fmt: skip
        if stays.records.len() < before.records.len():
            self._add_gone(step, before, stays, outcome.rejected)

    def mark(self) -> tuple[int, int, int]:
        return len(self._raw), len(self._clean), len(self._events)

    def rewind(self, mark: tuple[int, int, int]) -> None:
        raw, clean, events = mark
        del self._raw[raw:], self._clean[clean:], self._events[events:]

    def rows(self, ends: int, touched: int) -> list[dict[str, Any]]:
        """The sample, in the file's order."""
        reasons = self._chosen(ends, touched)
        raw, clean = _gathered(self._raw, reasons), _gathered(self._clean, reasons)
        shown = {
            record: {
                "record": record,
                "shown_for": why,
                "outcome": "kept",
                "outcome_module": None,
                "outcome_reason": None,
                "before": raw[record],
                "after": clean.get(record),
                "changes": [],
            }
            for record, why in sorted(reasons.items())
        }
        for event in self._events:
            event.tell(shown)
        return list(shown.values())

    def _chosen(self, ends: int, touched: int) -> dict[int, list[str]]:
        """Records to show, each with why: head, tail, or the module that touched it."""
        records = pl.concat([_NO_RECORDS, *(chunk.records for chunk in self._raw)])
        reasons: dict[int, list[str]] = {}
        for why, some in (("head", records.head(ends)), ("tail", records.tail(ends))):
            for record in some:
                reasons.setdefault(record, []).append(why)
        found: dict[int, dict[int, None]] = {}
        keys = {}
        for event in self._events:
            keys[event.step.index] = event.step.key
            of_step = found.setdefault(event.step.index, {})
            for record in event.records.head(touched):
                if len(of_step) < touched:
                    of_step[record] = None
        for index in sorted(found):
            for record in found[index]:
                why_of = reasons.setdefault(record, [])
                if keys[index] not in why_of:
                    why_of.append(keys[index])
        return reasons

    def _add_gone(
        self, step: Step, before: Chunk, stays: Chunk, rejected: pl.Series | None
    ) -> None:
        why = pl.repeat(None, before.records.len(), dtype=pl.String, eager=True)
        why = why if rejected is None else rejected
        gone = ~before.records.is_in(stays.records.implode())
        self._events.append(_GoneEvent(step, before.records.filter(gone), why.filter(gone)))


class _CellEvent:
    """Cells of one column that a step changed."""

    def __init__(
        self, step: Step, column: str, records: pl.Series, before: pl.Series, after: pl.Series
    ) -> None:
        self.step = step
        self.records = records
        self._column = column
        self._before = before
        self._after = after

    def tell(self, shown: dict[int, dict[str, Any]]) -> None:
        for place in self.records.is_in(list(shown)).arg_true():
            shown[self.records[place]]["changes"].append(
                {
                    "module": self.step.key,
                    "column": self._column,
                    "before": self._before[place],
                    "after": self._after[place],
                }
            )


class _GoneEvent:
    """Rows that a step removed or set aside."""

    def __init__(self, step: Step, records: pl.Series, reasons: pl.Series) -> None:
        self.step = step
        self.records = records
        self._reasons = reasons

    def tell(self, shown: dict[int, dict[str, Any]]) -> None:
        for place in self.records.is_in(list(shown)).arg_true():
            reason = self._reasons[place]
            outcome: Literal["removed", "rejected"] = "rejected" if reason else "removed"
            shown[self.records[place]] |= {
                "outcome": outcome,
                "outcome_module": self.step.key,
                "outcome_reason": reason,
            }


_Event = _CellEvent | _GoneEvent


def _gathered(chunks: list[Chunk], records: dict[int, list[str]]) -> dict[int, dict[str, Any]]:
    """Those rows of `chunks`, as {record: {column: cell}}."""
    found: dict[int, dict[str, Any]] = {}
    for chunk in chunks:
        some = chunk.keep(chunk.records.is_in(list(records)))
        found |= dict(zip(some.records, some.frame.iter_rows(named=True), strict=True))
    return found


def _counts(module: ModuleReport) -> dict[str, Any]:
    return {
        "key": module.key,
        "params": module.params,
        "status": module.status,
        "error_message": module.error_message,
        "cells_changed": module.cells_changed,
        "removed": module.removed,
        "rejected": module.rejected,
        "columns": {name: column.changed for name, column in module.columns.items()},
        "columns_renamed": module.columns_renamed,
        "warnings": module.warnings,
        "details": module.details,
    }


def _caveat(excerpt: Excerpt) -> list[str]:
    if excerpt.is_whole:
        return []
    return [
        f"Only the first {excerpt.max_rows:,} rows were looked at: modules that must know the "
        "whole table learned from these, and a job over all rows may decide otherwise."
    ]
