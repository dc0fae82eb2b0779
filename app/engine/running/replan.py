"""A plan that goes on with fewer columns than it was made for.

Some modules can say only when they have seen the table that a column is of no use. What comes
behind them was planned with it. A column that a later step names stays; without the others the
later steps are planned again, with what they name followed through every rename.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any

from app.engine.params import resolve_columns
from app.engine.running.plan import Plan, Step, origins_of


def named_later(plan: Plan, index: int) -> dict[str, str]:
    """Column behind the step at `index` -> key of the first later step that names it, under
    whatever name it then has.
    """
    named: dict[str, str] = {}
    origins = {name: name for name in plan.steps[index].columns_after}
    for step in plan.steps[index + 1 :]:
        for name in _named(step.params):
            if name in origins:
                named.setdefault(origins[name], step.key)
        origins = {new: origins[old] for old, new in step.pairs if old in origins}
    return named


def without_columns(plan: Plan, index: int, gone: Collection[str]) -> Plan:
    """The plan, with columns taken out of the table by the step at `index`. No later step may
    name one of them.
    """
    taking = plan.steps[index]
    columns = [name for name in taking.columns_after if name not in gone]
    pairs = [(old, new) for old, new in taking.pairs if new not in gone]
    steps = [
        *plan.steps[:index],
        replace(taking, columns_after=columns, pairs=pairs, gone=tuple(gone)),
    ]
    #: Column as it was planned -> what it is called now.
    now = {name: name for name in columns}
    for step in plan.steps[index + 1 :]:
        steps.append(_planned_again(step, columns, now))
        columns = steps[-1].columns_after
        now = _names_behind(step, steps[-1], now)
    return replace(plan, steps=steps, columns=columns)


def _named(params: Any) -> list[str]:
    names = []

    def note(_: str, name: str) -> str:
        names.append(name)
        return name

    resolve_columns(params, note)
    return names


def _planned_again(step: Step, columns: list[str], now: Mapping[str, str]) -> Step:
    params = resolve_columns(step.params, lambda _, name: now[name])
    origins = origins_of(step.module, params, columns)
    return replace(
        step,
        params=params,
        columns_before=columns,
        columns_after=list(origins),
        pairs=[(old, new) for new, old in origins.items() if old is not None],
    )


def _names_behind(planned: Step, again: Step, now: Mapping[str, str]) -> dict[str, str]:
    """`now`, one step further. Columns that the step itself makes go by their names."""
    became = dict(again.pairs)
    followed = {new: became[now[old]] for old, new in planned.pairs if now.get(old) in became}
    new_ones = set(again.columns_after) - set(became.values())
    return {name: name for name in planned.columns_after if name in new_ones} | followed
