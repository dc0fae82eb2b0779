"""Write numbers plainly, column by column, where the column proves that it holds numbers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Literal

import msgspec
import polars as pl

from app.engine.columns import for_each
from app.engine.module import ColumnParams, ColumnType, Meta, Outcome
from app.engine.values.numbers import (
    PLAIN_INTEGER,
    Verdict,
    candidate_pattern,
    is_number,
    judge,
    plain_numbers,
    shapes,
)

#: Separators among strip_characters: the column itself shows which of them group and which
#: marks decimals.
_SEPARATORS = {",", ".", " ", "'", "\u00a0", ""}


@dataclass(frozen=True, kw_only=True)
class Params(ColumnParams):
    #: Share of what is not missing that must be a number before anything is converted.
    numeric_threshold: Annotated[float, msgspec.Meta(gt=0, le=1)] = 0.7
    #: Units and signs that may stand beside a number. Separators among them change nothing.
    strip_characters: tuple[str, ...] = (",", " ", "$", "TL", "€", "%")
    #: What becomes of a cell that is no number in a column that is converted.
    invalid: Literal["keep", "null", "reject"] = "keep"
    #: Of old: true means invalid="null", false means "keep".
    coerce: bool | None = None
    #: The decimal mark, where a column leaves it open ("1.234" may be 1234 or 1.234).
    decimal: Literal["auto", ".", ","] = "auto"

    def __post_init__(self) -> None:
        if self.coerce is not None and self.invalid != "keep":
            raise ValueError("coerce and invalid say the same: give one of them")
        if any(char.isdigit() for text in self.strip_characters for char in text):
            raise ValueError("strip_characters may not have digits in them")

    @property
    def units(self) -> tuple[str, ...]:
        longest_first = sorted(set(self.strip_characters) - _SEPARATORS, key=len, reverse=True)
        return tuple(longest_first)

    @property
    def on_invalid(self) -> str:
        return "null" if self.coerce else self.invalid


class Numbers:
    """Learns the shapes of every column that may hold numbers."""

    def __init__(self, params: Params, columns: list[str]) -> None:
        self._params = params
        self._columns = params.among(columns)
        self._candidate = candidate_pattern(params.units)
        self._shapes: dict[str, Counter[str]] = {name: Counter() for name in self._columns}
        self._plain = dict.fromkeys(self._columns, 0)
        self._non_missing = dict.fromkeys(self._columns, 0)

    def observe(self, batch: pl.DataFrame) -> None:
        for_each(lambda name: self._count(batch[name].drop_nulls()), self._columns)

    def _count(self, column: pl.Series) -> None:
        name = column.name
        self._non_missing[name] += column.len()
        plain = column.str.contains(PLAIN_INTEGER)
        count = int(plain.sum())
        self._plain[name] += count
        if count < column.len():
            rest = column if count == 0 else column.filter(~plain)
            self._shapes[name] += shapes(rest.filter(rest.str.contains(self._candidate)))

    def merge(self, other: Numbers) -> None:
        """Take in what was learned from other rows."""
        for name in self._columns:
            self._shapes[name] += other._shapes[name]
            self._plain[name] += other._plain[name]
            self._non_missing[name] += other._non_missing[name]

    def finish(self, tokens: Mapping[str, int] | None = None) -> dict[str, Verdict]:
        """`tokens`: cells of each column that only look filled, and count as missing."""
        without = tokens or {}
        return {name: self._verdict(name, without.get(name, 0)) for name in self._columns}

    def _verdict(self, name: str, tokens: int) -> Verdict:
        found = self._shapes[name]
        if self._plain[name]:
            # Plain whole numbers fit every convention and prove none.
            found = found + Counter({"9": self._plain[name]})
        decimal = None if self._params.decimal == "auto" else self._params.decimal
        return judge(
            found,
            self._non_missing[name] - tokens,
            self._params.units,
            threshold=self._params.numeric_threshold,
            decimal=decimal,
        )


def convert_types(batch: pl.DataFrame, params: Params, verdicts: dict[str, Verdict]) -> Outcome:
    """Write what converts plainly (1988.39); leave, empty or set aside what does not.

    A column gets a type only when every cell of it that is not missing is a number.
    Left alone: dates, times, identifiers (leading zeros, over 15 digits), columns in which two
    conventions or several currencies stand side by side, and columns that leave open which mark
    is the decimal one; the report says so of each.
    Shape: columns unchanged; rows only fewer with invalid="reject".
    """
    work = _Conversion(batch, params)
    for name, verdict in verdicts.items():
        work.convert(name, verdict)
    return work.outcome()


class _Conversion:
    def __init__(self, batch: pl.DataFrame, params: Params) -> None:
        self._batch = batch
        self._params = params
        self._columns: list[pl.Series] = []
        self._types: dict[str, ColumnType] = {}
        self._odd: dict[str, int] = {}
        self._warnings: list[str] = []
        self._reasons: pl.Series | None = None

    def convert(self, name: str, verdict: Verdict) -> None:
        if verdict.convention is None:
            if verdict.reason is not None:
                self._warnings.append(f'"{name}" was left as text: {verdict.reason}.')
            return
        column = self._batch[name]
        for unit in verdict.units:
            self._warnings.append(f'"{name}" is in {unit}: the unit was taken off the numbers.')
        if verdict.is_all or self._params.on_invalid != "keep":
            self._types[name] = "integer" if verdict.is_whole else "number"
        rows = (column.is_not_null() & ~column.str.contains(PLAIN_INTEGER)).arg_true()
        if rows.is_empty():
            return
        cells = column.gather(rows)
        fits = is_number(cells, verdict, self._params.units)
        plain = plain_numbers(cells.filter(fits), verdict.convention, self._params.units)
        column = column.scatter(rows.filter(fits), plain)
        self._columns.append(self._without(column, rows.filter(~fits)))

    def _without(self, column: pl.Series, invalid: pl.Series) -> pl.Series:
        """Do to the cells at `invalid` what the params say."""
        if invalid.is_empty():
            return column
        if self._params.on_invalid == "null":
            return column.scatter(invalid, None)
        if self._params.on_invalid == "reject":
            self._set_aside(column, invalid)
        else:
            self._odd[column.name] = invalid.len()
        return column

    def _set_aside(self, column: pl.Series, rows: pl.Series) -> None:
        texts = column.gather(rows)
        reasons = pl.select(
            pl.format('{}: "{}" is not a number', pl.lit(column.name), pl.lit(texts))
        ).to_series()
        if self._reasons is None:
            self._reasons = pl.repeat(None, column.len(), dtype=pl.String, eager=True)
        both = self._reasons.gather(rows)
        self._reasons = self._reasons.scatter(
            rows, (both + "; " + reasons).zip_with(both.is_not_null(), reasons)
        )

    def outcome(self) -> Outcome:
        frame = self._batch.with_columns(self._columns)
        if self._reasons is not None:
            frame = frame.filter(self._reasons.is_null())
        return Outcome(
            frame=frame,
            rejected=self._reasons,
            types=self._types,
            odd=self._odd,
            warnings=self._warnings,
        )


META = Meta(
    key="convert_types",
    name="Convert Types",
    description="Numbers written plainly, where a column proves how it writes them.",
    order=60,
    params=Params,
    learn=Numbers,
    better_after={
        "trim_spaces": "a blank at the end of a number may hide it",
        "handle_missing": "tokens such as N/A count as cells that are no numbers",
    },
)
