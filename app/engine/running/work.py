"""One step at work on the batches of a pass: call the module, account for its rows, count its
changes.
"""

from __future__ import annotations

import sys
import time
import traceback
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec
import polars as pl

from app.engine.errors import AccountingError, described
from app.engine.module import ColumnType, Learner, LookingAgain, NumberedLearner, Outcome
from app.engine.report import MAX_DETAILS_BYTES, ModuleReport
from app.engine.running.changes import count_changes
from app.engine.running.plan import Step
from app.engine.running.rejects import RejectsFile
from app.engine.running.spool import Chunk
from app.engine.running.watching import Watcher


class StepFailed(Exception):
    """A module raised. The traceback is on stderr; the text is for the caller."""

    def __init__(self, step: Step, message: str) -> None:
        super().__init__(message)
        self.step = step


@contextmanager
def blaming(step: Step) -> Iterator[None]:
    """Turn whatever a module raises into StepFailed, with the line of the module that did."""
    try:
        yield
    except (StepFailed, AccountingError):
        raise
    except Exception as error:
        traceback.print_exc(file=sys.stderr)
        file = step.module.function.__code__.co_filename
        lines = [
            frame.lineno
            for frame in traceback.extract_tb(error.__traceback__)
            if frame.filename == file
        ]
        where = f"{Path(file).name}, line {lines[-1]}: " if lines else ""
        raise StepFailed(step, f"{where}{described(error)}") from error


class Work:
    """A step in one pass. `report`, `types` and `odd` are whole once the pass has ended."""

    def __init__(
        self, step: Step, report: ModuleReport, learned: Any, watcher: Watcher | None = None
    ) -> None:
        self.step = step
        self.report = report
        self._watcher = watcher
        self.types: dict[str, ColumnType] = {}
        self.odd: dict[str, int] = {}
        self.keeps: dict[str, Collection[ColumnType]] = {}
        self._counts: dict[str, int] = {}
        self._arguments = (
            (step.params,) if step.module.meta.learn is None else (step.params, learned)
        )
        self._pairs = {new: old for old, new in step.pairs}
        self._note_renames()

    def apply(self, chunk: Chunk, rejects: RejectsFile) -> Chunk:
        """What the step makes of a batch. Raises StepFailed, AccountingError."""
        report = self.report
        report.rows_in += chunk.frame.height
        if report.status == "skipped":
            report.rows_out += chunk.frame.height
            return chunk
        began = time.perf_counter()
        with blaming(self.step):
            outcome = self.step.module.function(chunk.frame, *self._arguments)
            after = self._as_text(outcome.frame)
        report.execution_time_ms += (time.perf_counter() - began) * 1000
        stays = self._account(chunk, outcome, after, rejects)
        report.cells_changed += count_changes(
            stays.frame, after, stays.records, self._pairs, report.columns
        )
        if self.step.module.meta.hides_cells:
            for column in report.columns.values():
                column.examples.clear()
        self._note(outcome)
        if self._watcher is not None:
            self._watcher.worked(self.step, chunk, stays, after, outcome)
        return Chunk(after, stays.records)

    def _account(
        self, chunk: Chunk, outcome: Outcome, after: pl.DataFrame, rejects: RejectsFile
    ) -> Chunk:
        """The rows of the batch that the module kept; every other one is removed or set
        aside.
        """
        gone = None
        if outcome.rejected is not None:
            gone = outcome.rejected.is_not_null()
            self.report.rejected += int(gone.sum())
            rejects.add_rows(chunk, self.step.key, outcome.rejected)
        if outcome.removed is not None:
            removed = outcome.removed if gone is None else outcome.removed & ~gone
            self.report.removed += int(removed.sum())
            gone = removed if gone is None else gone | removed
        stays = chunk if gone is None or not gone.any() else chunk.keep(~gone)
        if stays.frame.height != after.height:
            raise AccountingError(
                f"{self.step.key} was given {chunk.frame.height} rows, kept {after.height} and "
                f"says that {stays.frame.height} stay: rows were lost or made up."
            )
        self.report.rows_out += after.height
        return stays

    def _as_text(self, frame: pl.DataFrame) -> pl.DataFrame:
        """The module's table with every cell text, and nothing where a cell is empty."""
        if self.step.gone:
            frame = frame.drop(self.step.gone)
        if frame.columns != self.step.columns_after:
            raise ValueError(
                f"it returned the columns {frame.columns}, its META promises "
                f"{self.step.columns_after}"
            )
        typed = [name for name, kind in frame.schema.items() if kind != pl.String]
        if typed:
            frame = frame.with_columns(pl.col(typed).cast(pl.String))
        empty = frame.select((pl.all() == "").any()).row(0)
        blank = [name for name, found in zip(frame.columns, empty, strict=True) if found]
        if blank:
            frame = frame.with_columns(
                pl.when(pl.col(name) != "").then(pl.col(name)) for name in blank
            )
        return frame

    def _note(self, outcome: Outcome) -> None:
        self.types.update(outcome.types)
        self.keeps.update(outcome.keeps)
        for name, count in outcome.odd.items():
            self.odd[name] = self.odd.get(name, 0) + count
        known = self.report.warnings
        known.extend(text for text in outcome.warnings if text not in known)
        for name, count in outcome.counts.items():
            self._counts[name] = self._counts.get(name, 0) + count
        details = {"counts": self._counts} if outcome.counts else {}
        if details or outcome.details:
            with blaming(self.step):
                self._note_details({**self.report.details, **details, **outcome.details})

    def _note_details(self, details: dict[str, Any]) -> None:
        size = len(msgspec.json.encode(details))
        if size <= MAX_DETAILS_BYTES:
            self.report.details = details
            return
        limit = f"at most {MAX_DETAILS_BYTES:,} are kept"
        said = f"Details of {size:,} bytes were left out of the report: {limit}."
        if said not in self.report.warnings:
            self.report.warnings.append(said)

    def _note_renames(self) -> None:
        if self.report.status != "skipped":
            self.report.columns_renamed = {
                old: new for old, new in self.step.pairs if old != new
            }


class Learning:
    """A step's learner at work. A step that is skipped learns nothing."""

    def __init__(self, step: Step, *, is_skipped: bool) -> None:
        self.step = step
        self.seconds = 0.0
        self._learner: Learner | NumberedLearner | None = None
        if not is_skipped:
            with blaming(step):
                self._learner = step.make_learner()

    def observe(self, chunk: Chunk) -> None:
        if self._learner is None:
            return
        is_numbered = self.step.module.meta.numbered
        seen: tuple[Any, ...] = (chunk.frame, chunk.records) if is_numbered else (chunk.frame,)
        began = time.perf_counter()
        with blaming(self.step):
            self._learner.observe(*seen)
        self.seconds += time.perf_counter() - began

    def look_again(self) -> bool:
        """Whether the learner must be shown the whole table once more."""
        if not isinstance(self._learner, LookingAgain):
            return False
        began = time.perf_counter()
        with blaming(self.step):
            more = self._learner.look_again()
        self.seconds += time.perf_counter() - began
        return more

    def finish(self) -> Any:
        if self._learner is None:
            return None
        began = time.perf_counter()
        with blaming(self.step):
            learned = self._learner.finish()
        self.seconds += time.perf_counter() - began
        return learned
