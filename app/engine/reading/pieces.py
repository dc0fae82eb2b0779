"""What lanes make: stretches of the table, and where in the source they have come to."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import polars as pl
from numpy.typing import NDArray

from app.engine.reading.contract import Rejected
from app.engine.reading.records import Dialect

#: Characters of a rejected record that are kept.
RAW_LENGTH = 100_000
#: Taken for the separator of a table of one column, whose lines are not to be split.
UNUSED = "\x1f"


@dataclass(kw_only=True)
class Place:
    """Where reading is: what the next byte of the text (as UTF-8, below a byte order mark)
    belongs to.
    """

    line: int = 1
    record: int = 0
    offset: int = 0


@dataclass(kw_only=True)
class Piece:
    """Some records in order: rows and rejects. When they are only counted it holds neither text
    nor cells.
    """

    rows: int
    #: How much of the text it takes.
    size: int
    rejected: list[Rejected] = field(default_factory=list)
    #: Rows that are proven to be well-formed, as they stand.
    text: bytes = b""
    quoted_blanks: bool = False
    #: Rows that were read one by one. In order after those of `text`, unless `order` says
    #: otherwise.
    cells: list[list[str]] = field(default_factory=list)
    order: NDArray[np.int64] | None = None
    #: The record number of each row.
    numbers: NDArray[np.uint64] | None = None


def rejected(record: int, place: Place, reason: str, raw: str) -> Rejected:
    return Rejected(
        record=record,
        line=place.line,
        byte_offset=place.offset,
        reason=reason,
        raw=raw.rstrip("\r\n")[:RAW_LENGTH],
    )


def build(pieces: list[Piece], columns: list[str], dialect: Dialect) -> pl.DataFrame:
    """The rows of the pieces as one frame of text, blank cells null.

    Well-formed pieces that follow each other are parsed at once.
    """
    frames: list[pl.DataFrame] = []
    waiting: list[Piece] = []
    for piece in pieces:
        if piece.cells:
            frames += parsed(waiting, columns, dialect)
            waiting = []
            frame = pl.concat(
                [*parsed([piece], columns, dialect), from_cells(columns, piece.cells)]
            )
            frames.append(frame if piece.order is None else frame[piece.order])
        else:
            waiting.append(piece)
    frames += parsed(waiting, columns, dialect)
    if not frames:
        return pl.DataFrame(schema=dict.fromkeys(columns, pl.String))
    return pl.concat(frames)


def parsed(pieces: list[Piece], columns: list[str], dialect: Dialect) -> list[pl.DataFrame]:
    """The text of the pieces as one frame, or none when there is no text."""
    text = b"".join(piece.text for piece in pieces)
    if not text:
        return []
    frame = pl.read_csv(
        text,
        has_header=False,
        separator=dialect.delimiter or UNUSED,
        quote_char=dialect.quotechar or None,
        schema=dict.fromkeys(columns, pl.String),
    )
    if any(piece.quoted_blanks for piece in pieces):
        frame = frame.select(pl.when(pl.all() != "").then(pl.all()))
    return [frame]


def from_cells(columns: list[str], rows: list[list[str]]) -> pl.DataFrame:
    cells = zip(*rows, strict=True)
    return pl.DataFrame(
        [
            pl.Series(name, [cell or None for cell in column], dtype=pl.String)
            for name, column in zip(columns, cells, strict=True)
        ]
    )
