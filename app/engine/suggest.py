"""What to do about a table: an ordered pipeline, each step with its reason and with the exact
number of cells it would change.

Nothing is estimated. Cautious candidates are run over the table, what changes nothing or cannot
be proven is dropped, and what remains is run once more: the counts are of that run. A step is
proposed only where the data leaves no other reading; a doubtful one is worse than none.

Suggestions never rename, add or drop a column, so a pipeline may go on after them as planned.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from app.engine.catalogue import Catalogue
from app.engine.looking.excerpt import Excerpt
from app.engine.reading import TableReader
from app.engine.report import ColumnChanges
from app.engine.running.progress import ProgressMeter
from app.engine.suggesting.steps import CANDIDATES, proven_steps, reason
from app.engine.suggesting.trial import Trial, Trials, Tried

#: Rows looked at while somebody waits; a job looks at all of them.
MAX_ROWS, MAX_CELLS = 500_000, 10_000_000


@dataclass(frozen=True, kw_only=True)
class Suggestion:
    """A step to take, and why."""

    #: As a request has it: key and params.
    module: dict[str, Any]
    name: str
    reason: str
    cells_changed: int
    rows_removed: int
    columns: dict[str, ColumnChanges]
    #: What columns are proven to hold once the step is done.
    types: dict[str, str]


@dataclass(frozen=True, kw_only=True)
class Suggestions:
    steps: list[Suggestion]
    rows_examined: int
    #: False when the table goes on behind what was looked at; counts are of what was.
    is_whole: bool
    #: What was seen and left alone, because the data does not settle it.
    left_alone: list[str]

    @property
    def modules(self) -> list[dict[str, Any]]:
        """The pipeline, ready to be sent."""
        return [step.module for step in self.steps]

    def reasons(self) -> list[dict[str, Any]]:
        return [{**step.module, "reason": step.reason} for step in self.steps]

    def as_dict(self) -> dict[str, Any]:
        return {"modules": self.modules, **asdict(self)}


def suggest(
    table: TableReader,
    catalogue: Catalogue,
    *,
    before: Sequence[Any] = (),
    max_rows: int | None = None,
    max_cells: int | None = None,
    meter: Callable[[], ProgressMeter] = lambda: ProgressMeter(None),
    is_cancelled: Callable[[], bool] | None = None,
) -> Suggestions:
    """What the table needs once the modules in `before` have run.

    `max_rows`, `max_cells`: look no further. Raises SourceError, PlanError (of `before`),
    ModuleFailed (likewise), Cancelled.
    """
    excerpt = Excerpt(table, max_rows, max_cells)
    trials = Trials(excerpt, catalogue, before, meter, is_cancelled)
    known = [one for one in CANDIDATES if catalogue.find(one["key"]) is not None]
    first = trials.run(known)
    steps = proven_steps(first)
    # What a step does depends on those before it: the idle ones go, until none is.
    while True:
        trial = trials.run(steps)
        effective = [tried.module for tried in trial.tried if tried.has_effect]
        if effective == steps:
            break
        steps = effective
    return Suggestions(
        steps=[_suggestion(tried, trial, catalogue) for tried in trial.tried],
        rows_examined=trial.rows,
        is_whole=excerpt.is_whole,
        left_alone=_left_alone(first),
    )


def _suggestion(tried: Tried, trial: Trial, catalogue: Catalogue) -> Suggestion:
    module = catalogue.find(tried.key)
    assert module is not None
    return Suggestion(
        module=tried.module,
        name=module.meta.name,
        reason=reason(tried, trial),
        cells_changed=tried.report.cells_changed,
        rows_removed=tried.report.removed,
        columns=tried.report.columns,
        types=tried.shown.types,
    )


def _left_alone(trial: Trial) -> list[str]:
    """What modules of the trial said they left as it was."""
    said = [text for tried in trial.tried for text in tried.report.warnings]
    return list(dict.fromkeys(text for text in said if "left" in text or "kept" in text))
