"""Rules that a table's cells are held to, and which cells break them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal

import msgspec
import polars as pl

from app.engine.module import Column
from app.engine.values.comparing import Value, as_cell, bound, compared
from app.engine.values.conditions import Condition, judge
from app.engine.values.regex import groups

Test = Literal["equals", "not_equals", "less", "at_most", "greater", "at_least"]
#: Which fields go with which kind of rule.
_FIELDS = {
    "required": (),
    "range": ("minimum", "maximum"),
    "pattern": ("pattern",),
    "set": ("allowed",),
    "unique": (),
    "compare": ("test", "other"),
}


class Rule(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A missing cell breaks no rule but `required`."""

    #: required: the cell may not be missing. range: a number or an ISO date, from minimum to
    #: maximum. pattern: the whole cell fits. set: it is one of those allowed. unique: no other
    #: row has the same in these columns. compare: it is to another column as `test` says.
    rule: Literal["required", "range", "pattern", "set", "unique", "compare"]
    #: What to call it where a row breaks it.
    name: str | None = None
    #: Whose cells; without it those of the module's `columns`.
    columns: tuple[Column, ...] | None = None
    minimum: Value | None = None
    maximum: Value | None = None
    pattern: str | None = None
    allowed: tuple[Value, ...] = ()
    test: Test | None = None
    other: Column | None = None
    #: Take large and small letters for the same, in a pattern or a set.
    ignore_case: bool = False

    def __post_init__(self) -> None:
        given = [name for names in _FIELDS.values() for name in names if self._has(name)]
        wanted = _FIELDS[self.rule]
        wrong = [name for name in given if name not in wanted]
        if wrong:
            raise ValueError(f'{wrong[0]} does not go with a rule "{self.rule}"')
        missing = [name for name in wanted if name not in given]
        if missing and not (self.rule == "range" and given):
            either = " or ".join(missing) if self.rule == "range" else missing[0]
            raise ValueError(f'a rule "{self.rule}" needs {either}')
        self._check_bounds()
        if self.pattern is not None:
            groups(self.pattern)
            groups(_whole(self.pattern))

    def _has(self, name: str) -> bool:
        return getattr(self, name) not in (None, ())

    def _check_bounds(self) -> None:
        ends = [bound(end) for end in (self.minimum, self.maximum) if end is not None]
        if len(ends) == 2 and type(ends[0]) is not type(ends[1]):
            raise ValueError("minimum and maximum are not of one kind")
        if len(ends) == 2 and ends[0] > ends[1]:  # type: ignore[operator] # of one kind
            raise ValueError(f"minimum {self.minimum} is above maximum {self.maximum}")

    @property
    def label(self) -> str:
        """Its name, else what it says.

        >>> Rule(rule="range", minimum=0).label, Rule(rule="set", allowed=("a", "b")).label
        ('range 0 and up', 'one of a, b')
        """
        if self.name is not None:
            return self.name
        if self.rule == "range":
            if self.minimum is None:
                return f"range up to {self.maximum}"
            return f"range {self.minimum} " + (
                "and up" if self.maximum is None else f"to {self.maximum}"
            )
        if self.rule == "set":
            return "one of " + ", ".join(as_cell(value) for value in self.allowed[:5])
        if self.rule == "compare":
            return f"{str(self.test).replace('_', ' ')} {self.other}"
        return f"pattern {self.pattern}" if self.rule == "pattern" else self.rule


def _whole(pattern: str) -> str:
    return f"^(?:{pattern})$"


def broken(
    rule: Rule, columns: Sequence[str], batch: pl.DataFrame
) -> Iterator[tuple[list[str], pl.Series]]:
    """(columns at fault, whether each row breaks the rule), for every rule but `unique`.

    >>> batch = pl.DataFrame({"age": ["7", "-1", "old", None]})
    >>> [(names, rows)] = broken(Rule(rule="range", minimum=0), ["age"], batch)
    >>> names, rows.to_list()
    (['age'], [False, True, True, False])
    """
    for name in columns:
        cells = batch[name]
        if rule.rule == "required":
            yield [name], cells.is_null()
            continue
        keeps = _keeps(rule, cells, batch).fill_null(False)
        there = cells.is_not_null()
        if rule.other is None:
            yield [name], ~keeps & there
        else:
            yield [name, rule.other], ~keeps & there & batch[rule.other].is_not_null()


def _keeps(rule: Rule, cells: pl.Series, batch: pl.DataFrame) -> pl.Series:
    if rule.rule == "range":
        return _is_within(rule, cells)
    if rule.rule == "pattern":
        flag = "(?i)" if rule.ignore_case else ""
        return cells.str.contains(flag + _whole(str(rule.pattern)))
    if rule.rule == "set":
        allowed = Condition(test="in", values=rule.allowed, ignore_case=rule.ignore_case)
        return judge(allowed, cells, batch)
    assert rule.test is not None
    return judge(Condition(test=rule.test, other=rule.other), cells, batch)


def _is_within(rule: Rule, cells: pl.Series) -> pl.Series:
    within = pl.repeat(True, cells.len(), dtype=pl.Boolean, eager=True)
    if rule.minimum is not None:
        within &= compared(cells, "at_least", rule.minimum)
    if rule.maximum is not None:
        within &= compared(cells, "at_most", rule.maximum)
    return within
