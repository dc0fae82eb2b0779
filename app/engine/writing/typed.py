"""The clean CSV as typed columns, for formats that have types."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import polars as pl

from app.engine.module import ColumnType

_TRUE = ("true",)
_CASTS: dict[ColumnType, Any] = {"integer": pl.Int64, "number": pl.Float64}


def scan_clean(source: Path, types: Mapping[str, ColumnType]) -> pl.LazyFrame:
    """The clean CSV, each column as what `types` says it holds.

    A type is a promise of the module that proved it, over every cell; a cell that breaks it
    raises (polars InvalidOperationError) rather than become null.
    """
    # Polars leaves doubled quotes in names as they are.
    with source.open(encoding="utf-8", newline="") as file:
        names = next(csv.reader(file))
    table = pl.scan_csv(
        source,
        infer_schema=False,
        truncate_ragged_lines=False,
        with_column_names=lambda _: names,
    )
    if len(names) == 1:
        # There a missing cell is written as "", for a blank line would be no record.
        table = table.with_columns(pl.when(pl.all() != "").then(pl.all()))
    return table.with_columns(
        _typed(pl.col(name), kind) for name, kind in types.items() if kind != "text"
    )


def _typed(column: pl.Expr, kind: ColumnType) -> pl.Expr:
    if kind == "boolean":
        return pl.when(column.is_not_null()).then(column.is_in(_TRUE))
    if kind == "date":
        return column.str.to_date("%Y-%m-%d", strict=True)
    if kind == "datetime":
        return column.str.to_datetime("%Y-%m-%dT%H:%M:%S%.f", time_unit="us", strict=True)
    return column.cast(_CASTS[kind], strict=True)
