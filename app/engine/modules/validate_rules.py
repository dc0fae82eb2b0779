"""Hold rows to rules, and set aside those that break one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Literal

import msgspec
import polars as pl

from app.engine.module import ColumnParams, Meta, Outcome
from app.engine.modules import drop_duplicates
from app.engine.values.rules import Rule, broken


@dataclass(frozen=True, kw_only=True)
class Params(ColumnParams):
    """`columns`: what rules are about that name none; all of them by default."""

    rules: tuple[Rule, ...] = ()
    #: What becomes of a row that breaks a rule: it is set aside, or stays with what it breaks
    #: written into a new column.
    failing: Literal["reject", "flag"] = "reject"
    #: The new column, with failing="flag".
    into: Annotated[str, msgspec.Meta(min_length=1)] = "failed_rules"

    def columns_of(self, rule: Rule, header: list[str]) -> list[str]:
        return self.among(header) if rule.columns is None else list(dict.fromkeys(rule.columns))


class Repeats:
    """Learns which rows are not unique, for each rule that asks: 16 bytes a row and rule."""

    def __init__(self, params: Params, columns: list[str]) -> None:
        self._learners = {}
        for place, rule in enumerate(params.rules):
            if rule.rule == "unique":
                key = drop_duplicates.Params(
                    subset=tuple(params.columns_of(rule, columns)), keep="none"
                )
                self._learners[place] = drop_duplicates.Duplicates(key, columns)

    def observe(self, batch: pl.DataFrame) -> None:
        for learner in self._learners.values():
            learner.observe(batch)

    def finish(self) -> dict[int, drop_duplicates.Removal]:
        return {place: learner.finish() for place, learner in self._learners.items()}


def validate_rules(
    batch: pl.DataFrame, params: Params, repeats: dict[int, drop_duplicates.Removal] | None
) -> Outcome:
    """Set aside every row that breaks a rule; the reason names all rules it breaks, with the
    cells at fault.

    A cell that is no plain number or ISO date is in no range. All rows that share what must be
    unique break the rule, for nothing tells which of them is right; a row with a missing cell
    there does not. The report counts the rows that break each rule, in details.
    Shape: cells unchanged; rows fewer, or one column more with failing="flag".

    >>> batch = pl.DataFrame({"age": ["7", "-1"], "name": ["Ada", None]})
    >>> rules = (Rule(rule="range", minimum=0), Rule(rule="required", columns=("name",)))
    >>> params = Params(columns=("age",), rules=rules)
    >>> validate_rules(batch, params, None).rejected.to_list()
    [None, 'range 0 and up: age is "-1"; required: name is missing']
    """
    if not params.rules:
        return Outcome(frame=batch, warnings=["Nothing to validate: there are no rules."])
    reasons: list[pl.Series] = []
    counts: dict[str, int] = {}
    for rule, names, rows in _failures(batch, params, repeats or {}):
        if found := int(rows.sum()):
            counts[rule.label] = counts.get(rule.label, 0) + found
            reasons.append(_reason(rule, names, batch, rows))
    said = pl.repeat(None, batch.height, dtype=pl.String, eager=True)
    if reasons:
        joined = pl.concat_str(reasons, separator="; ", ignore_nulls=True)
        said = pl.select(pl.when(joined != "").then(joined)).to_series()
    if params.failing == "flag":
        return Outcome(frame=batch.with_columns(said.alias(params.into)), counts=counts)
    return Outcome(frame=batch.filter(said.is_null()), rejected=said, counts=counts)


def _failures(
    batch: pl.DataFrame, params: Params, repeats: dict[int, drop_duplicates.Removal]
) -> Iterator[tuple[Rule, list[str], pl.Series]]:
    """(rule, columns at fault, whether each row breaks it there)."""
    for place, rule in enumerate(params.rules):
        columns = params.columns_of(rule, batch.columns)
        if rule.rule != "unique":
            for names, rows in broken(rule, columns, batch):
                yield rule, names, rows
        elif columns:
            there = batch.select(pl.all_horizontal(pl.col(columns).is_not_null())).to_series()
            yield rule, columns, repeats[place].take(batch.height) & there


def _reason(rule: Rule, names: list[str], batch: pl.DataFrame, rows: pl.Series) -> pl.Series:
    """What is said of the rows that break a rule; null for the others."""
    cells = [
        pl.when(pl.col(name).is_null())
        .then(pl.lit(f"{name} is missing"))
        .otherwise(pl.format('{} is "{}"', pl.lit(name), pl.col(name)))
        for name in names
    ]
    said = pl.format("{}: {}", pl.lit(rule.label), pl.concat_str(cells, separator=", "))
    return batch.select(pl.when(rows).then(said)).to_series()


def _header(params: Params, columns: list[str]) -> list[str]:
    """Raises ValueError when the name of the new column is taken."""
    if params.failing != "flag" or not params.rules:
        return columns
    if params.into in columns:
        raise ValueError(f'there is a column "{params.into}" already')
    return [*columns, params.into]


def _repeats(params: Params, columns: list[str]) -> Repeats | None:
    needs = any(rule.rule == "unique" for rule in params.rules)
    return Repeats(params, columns) if needs else None


META = Meta(
    key="validate_rules",
    name="Validate Rules",
    description="Sets rows aside that break a rule: required, range, pattern, set, unique, ...",
    order=95,
    params=Params,
    learn=_repeats,
    header=_header,
    better_after={
        "convert_types": "a number that is not written plainly is in no range",
        "trim_spaces": "a blank at an end of a text keeps it from fitting",
    },
)
