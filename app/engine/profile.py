"""What a table holds, column by column: type with evidence, missing, distinct, top values,
patterns, lengths, extremes, spread, and the odd ones. One streaming pass, bounded memory.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import polars as pl

from app.engine.columns import for_each
from app.engine.errors import Cancelled
from app.engine.modules import convert_types
from app.engine.profiling.column import ColumnProfile
from app.engine.reading import TableReader
from app.engine.values.missing import Decision, MissingTokens
from app.engine.values.numbers import Verdict

#: Different values remembered per column, and over all columns.
MAX_VALUES, MAX_VALUES_IN_ALL = 50_000, 1_000_000
#: Columns profiled at most; the answer says how many were left out.
MAX_COLUMNS = 2_000
#: A column is of numbers when this share of what is not missing is.
NUMBER_SHARE = 0.9


class Profiler:
    """Gathers the profile of some columns. Mergeable: profilers of two parts of a table come to
    what one of the whole does.
    """

    def __init__(self, columns: Sequence[str]) -> None:
        self._names = list(columns)
        self._params = convert_types.Params(numeric_threshold=NUMBER_SHARE)
        max_values = min(MAX_VALUES, MAX_VALUES_IN_ALL // max(len(self._names), 1))
        self._columns = {
            name: ColumnProfile(name, max_values=max_values, units=self._params.units)
            for name in self._names
        }
        self._tokens = MissingTokens(self._names)
        self._numbers = convert_types.Numbers(self._params, self._names)

    def observe(self, batch: pl.DataFrame, records: pl.Series) -> None:
        """`records`: the record number of each row."""
        self._tokens.observe(batch)
        self._numbers.observe(batch)
        for_each(lambda name: self._columns[name].observe(batch[name], records), self._names)

    def merge(self, other: Profiler) -> None:
        """Take in the profile of other rows of the same table."""
        self._tokens.merge(other._tokens)
        self._numbers.merge(other._numbers)
        for name, column in self._columns.items():
            column.merge(other._columns[name])

    def finish(self) -> list[dict[str, Any]]:
        """Every column's profile, in order: docs/profile-and-suggest.md has the fields."""
        tokens = self._tokens.decide()
        verdicts = self._verdicts(tokens)
        return [
            column.finish(tokens.get(name, Decision()), verdicts[name])
            for name, column in self._columns.items()
        ]

    def _verdicts(self, tokens: dict[str, Decision]) -> dict[str, Verdict]:
        """The verdict on each column's numbers, its tokens for missing apart."""
        missing = {
            name: sum(tokens[name].cells.values()) if name in tokens else 0
            for name in self._names
        }
        return self._numbers.finish(missing)


def profile_table(
    table: TableReader,
    columns: Sequence[str] | None = None,
    is_cancelled: Callable[[], bool] | None = None,
    *,
    max_columns: int = MAX_COLUMNS,
) -> dict[str, Any]:
    """{rows, rejected, columns: [..], columns_left_out}. `columns`: only these; by default all,
    of a very wide table the first. Raises SourceError, Cancelled.
    """
    header = table.inspection.columns
    wanted = [name for name in header if columns is None or name in columns]
    profiler = Profiler(wanted[:max_columns])
    rows = rejected = 0
    for batch in table.batches():
        if is_cancelled is not None and is_cancelled():
            raise Cancelled
        rows += batch.frame.height
        rejected += len(batch.rejected)
        profiler.observe(batch.frame, batch.records)
    return {
        "rows": rows,
        "rejected": rejected,
        "columns": profiler.finish(),
        "columns_left_out": len(header) - min(len(wanted), max_columns),
    }
