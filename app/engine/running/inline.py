"""A small table given in a request: {column: [values]}."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import polars as pl

from app.engine.errors import SourceError
from app.engine.module import ColumnType
from app.engine.reading import Inspection, TableBatch
from app.engine.reading.names import is_pattern


class InlineTable:
    """The table as text, read like a file. `types` says what JSON said of whole columns, so
    that what no module touches goes back as it came.

    Raises SourceError (bad_data): columns of unequal length, values that are no cells.
    """

    def __init__(self, data: dict[str, list[Any]]) -> None:
        if len({len(values) for values in data.values()}) > 1:
            raise _refusal("The columns are not of the same length.")
        for name in data:
            if is_pattern(name):
                raise _refusal(f'A column cannot be called "{name}".')
        self._frame = pl.DataFrame(
            {name: _as_text(name, values) for name, values in data.items()},
            schema=dict.fromkeys(data, pl.String),
        )
        self.types = {name: _type_of(values) for name, values in data.items()}
        self.inspection = Inspection(
            format="json",
            encoding=None,
            delimiter=None,
            quotechar=None,
            header=True,
            skip_lines=0,
            sheet=None,
            sheets=[],
            columns=list(data),
            rows=self._frame.height,
            rejected=0,
            confidence=1.0,
        )

    def count(self) -> Inspection:
        return self.inspection

    def batches(self) -> Iterator[TableBatch]:
        records = pl.int_range(1, self._frame.height + 1, dtype=pl.UInt64, eager=True)
        yield TableBatch(frame=self._frame, records=records, rejected=[], share_read=1.0)


def _as_text(name: str, values: list[Any]) -> list[str | None]:
    return [None if value is None or value == "" else _cell(name, value) for value in values]


def _cell(name: str, value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str | int | float):
        return str(value)
    raise _refusal(
        f'Column "{name}" has a value that is neither text, number, true, false nor null.'
    )


def _refusal(message: str) -> SourceError:
    return SourceError("bad_data", message)


def _type_of(values: list[Any]) -> ColumnType:
    kinds = {type(value) for value in values if value is not None}
    if kinds == {bool}:
        return "boolean"
    if kinds == {int}:
        return "integer"
    if kinds and kinds <= {int, float}:
        return "number"
    return "text"
