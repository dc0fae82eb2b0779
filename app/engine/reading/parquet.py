"""Parquet: typed columns, read as the text they would be written as."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import polars as pl

from app.engine.errors import SourceError
from app.engine.reading.contract import Inspection, ReadingOptions, TableBatch
from app.engine.reading.names import unique_names

BATCH_ROWS, BATCH_CELLS = 131_072, 4_000_000
#: What Polars raises over a damaged file.
DAMAGE = (pl.exceptions.PolarsError, pl.exceptions.PanicException, OSError)


class ParquetTable:
    """A Parquet file as a table."""

    def __init__(self, path: Path, options: ReadingOptions) -> None:
        try:
            self._frame = pl.scan_parquet(path, glob=False)
            schema = self._frame.collect_schema()
            self._total = int(self._frame.select(pl.len()).collect().item())
        except DAMAGE as error:
            raise broken(error) from None
        self.columns, self._warnings = unique_names(schema.names())
        self._texts = [
            as_text(name, dtype).alias(column)
            for (name, dtype), column in zip(schema.items(), self.columns, strict=True)
        ]
        self._rows = 0

    @property
    def inspection(self) -> Inspection:
        return Inspection(
            format="parquet",
            encoding=None,
            delimiter=None,
            quotechar=None,
            header=True,
            skip_lines=0,
            sheet=None,
            sheets=[],
            columns=self.columns,
            rows=self._rows,
            rejected=0,
            confidence=1.0,
            warnings=self._warnings,
        )

    def count(self) -> Inspection:
        self._rows = self._total
        return self.inspection

    def batches(self) -> Iterator[TableBatch]:
        size = max(1, min(BATCH_ROWS, BATCH_CELLS // max(1, len(self.columns))))
        texts = self._frame.select(self._texts)
        self._rows = 0
        try:
            for frame in texts.collect_batches(chunk_size=size, maintain_order=True):
                if frame.height:
                    yield self._batch(frame)
        except DAMAGE as error:
            raise broken(error) from None
        if not self._rows:
            yield self._batch(pl.DataFrame(schema=dict.fromkeys(self.columns, pl.String)))

    def _batch(self, frame: pl.DataFrame) -> TableBatch:
        first = self._rows + 1
        self._rows += frame.height
        return TableBatch(
            frame=frame.select(pl.when(pl.all() != "").then(pl.all())),
            records=pl.int_range(first, first + frame.height, dtype=pl.UInt64, eager=True),
            rejected=[],
            share_read=self._rows / max(1, self._total),
        )


def as_text(name: str, dtype: pl.DataType) -> pl.Expr:
    """The column as text: nested values as JSON, bytes in hexadecimal, moments in ISO 8601."""
    column = pl.col(name)
    if isinstance(dtype, pl.Datetime):
        return column.dt.to_string("iso")
    if isinstance(dtype, pl.Binary):
        return column.bin.encode("hex")
    if isinstance(dtype, pl.Struct):
        return column.struct.json_encode()
    if isinstance(dtype, pl.List | pl.Array):
        # {"":[...]}: a list has no JSON of its own in Polars.
        boxed = pl.struct(column.alias("")).struct.json_encode()
        return pl.when(column.is_not_null()).then(boxed.str.slice(4).str.head(-1))
    if isinstance(dtype, pl.Duration):
        return column.dt.to_string("iso")
    return column.cast(pl.String)


def broken(error: BaseException) -> SourceError:
    detail = str(error).splitlines()[0].rstrip(".")
    return SourceError("broken_file", f"The Parquet file is damaged: {detail}.")
