"""One run of a plan over a table: pass by pass, every row accounted for.

A pass streams batches through some steps. It ends before the first step that must know the
whole table: that step's learner is shown each batch as it leaves the pass, the batches wait in
a spool, and the next pass begins with the step. The last pass ends in the writer.

    read -> steps -> learner + spool -> the step that learned, more steps -> ... -> writer
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import closing
from copy import deepcopy
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Protocol

import polars as pl

from app.engine.errors import AccountingError, Cancelled, ModuleFailed
from app.engine.module import ColumnType, RowOrder
from app.engine.reading import TableReader
from app.engine.report import ColumnReport, ColumnState, ModuleReport
from app.engine.running.overlap import Behind, ahead
from app.engine.running.plan import Plan, Step
from app.engine.running.progress import ProgressMeter
from app.engine.running.rejects import RejectsFile
from app.engine.running.replan import named_later, without_columns
from app.engine.running.sorting import SortedSpool
from app.engine.running.spool import Chunk, Spool
from app.engine.running.watching import Watcher
from app.engine.running.work import Learning, StepFailed, Work, blaming


class Sink(Protocol):
    """Where the clean table goes."""

    def begin(self, columns: Sequence[str]) -> None:
        """Be told the columns; forget every row written so far."""
        ...

    def write(self, frame: pl.DataFrame) -> None: ...


@dataclass(frozen=True, kw_only=True)
class Pass:
    """Some steps in one streaming pass; `teaches` is the step whose learner watches its end."""

    number: int
    #: Its place in the progress: sorting counts as a pass.
    place: int
    steps: list[Step]
    teaches: Step | None

    @property
    def name(self) -> str:
        return ", ".join(step.key for step in self.steps) or "reading"


def split(steps: list[Step]) -> list[Pass]:
    """The passes that `steps` need: one, and one more for each step that must learn first."""
    cuts = [index for index, step in enumerate(steps) if step.learns]
    starts, ends = [0, *cuts], [*cuts, len(steps)]
    sorts = [steps[cut].module.meta.reorders for cut in cuts]
    return [
        Pass(
            number=number,
            place=number + sum(sorts[:number]),
            steps=steps[start:end],
            teaches=steps[end] if end < len(steps) else None,
        )
        for number, (start, end) in enumerate(zip(starts, ends, strict=True))
    ]


@dataclass(kw_only=True)
class Tally:
    """Rows and missing cells at one end of the pipeline, counted batch by batch."""

    rows: int = 0
    #: Records that reading refused.
    rejected: int = 0
    missing: dict[str, int] = field(default_factory=dict)

    def add(self, frame: pl.DataFrame) -> None:
        self.rows += frame.height
        for column in frame:
            self.missing[column.name] = self.missing.get(column.name, 0) + column.null_count()

    def state(self, column: str, odd: int) -> ColumnState:
        missing = self.missing.get(column, 0)
        # Rows with odd cells may have been removed since those were counted.
        odd = min(odd, self.rows - missing)
        return ColumnState(valid=self.rows - missing - odd, missing=missing, odd=odd)


class Run:
    """Takes a table through a plan. `modules`, `columns()`, `types`, `read` and `written` are
    the receipt afterwards.
    """

    def __init__(
        self,
        table: TableReader,
        plan: Plan,
        *,
        folder: Path,
        rejects: RejectsFile,
        sink: Sink,
        meter: ProgressMeter,
        types: Mapping[str, ColumnType],
        is_cancelled: Callable[[], bool] | None,
        watcher: Watcher | None = None,
    ) -> None:
        self.read = Tally()
        self.written = Tally()
        self.types = dict(types)
        self._odd: dict[str, int] = {}
        self._table = table
        self._plan = plan
        self._folder = folder
        self._rejects = rejects
        self._sink = sink
        self._meter = meter
        self._is_cancelled = is_cancelled
        self._watcher = watcher
        self._reports: dict[int, ModuleReport] = {}
        self._learned: dict[int, Any] = {}
        self._learning_seconds: dict[int, float] = {}
        #: What is to be said of columns that a step would have dropped.
        self._kept: dict[int, list[str]] = {}
        #: Steps that failed and may be skipped, each with what went wrong.
        self._skipped: dict[int, str] = {}

    @property
    def modules(self) -> list[ModuleReport]:
        return [self._reports[step.index] for step in self._plan.steps]

    def columns(self) -> list[ColumnReport]:
        """Every column of the clean table, with its state before and after."""
        origins = self._plan.origins()
        reports = []
        for name in self._plan.columns:
            odd = self._odd.get(name, 0)
            before = self.read.state(origins[name], odd) if name in origins else None
            reports.append(
                ColumnReport(
                    name=name,
                    type=self.types.get(name, "text"),
                    before=before,
                    after=self.written.state(name, odd),
                )
            )
        return reports

    def execute(self) -> None:
        """Run every pass. Raises ModuleFailed, AccountingError, Cancelled, SourceError."""
        self._meter.begin(split(self._plan.steps)[-1].place + 1)
        spool: Spool | SortedSpool | None = None
        number = 0
        # A pass may find columns to be of no use: the next goes by the plan as it is then.
        while number < len(passes := split(self._plan.steps)):
            spool = self._run_pass(passes[number], spool)
            number += 1
        self._check_sums()

    def _run_pass(
        self, current: Pass, source: Spool | SortedSpool | None
    ) -> Spool | SortedSpool | None:
        """What the next pass reads. A step that fails and may be skipped is left out, and the
        pass begun anew.
        """
        mark, plan = self._rejects.mark(), self._plan
        seen = None if self._watcher is None else self._watcher.mark()
        while True:
            try:
                return self._try_pass(current, source)
            except StepFailed as failure:
                self._skip(failure)
            self._rejects.rewind(mark)
            self._plan = plan
            if self._watcher is not None:
                self._watcher.rewind(seen)

    def _skip(self, failure: StepFailed) -> None:
        step = failure.step
        # Later steps were planned with the columns this one makes.
        reshapes = step.columns_after != step.columns_before
        # The order in which the rows came is gone.
        reorders = isinstance(self._learned.get(step.index), RowOrder)
        if step.on_error != "skip" or reshapes or reorders:
            raise ModuleFailed(step.key, str(failure), step.module.origin) from failure
        self._skipped[step.index] = str(failure)

    def _try_pass(
        self, current: Pass, source: Spool | SortedSpool | None
    ) -> Spool | SortedSpool | None:
        works = [self._work(step) for step in current.steps]
        spool: Spool | SortedSpool | None = None
        if current.teaches is None:
            self._sink.begin(self._plan.columns)
            self.written = Tally()
            self._stream(current, source, works, self._write)
        else:
            spool = self._teach(current, current.teaches, source, works)
        for work in works:
            self._settle(work)
        if source is not None:
            source.close()
        return spool

    def _teach(
        self,
        current: Pass,
        taught: Step,
        source: Spool | SortedSpool | None,
        works: list[Work],
    ) -> Spool | SortedSpool:
        """The table for the next pass, seen by the learner of the step that begins it."""
        learning = Learning(taught, is_skipped=taught.index in self._skipped)
        spool = Spool(self._folder, f"pass{current.number}")

        def hand_on(chunk: Chunk) -> None:
            learning.observe(chunk)
            spool.append(chunk)

        self._stream(current, source, works, hand_on)
        while learning.look_again():
            for chunk in spool:
                self._stop_if_cancelled()
                learning.observe(chunk)
        learned = self._learned[taught.index] = learning.finish()
        self._learning_seconds[taught.index] = learning.seconds
        self._drop_columns(taught, learned)
        if not isinstance(learned, RowOrder):
            return spool
        if taught.module.meta.reorders:
            self._meter.start_pass(current.place + 1, taught.key)
        return self._sorted(spool, learned, taught)

    def _drop_columns(self, step: Step, learned: Any) -> None:
        """Go on without the columns that a step found to be of no use."""
        if step.module.meta.drops is None or learned is None:
            return
        with blaming(step):
            useless = [name for name in step.columns_after
                       if name in step.module.meta.drops(learned)]  # fmt: skip
        named = named_later(self._plan, step.index)
        self._kept[step.index] = [
            f'"{name}" would have been dropped, but {named[name]} names it.'
            for name in useless
            if name in named
        ]
        gone = [name for name in useless if name not in named]
        if len(gone) == len(step.columns_after):
            self._kept[step.index].append("Every column would have been dropped: all stay.")
        elif gone:
            self._plan = without_columns(self._plan, step.index, gone)

    def _sorted(self, spool: Spool, order: RowOrder, step: Step) -> SortedSpool:
        """The spool's chunks in the order that a step asks for."""

        def keys(batch: pl.DataFrame) -> pl.DataFrame:
            with blaming(step):
                return order.keys(batch)

        rows = SortedSpool(self._folder, f"sorted{step.index}", replace(order, keys=keys))
        for chunk, share in spool.shares():
            self._stop_if_cancelled()
            rows.append(chunk)
            self._meter.advance(chunk.frame.height, share)
        spool.close()
        return rows

    def _stream(
        self,
        current: Pass,
        source: Spool | SortedSpool | None,
        works: list[Work],
        hand_on: Callable[[Chunk], None],
    ) -> None:
        self._meter.start_pass(current.place, current.name)
        chunks = self._from_file() if source is None else ahead(source.shares())
        with closing(chunks), Behind() as behind:
            for chunk, share in chunks:
                self._stop_if_cancelled()
                rows = chunk.frame.height
                for work in works:
                    chunk = work.apply(chunk, self._rejects)
                behind.do(hand_on, chunk)
                if current.teaches is None and self._watcher is not None:
                    self._watcher.wrote(chunk)
                self._meter.advance(rows, share)

    def _stop_if_cancelled(self) -> None:
        if self._is_cancelled is not None and self._is_cancelled():
            raise Cancelled

    def _from_file(self) -> Generator[tuple[Chunk, float]]:
        self.read = Tally()
        with closing(ahead(self._table.batches())) as batches:
            for batch in batches:
                self._rejects.add_read(batch.rejected)
                self.read.rejected += len(batch.rejected)
                self.read.add(batch.frame)
                chunk = Chunk(batch.frame, batch.records)
                if self._watcher is not None:
                    self._watcher.read(chunk)
                yield chunk, batch.share_read

    def _write(self, chunk: Chunk) -> None:
        self.written.add(chunk.frame)
        self._sink.write(chunk.frame)

    def _work(self, step: Step) -> Work:
        report = ModuleReport(
            key=step.key,
            params=step.shown_params,
            origin=step.module.origin,
            execution_time_ms=self._learning_seconds.get(step.index, 0.0) * 1000,
            warnings=list(self._kept.get(step.index, ())),
        )
        if step.gone:
            report.details["dropped_columns"] = list(step.gone)
        if step.index in self._skipped:
            report.status, report.error_message = "skipped", self._skipped[step.index]
        # A copy: what was learned may keep a cursor, and a pass may have to begin anew.
        learned = deepcopy(self._learned.get(step.index))
        return Work(step, report, learned, self._watcher)

    def _settle(self, work: Work) -> None:
        """Keep what a step of a finished pass reported."""
        report, names = work.report, dict(work.step.pairs)
        report.execution_time_ms = round(report.execution_time_ms, 3)
        self._reports[work.step.index] = report
        self.types = {
            names[old]: self._type_behind(work, names[old], kind)
            for old, kind in self.types.items()
            if old in names
        }
        self._odd = {names[old]: count for old, count in self._odd.items() if old in names}
        self.types.update(work.types)
        self._odd.update(work.odd)

    @staticmethod
    def _type_behind(work: Work, name: str, kind: ColumnType) -> ColumnType:
        """A column that changed after its type was proven is text again, unless the module says
        that the type still holds.
        """
        keeps = work.keeps.get(name, ())
        if name not in work.report.columns or kind in keeps:
            return kind
        return "number" if kind == "integer" and "number" in keeps else "text"

    def _check_sums(self) -> None:
        lost = sum(report.removed + report.rejected for report in self.modules)
        if self.read.rows != self.written.rows + lost:
            raise AccountingError(
                f"{self.read.rows} rows were read, {self.written.rows} written and "
                f"{lost} removed or set aside: they do not add up."
            )
