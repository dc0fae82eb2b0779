"""Conditions on cells: what a caller asks of a row, and of which cells it cannot be said."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Literal

import msgspec
import polars as pl

from app.engine.module import Column
from app.engine.values.casing import fold
from app.engine.values.comparing import (
    ORDERS,
    Value,
    as_cell,
    bound,
    compared,
    compared_with,
    numbers,
)
from app.engine.values.regex import groups

_NEEDS_VALUES = ("in", "not_in")
_NEEDS_NOTHING = ("missing", "present")
_TEXT_TESTS = ("contains", "not_contains", "starts_with", "ends_with", "matches", "not_matches")


class Condition(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One test of one cell. A missing cell passes missing, not_equals, not_in, not_contains and
    not_matches, and nothing else.
    """

    #: Whose cells; without it those of the module's `columns`: one of them is enough, and a
    #: test with not_ must hold for all.
    column: Column | None = None
    #: less to at_least compare numbers or ISO dates; matches takes a regular expression.
    test: Literal[
        "equals", "not_equals", "in", "not_in", "contains", "not_contains", "starts_with",
        "ends_with", "matches", "not_matches", "less", "at_most", "greater", "at_least",
        "missing", "present",
    ]  # fmt: skip
    #: What the cell is held against. A number equals a cell that says the same number.
    value: Value | None = None
    #: The texts and numbers of in and not_in.
    values: tuple[Value, ...] = ()
    #: A column of the same row, instead of a value; not for texts within texts.
    other: Column | None = None
    #: Take large and small letters for the same.
    ignore_case: bool = False

    def __post_init__(self) -> None:
        given = [self.value is not None, bool(self.values), self.other is not None]
        wanted = [False] * 3 if self.test in _NEEDS_NOTHING else [True, False, False]
        if self.test in _NEEDS_VALUES:
            wanted = [False, True, False]
        elif self.other is not None and self.test not in (*_TEXT_TESTS, *_NEEDS_NOTHING):
            wanted = [False, False, True]
        if given != wanted:
            raise ValueError(f'the test "{self.test}" {_needs(self.test)}')
        if self.test in ORDERS and self.value is not None:
            bound(self.value)
        if self.test in ("matches", "not_matches"):
            groups(str(self.value))


def _needs(test: str) -> str:
    if test in _NEEDS_NOTHING:
        return "needs neither value, values nor other"
    if test in _NEEDS_VALUES:
        return "needs values, and nothing else to compare with"
    return "needs a value" if test in _TEXT_TESTS else "needs a value or an other column"


def judge(condition: Condition, cells: pl.Series, batch: pl.DataFrame) -> pl.Series:
    """Whether the condition holds for each cell of a column; null where it cannot be said, for
    the cell is neither missing nor of the kind that is compared.

    >>> condition = Condition(test="greater", value=9)
    >>> batch = pl.DataFrame({"c": ["10", "1", "ten", None]})
    >>> judge(condition, batch["c"], batch).to_list()
    [True, False, None, False]
    """
    test = condition.test
    if test in _NEEDS_NOTHING:
        return cells.is_null() if test == "missing" else cells.is_not_null()
    if test.startswith("not_"):
        positive = msgspec.structs.replace(condition, test=test.removeprefix("not_"))
        return ~judge(positive, cells, batch)
    if test in ORDERS:
        return _ordered(condition, cells, batch)
    if test in _TEXT_TESTS:
        return _text_test(condition, cells).fill_null(False)
    if condition.other is not None:
        return _is_same(condition, cells, batch[condition.other])
    values = condition.values if test == "in" else (condition.value,)
    return _is_any(condition, cells, [value for value in values if value is not None])


def _ordered(condition: Condition, cells: pl.Series, batch: pl.DataFrame) -> pl.Series:
    if condition.other is None:
        assert condition.value is not None
        return _nothing_fails(compared(cells, condition.test, condition.value), cells)
    others = batch[condition.other]
    found = _nothing_fails(compared_with(cells, condition.test, others), cells)
    return _nothing_fails(found, others)


def _nothing_fails(found: pl.Series, cells: pl.Series) -> pl.Series:
    """A missing cell is not less, nor more: the answer is no, not unknown."""
    return found.set(cells.is_null(), False)


def _text_test(condition: Condition, cells: pl.Series) -> pl.Series:
    text = str(condition.value)
    if condition.test == "matches":
        flag = "(?i)" if condition.ignore_case else ""
        return cells.str.contains(flag + text)
    cells = _folded(condition, cells)
    text = _folded(condition, pl.Series([text])).item()
    if condition.test == "contains":
        return cells.str.contains(text, literal=True)
    tests: dict[str, Callable[[str], pl.Series]] = {
        "starts_with": cells.str.starts_with,
        "ends_with": cells.str.ends_with,
    }
    return tests[condition.test](text)


def _is_same(condition: Condition, cells: pl.Series, others: pl.Series) -> pl.Series:
    """The same text, or the same number however it is written."""
    same_text = _folded(condition, cells).eq_missing(_folded(condition, others))
    return same_text | (numbers(cells) == numbers(others)).fill_null(False)


def _is_any(condition: Condition, cells: pl.Series, values: Sequence[Value]) -> pl.Series:
    texts = pl.Series([as_cell(value) for value in values], dtype=pl.String)
    found = _folded(condition, cells).is_in(_folded(condition, texts).to_list())
    figures = [float(value) for value in values if not isinstance(value, bool | str)]
    if figures:
        found = found | numbers(cells).is_in(figures).fill_null(False)
    return found.fill_null(False)


def _folded(condition: Condition, cells: pl.Series) -> pl.Series:
    return fold(cells) if condition.ignore_case else cells
