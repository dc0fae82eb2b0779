"""Cells that a spreadsheet would take for formulas, marked so that it takes them for texts.

In CSV the mark is an apostrophe before the text. It can be taken away exactly: whatever begins
with apostrophes and then one of the signs gets one more, so a reader who takes one from each
such cell has every text as it was. In a workbook it is the mark Excel itself has for this, and
no text changes.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import polars as pl

from app.engine.module import ColumnType
from app.engine.writing.csv import CsvSink
from app.engine.writing.typed import scan_clean

#: What begins a formula (https://owasp.org/www-community/attacks/CSV_Injection). One alone is
#: none.
_FORMULA = r"^[=+\-@\t\r](?s:.)"
#: A sign before nothing but a number is no formula, however its thousands are written.
_NUMBER = r"^[+-][0-9][0-9.,' \u00a0\u202f]*(?:[eE][+-]?[0-9]+)?\s*%?$"
#: What could be mistaken for a marked cell.
_MARKED = r"^'+[=+\-@\t\r]"


def is_formula(text: pl.Expr) -> pl.Expr:
    """Which texts a spreadsheet would compute. A number is never among them.

    >>> cells = ["=1+1", "-2+3", "@SUM(A1)", "-5", "+90 532", "-1.234,50 %", "-", "a=b"]
    >>> pl.select(is_formula(pl.lit(pl.Series(cells)))).to_series().to_list()
    [True, True, True, False, False, False, False, False]
    """
    return text.str.contains(_FORMULA) & ~text.str.contains(_NUMBER)


def write_safe_csv(source: Path, target: Path, types: Mapping[str, ColumnType]) -> int:
    """The clean CSV with its formulas marked, headers included; how many cells got a mark."""
    table = scan_clean(source, {})
    names = table.collect_schema().names()
    texts = [name for name in names if types.get(name, "text") == "text"]
    header = pl.DataFrame({"name": names}, schema={"name": pl.String})
    sink = CsvSink(target)
    try:
        header, marked = _marked(header, ["name"])
        sink.begin(header["name"].to_list())
        for batch in table.collect_batches(maintain_order=True):
            safe, count = _marked(batch, texts)
            sink.write(safe)
            marked += count
    finally:
        sink.close()
    return marked


def _marked(batch: pl.DataFrame, texts: list[str]) -> tuple[pl.DataFrame, int]:
    """The batch with its formulas marked, and how many there are."""
    needs_mark = is_formula(pl.col(texts)) | pl.col(texts).str.contains(_MARKED)
    masks = batch.select(needs_mark.fill_null(False))
    marked = batch.with_columns(
        pl.when(masks[name]).then(pl.concat_str(pl.lit("'"), name)).otherwise(name).alias(name)
        for name in texts
    )
    return marked, sum(int(mask.sum()) for mask in masks)
