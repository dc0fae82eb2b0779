"""Find cells that only look filled, and deal with what is missing."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Annotated, Literal

import msgspec
import polars as pl

from app.engine.module import ALL_TYPES, ColumnParams, ColumnType, Meta, Outcome
from app.engine.values.comparing import as_cell
from app.engine.values.filling import FromAbove, FromBelow, Gatherer, gatherer, kinds_of
from app.engine.values.missing import TOKENS, Decision, MissingTokens


@dataclass(frozen=True, kw_only=True)
class Params(ColumnParams):
    #: noop only makes tokens missing; drop removes rows; fill takes fill_value; ffill and bfill
    #: the cell above and below; mean and median are of numbers; mode is the usual value.
    strategy: Literal["noop", "drop", "fill", "ffill", "bfill", "mean", "median", "mode"] = (
        "noop"
    )
    fill_value: str | int | float | bool | None = None
    #: How many cells in a row ffill and bfill may fill.
    limit: Annotated[int, msgspec.Meta(ge=1)] | None = None
    #: Texts that mean missing: "auto" finds them by what each column holds; a list is taken as
    #: it is.
    tokens: Literal["auto"] | tuple[str, ...] = "auto"

    def __post_init__(self) -> None:
        if self.strategy == "fill" and self.fill_value in (None, ""):
            raise ValueError('the strategy "fill" needs a fill_value')
        if self.limit is not None and self.strategy not in ("ffill", "bfill"):
            raise ValueError('limit goes with the strategies "ffill" and "bfill"')


class Knowledge:
    """Learns which tokens mean missing and what to fill with; then does both, in batches."""

    def __init__(self, params: Params, columns: list[str]) -> None:
        self._params = params
        self._columns = params.among(columns)
        self._tokens = MissingTokens(self._columns)
        self._statistics: dict[str, Gatherer] = {}
        self._below: dict[str, FromBelow] = {}
        self._above: dict[str, FromAbove] = {}
        if params.strategy in ("mean", "median", "mode"):
            self._statistics = {name: gatherer(params.strategy) for name in self._columns}
        elif params.strategy == "bfill":
            self._below = {name: FromBelow(params.limit) for name in self._columns}
        elif params.strategy == "ffill":
            self._above = {name: FromAbove(params.limit) for name in self._columns}
        self._decisions: dict[str, Decision] = {}
        self._fillers: dict[str, str] = {}
        self.warnings: list[str] = []

    def observe(self, batch: pl.DataFrame) -> None:
        if self._params.tokens == "auto":
            self._tokens.observe(batch)
        doubtful = TOKENS if self._params.tokens == "auto" else self._params.tokens
        for name, statistic in self._statistics.items():
            statistic.observe(batch[name])
        for name, below in self._below.items():
            below.observe(batch[name], doubtful)

    def finish(self) -> Knowledge:
        if self._params.tokens == "auto":
            self._decisions = self._tokens.decide()
        for name, below in self._below.items():
            below.settle(self.tokens_of(name))
        for name, statistic in self._statistics.items():
            value = statistic.value(self.tokens_of(name))
            if value is None:
                self.warnings.append(f'"{name}" has no {self._params.strategy} to fill with.')
            else:
                self._fillers[name] = value
        self._tell_kept()
        return self

    def tokens_of(self, name: str) -> tuple[str, ...]:
        if self._params.tokens != "auto":
            return self._params.tokens
        return self._decisions[name].missing if name in self._decisions else ()

    def without_tokens(self, batch: pl.DataFrame) -> pl.DataFrame:
        chosen = {name: self.tokens_of(name) for name in self._columns}
        return batch.with_columns(
            pl.when(~pl.col(name).is_in(list(tokens))).then(pl.col(name))
            for name, tokens in chosen.items()
            if tokens
        )

    def filled(self, batch: pl.DataFrame) -> pl.DataFrame:
        seams = self._above or self._below
        columns = [filler.fill(batch[name]) for name, filler in seams.items()]
        columns += [batch[name].fill_null(value) for name, value in self.values.items()]
        return batch.with_columns(columns)

    @property
    def values(self) -> dict[str, str]:
        """What each column is filled with, where that is one text."""
        if self._params.strategy == "fill" and self._params.fill_value is not None:
            return dict.fromkeys(self._columns, as_cell(self._params.fill_value))
        return self._fillers

    @property
    def keeps(self) -> dict[str, Collection[ColumnType]]:
        kinds = {name: kinds_of(value) for name, value in self.values.items()}
        return {name: kinds.get(name, ALL_TYPES) for name in self._columns}

    def _tell_kept(self) -> None:
        for name, decision in self._decisions.items():
            for token, count in decision.kept.items():
                self.warnings.append(
                    f'"{name}" has "{token}" in {count:,} cells. They were kept: it may be a '
                    "value there. Name it in tokens if it means missing."
                )


def handle_missing(batch: pl.DataFrame, params: Params, knowledge: Knowledge) -> Outcome:
    """Make tokens missing, then do what the strategy says about every missing cell.

    By default only tokens are dealt with. A token is made missing where the column's content
    says so (engine/values/missing.py has the rules); what was kept in doubt is named in the
    report. Shape: columns unchanged; rows fewer only with strategy="drop".
    """
    frame = knowledge.without_tokens(batch)
    if params.strategy == "drop":
        gone = frame.select(
            pl.any_horizontal(pl.col(params.among(batch.columns)).is_null())
        ).to_series()
        return Outcome(
            frame=frame.filter(~gone),
            removed=gone,
            keeps=knowledge.keeps,
            warnings=knowledge.warnings,
        )
    return Outcome(
        frame=knowledge.filled(frame), keeps=knowledge.keeps, warnings=knowledge.warnings
    )


META = Meta(
    key="handle_missing",
    name="Handle Missing",
    description="Makes tokens such as N/A missing cells; drops or fills them if asked to.",
    order=50,
    params=Params,
    learn=Knowledge,
    better_after={"trim_spaces": "a token with a blank beside it is not found"},
)
