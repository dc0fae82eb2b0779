"""`modules: ["auto"]`: do what the data proves is needed.

"auto" stands anywhere in a list of modules, once. What it means is found when the run begins,
from the table as the modules ahead of it leave it. Since suggestions keep every column and its
name, the others can be checked against the header beforehand.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from app.engine.catalogue import Catalogue
from app.engine.errors import Fault, PlanError
from app.engine.protocol import Progress
from app.engine.reading import TableReader
from app.engine.running.plan import Plan, make_plan
from app.engine.running.progress import ProgressMeter
from app.engine.suggest import Suggestions, suggest

AUTO = "auto"
#: How much of a run's progress each trial of suggestions is, and all of them at most.
TRIAL_PERCENT, TRIALS_PERCENT = 20.0, 40.0

Tell = Callable[[Progress], None]


def check(
    modules: Sequence[Any],
    columns: Sequence[str],
    catalogue: Catalogue,
    column_map: Mapping[str, str] | None = None,
) -> tuple[list[dict[str, Any]], Plan]:
    """(the modules as they are stored, the plan of all but "auto"). Raises PlanError with every
    fault, pointers into `modules`.
    """
    places = [place for place, item in enumerate(modules) if _is_auto(item)]
    others = [item for place, item in enumerate(modules) if place not in places]
    faults = [
        Fault(pointer=f"/{place}", message='"auto" can be there only once.')
        for place in places[1:]
    ]
    try:
        plan = make_plan(others, columns, catalogue, column_map)
    except PlanError as error:
        faults += [_moved(fault, places) for fault in error.faults]
    if faults:
        raise PlanError(faults)
    stored = [step.normalised() for step in plan.steps]
    for place in places:
        stored.insert(place, {"key": AUTO, "params": {}, "on_error": "fail"})
    return stored, plan


def expanded(
    modules: Sequence[Any],
    table: TableReader,
    catalogue: Catalogue,
    *,
    max_rows: int | None = None,
    max_cells: int | None = None,
    progress: Tell | None = None,
    rows_total: int | None = None,
    is_cancelled: Callable[[], bool] | None = None,
) -> tuple[list[Any], Suggestions | None]:
    """The modules with "auto" replaced by what it means for this table, and what it was made
    of. Raises PlanError, and as `suggest` does.
    """
    place = next((place for place, item in enumerate(modules) if _is_auto(item)), None)
    if place is None:
        return list(modules), None
    check(modules, table.inspection.columns, catalogue)
    trials = 0

    def meter() -> ProgressMeter:
        nonlocal trials
        low = min(trials * TRIAL_PERCENT, TRIALS_PERCENT)
        trials += 1
        high = min(low + TRIAL_PERCENT, TRIALS_PERCENT)
        return ProgressMeter(within(progress, low, high, step=AUTO), rows_total)

    found = suggest(
        table,
        catalogue,
        before=modules[:place],
        max_rows=max_rows,
        max_cells=max_cells,
        meter=meter,
        is_cancelled=is_cancelled,
    )
    return [*modules[:place], *found.modules, *modules[place + 1 :]], found


def within(
    progress: Tell | None, low: float, high: float, step: str | None = None
) -> Tell | None:
    """A teller for one part of a run, `low` to `high` percent of it."""
    if progress is None:
        return None
    tell = progress

    def scaled(part: Progress) -> None:
        percent = low + (high - low) * part.percent / 100
        total = part.rows_total
        done = 0 if total is None else int(total * percent / 100)
        tell(replace(part, percent=percent, rows_done=done, step=step or part.step))

    return scaled


def _is_auto(item: Any) -> bool:
    key = item.get("key") if isinstance(item, dict) else item
    return isinstance(key, str) and key.strip().lower() == AUTO


def _moved(fault: Fault, places: Sequence[int]) -> Fault:
    """A fault found in the list without "auto", with its pointer into the whole list."""
    head, index, *rest = fault.pointer.split("/") if fault.pointer else ("", "")
    if not index.isdigit():
        return fault
    place = int(index)
    for auto in places:
        place += auto <= place
    return Fault(pointer="/".join([head, str(place), *rest]), message=fault.message)
