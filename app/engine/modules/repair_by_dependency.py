"""Settle gaps, slips and conflicts by what other rows with the same key say."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, Literal

import msgspec
import polars as pl

from app.engine.likeness.agreement import UNITED, settle, weigh
from app.engine.likeness.dependencies import MAX_COLUMNS, Dependency, find_dependencies
from app.engine.likeness.repair import (
    SCHEMA,
    Rule,
    applied,
    key_of,
    nothing,
    repairs_of,
    run_overs_of,
    slips_of,
)
from app.engine.likeness.run_over import RunOver, find_run_overs
from app.engine.likeness.vocabulary import MOST_RARE, MOST_WORDS, find_slips
from app.engine.looking.sampling import RowSample
from app.engine.module import Column, ColumnParams, Meta, Outcome

#: A dependency with more different pairs of key and value is given up, and that is said.
MAX_PAIRS = 2_000_000
#: Counts of this many batches are added up at a time.
BATCHES_AT_A_TIME = 8
#: Repairs that the report lists, of those made and of those proposed; all are counted.
LISTED = 100
#: Different repairs kept while the run goes, the surest first.
KEPT = 5_000
#: What nobody would act upon is not proposed.
LEAST_CONFIDENCE = 0.5


@dataclass(frozen=True, kw_only=True)
class StatedDependency:
    """Rows that agree in `given` must agree in `then`."""

    given: tuple[Column, ...]
    then: Column

    def __post_init__(self) -> None:
        if not self.given:
            raise ValueError("given names no column")
        if self.then in self.given:
            raise ValueError(f'"{self.then}" cannot depend on itself')


@dataclass(frozen=True, kw_only=True)
class Params(ColumnParams):
    """`columns` are those that may be repaired; what tells what is right may be any other."""

    #: Dependencies known to hold: each group has one right value. So conflicts are settled by
    #: majority too, as surely as the leading value leads over the next (7 to 1: 0.98).
    dependencies: tuple[StatedDependency, ...] = ()
    #: Repairs below this confidence are proposed in the report and not made.
    min_confidence: Annotated[float, msgspec.Meta(ge=0.5, le=1)] = 0.95
    #: none: every repair is only proposed.
    apply: Literal["confident", "none"] = "confident"

    def __post_init__(self) -> None:
        for stated in self.dependencies:
            if self.columns is not None and stated.then not in self.columns:
                raise ValueError(f'"{stated.then}" is to be repaired, but is not in columns')

    @property
    def makes_from(self) -> float:
        """The confidence from which on a repair is made."""
        return self.min_confidence if self.apply == "confident" else float("inf")


class Agreements:
    """Learns in two looks: which dependencies there are, from a sample; then what all rows
    agree on by each.
    """

    def __init__(self, params: Params, columns: list[str]) -> None:
        self._params = params
        self._columns = columns
        self._sample: RowSample | None = RowSample()
        self._run_overs: list[RunOver] = []
        self._counts: list[PairCounts] = []
        #: Of the columns that depend on none.
        self._words: list[PairCounts] = []
        self._warnings: list[str] = []

    def observe(self, batch: pl.DataFrame) -> None:
        if self._sample is not None:
            self._sample.add(batch)
            return
        batch, _ = mend_run_overs(batch, self._run_overs, self._params.makes_from)
        for counts in (*self._counts, *self._words):
            counts.add(batch)

    def look_again(self) -> bool:
        if self._sample is None:
            return False
        sample, self._sample = self._sample.frame(), None
        if sample.is_empty():
            return False
        repairable = self._params.among(self._columns)
        self._run_overs = find_run_overs(sample, repairable)
        sample, _ = mend_run_overs(sample, self._run_overs, self._params.makes_from)
        found = find_dependencies(sample, repairable)
        self._counts = [PairCounts(dependency) for dependency in self._with_stated(found)]
        told = {counts.dependency.dependent for counts in self._counts}
        self._words = [
            PairCounts(Dependency(determinants=(), dependent=name))
            for name in repairable
            if name not in told and sample[name].n_unique() <= MOST_WORDS + MOST_RARE
        ]
        if len(self._columns) > MAX_COLUMNS:
            self._warnings.append(
                f"Dependencies were looked for among the first {MAX_COLUMNS} columns only."
            )
        return bool(self._counts or self._words)

    def _with_stated(self, found: list[Dependency]) -> list[Dependency]:
        stated = [
            Dependency(determinants=each.given, dependent=each.then, is_stated=True)
            for each in self._params.dependencies
        ]
        said = {(each.determinants, each.dependent) for each in stated}
        return stated + [
            each for each in found if (each.determinants, each.dependent) not in said
        ]

    def finish(self) -> Repairer:
        rules = []
        for counts in self._counts:
            pairs = counts.total()
            if pairs is None:
                self._warnings.append(f"{counts.name} has too many values to be looked into.")
                continue
            united = 0.0 if counts.dependency.is_stated else UNITED
            agreement = weigh(pairs, united=united)
            rules.append(Rule(dependency=counts.dependency, agreement=agreement))
        settle([rule.agreement for rule in rules])
        return Repairer(self._run_overs, rules, self._slips(), self._warnings)

    def _slips(self) -> dict[str, pl.DataFrame]:
        """Column -> what looks like a slip in it."""
        found = {}
        for counts in self._words:
            values = counts.total()
            if values is not None:
                values = values.drop_nulls("value").drop("key")
                found[counts.dependency.dependent] = find_slips(values)
        return {name: slips for name, slips in found.items() if slips.height}


class PairCounts:
    """How often each pair of key and value occurs."""

    def __init__(self, dependency: Dependency) -> None:
        self.dependency = dependency
        self._parts: list[pl.DataFrame] = []
        self._is_too_large = False

    @property
    def name(self) -> str:
        given = " and ".join(f'"{name}"' for name in self.dependency.determinants)
        return f'{given} with "{self.dependency.dependent}"'

    def add(self, batch: pl.DataFrame) -> None:
        if self._is_too_large:
            return
        pairs = batch.select(key=key_of(self.dependency), value=self.dependency.dependent)
        self._parts.append(
            pairs.drop_nulls("key").group_by("key", "value").agg(cells=pl.len().cast(pl.UInt32))
        )
        if len(self._parts) >= BATCHES_AT_A_TIME:
            self._add_up()

    def total(self) -> pl.DataFrame | None:
        """key, value (null where missing), cells; None when there were too many."""
        self._add_up()
        return None if self._is_too_large else self._parts[0].sort("key", "value")

    def _add_up(self) -> None:
        if not self._parts:
            return
        summed = pl.concat(self._parts).group_by("key", "value").agg(pl.col("cells").sum())
        self._is_too_large = summed.height > MAX_PAIRS
        self._parts = [] if self._is_too_large else [summed]


class Repairer:
    """Repairs batch after batch, and keeps account of what it did and what it would do."""

    def __init__(
        self,
        run_overs: list[RunOver],
        rules: list[Rule],
        slips: dict[str, pl.DataFrame],
        warnings: list[str],
    ) -> None:
        self._run_overs = run_overs
        self._rules = rules
        self._slips = slips
        self.warnings = warnings
        self._made = Account()
        self._proposed = Account()

    def repair(self, batch: pl.DataFrame, threshold: float) -> pl.DataFrame:
        frame, ran_over = mend_run_overs(batch, self._run_overs, threshold)
        slips = [slips_of(frame, name, mine) for name, mine in self._slips.items()]
        repairs = pl.concat([repairs_of(frame, self._rules), *slips])
        is_sure = repairs["confidence"] >= threshold
        frame = applied(frame, repairs.filter(is_sure))
        every = pl.concat([ran_over, repairs])
        is_sure = every["confidence"] >= threshold
        self._made.add(every.filter(is_sure))
        self._proposed.add(every.filter(~is_sure & (every["confidence"] >= LEAST_CONFIDENCE)))
        return frame

    def details(self) -> dict[str, Any]:
        return {
            "dependencies": [
                {
                    "given": list(rule.dependency.determinants),
                    "then": rule.dependency.dependent,
                    "strength": rule.dependency.strength,
                    "stated": rule.dependency.is_stated,
                }
                for rule in self._rules
            ],
            "made": self._made.listed(),
            "made_cells": self._made.cells,
            "proposed": self._proposed.listed(),
            "proposed_cells": self._proposed.cells,
            "listed_at_most": LISTED,
        }


class Account:
    """Repairs counted by what they are, without the rows."""

    def __init__(self) -> None:
        self.cells = 0
        self._by_kind = nothing().drop("row").with_columns(cells=pl.lit(0, pl.UInt32))

    def add(self, repairs: pl.DataFrame) -> None:
        self.cells += repairs.height
        what = [name for name in SCHEMA if name != "row"]
        counted = repairs.group_by(what).agg(cells=pl.len().cast(pl.UInt32))
        together = pl.concat([self._by_kind, counted]).group_by(what)
        summed = together.agg(pl.col("cells").sum())
        self._by_kind = _surest(summed).head(KEPT)

    def listed(self) -> list[dict[str, Any]]:
        rounded = pl.col("confidence").round(4)
        return self._by_kind.head(LISTED).with_columns(rounded).to_dicts()


def _surest(repairs: pl.DataFrame) -> pl.DataFrame:
    order = ["confidence", "cells", "column", "because", "before"]
    return repairs.sort(order, descending=[True, True, False, False, False])


def mend_run_overs(
    batch: pl.DataFrame, run_overs: list[RunOver], threshold: float
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The batch with the sure ones mended, and all that were found."""
    found = [nothing()]
    for run_over in run_overs:
        repairs = run_overs_of(batch, run_over)
        batch = applied(batch, repairs.filter(pl.col("confidence") >= threshold))
        found.append(repairs)
    return batch, pl.concat(found)


def repair_by_dependency(batch: pl.DataFrame, params: Params, repairer: Repairer) -> Outcome:
    """Fill gaps and mend wrong cells where rows with the same key agree on what is right.

    Dependencies are found in the table (engine/likeness/dependencies.py) or stated. A repair is
    made when its confidence, learned from the same table (engine/likeness/agreement.py),
    reaches min_confidence; the others are proposed in the report's details, with their
    evidence. Left alone: a cell that some dependency confirms, a gap in a row whose key is
    itself in doubt, a value that differs only in digits or may well be an exception. Shape:
    unchanged.
    """
    frame = repairer.repair(batch, params.makes_from)
    return Outcome(frame=frame, warnings=repairer.warnings, details=repairer.details())


META = Meta(
    key="repair_by_dependency",
    name="Repair by Dependency",
    description="Gaps, slips and conflicts settled by what other rows with the same key say.",
    order=70,
    params=Params,
    learn=Agreements,
    better_after={
        "handle_missing": "a token such as N/A is taken for a value, not for a gap",
        "trim_spaces": "a blank at an end makes two keys of one",
    },
)
