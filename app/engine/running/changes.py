"""What a module changed: counted exactly by comparing columns before and after."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from app.engine.report import EXAMPLES_PER_COLUMN, ColumnChanges, Example


def count_changes(
    before: pl.DataFrame,
    after: pl.DataFrame,
    records: pl.Series,
    names: Mapping[str, str],
    into: dict[str, ColumnChanges],
) -> int:
    """Add what differs between two tables of the same rows to `into`; how many cells differ.

    `names`: column after -> column before, for the columns that are in both.

        >>> found = {}
        >>> count_changes(
        ...     pl.DataFrame({"a": ["x ", None]}), pl.DataFrame({"a": ["x", None]}),
        ...     pl.Series([1, 2]), {"a": "a"}, found)
        1
        >>> found["a"].examples
        [Example(row=1, before='x ', after='x')]
    """
    if not names:
        return 0
    old = before.select(names.values())
    old.columns = list(names)
    # One expression over all columns: they are compared side by side, on every core.
    differs = old.select(pl.col(name).ne_missing(after[name]) for name in names)
    total = 0
    for name, changed in zip(names, differs.sum().row(0), strict=True):
        if changed:
            total += changed
            column = into.setdefault(name, ColumnChanges())
            column.changed += changed
            _add_examples(column, differs[name], old[name], after[name], records)
    return total


def _add_examples(
    column: ColumnChanges,
    differs: pl.Series,
    before: pl.Series,
    after: pl.Series,
    records: pl.Series,
) -> None:
    wanted = EXAMPLES_PER_COLUMN - len(column.examples)
    if wanted <= 0:
        return
    rows = differs.arg_true().head(wanted)
    column.examples.extend(
        Example(row=row, before=old, after=new)
        for row, old, new in zip(records.gather(rows), before.gather(rows), after.gather(rows),
                                 strict=True)
    )  # fmt: skip
