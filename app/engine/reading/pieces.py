"""What lanes make: stretches of the table, and where in the source they have come to."""

from __future__ import annotations

from concurrent.futures import Future
from dataclasses import dataclass, field

import polars as pl

from app.engine.reading.contract import Rejected

#: Characters of a rejected record that are kept.
RAW_LENGTH = 100_000


@dataclass(kw_only=True)
class Place:
    """Where reading is: what the next byte of the text (as UTF-8, below a byte order mark) belongs to."""

    line: int = 1
    record: int = 0
    offset: int = 0


@dataclass(kw_only=True)
class Piece:
    """Some records in order: rows and rejects. Without a frame when they are only counted."""

    rows: int
    #: How much of the text it takes.
    size: int
    rejected: list[Rejected] = field(default_factory=list)
    #: Parsed in another thread while the next stretch is proven.
    frame: Future[pl.DataFrame] | None = None
    #: The record number of each row.
    records: pl.Series | None = None


def rejected(record: int, place: Place, reason: str, raw: str) -> Rejected:
    return Rejected(
        record=record,
        line=place.line,
        byte_offset=place.offset,
        reason=reason,
        raw=raw.rstrip("\r\n")[:RAW_LENGTH],
    )


def from_rows(columns: list[str], rows: list[list[str]]) -> pl.DataFrame:
    """Rows of cells as a frame of text, blank cells null."""
    cells = zip(*rows, strict=True)
    return pl.DataFrame(
        [
            pl.Series(name, [cell or None for cell in column], dtype=pl.String)
            for name, column in zip(columns, cells, strict=True)
        ]
    )
