"""What goes into reading and what comes out: options, the inspection, batches, rejects."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    import polars as pl


@dataclass(frozen=True, kw_only=True)
class ReadingOptions:
    """What the caller knows better than detection. None means: find out."""

    encoding: str | None = None
    #: One character or more. "" means that every line is one field.
    delimiter: str | None = None
    #: "" means that no character quotes.
    quotechar: str | None = None
    #: "" means that no character escapes (a doubled quote still stands for one).
    escapechar: str | None = None
    #: Spaces that follow a delimiter belong to it, not to the cell.
    skip_space: bool | None = None
    #: True: the first record (after skipped lines) is the header; False: there is none, columns
    #: are column_1, ...
    header: bool | None = None
    #: How many records make the header; their cells are joined by a space.
    header_rows: int | None = None
    #: Lines above the header to pass over.
    skip_lines: int | None = None
    #: True: a record that is too short is a row whose last cells are blank; False: it is
    #: rejected.
    pad_short: bool | None = None
    sheet: str | None = None


@dataclass(frozen=True, kw_only=True)
class Inspection:
    """What a file is. `rows` and `rejected` are exact when inspect_file counted (it streams the
    whole file).
    """

    format: str  # csv, xlsx
    encoding: str | None
    delimiter: str | None
    quotechar: str | None
    header: bool
    skip_lines: int
    sheet: str | None
    sheets: list[str]
    columns: list[str]
    rows: int
    rejected: int
    #: 0 to 1.
    confidence: float
    escapechar: str | None = None
    skip_space: bool = False
    header_rows: int = 1
    pad_short: bool = False
    #: The next best readings: [{"encoding": .., "delimiter": .., "confidence": ..}].
    alternatives: list[dict[str, Any]] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True, kw_only=True)
class Rejected:
    """A record that could not be placed. `record` counts data records from 1, `line` file lines
    from 1.
    """

    record: int
    line: int | None
    reason: str
    raw: str
    #: Where the record starts in the source, in bytes from 0; None in workbooks.
    byte_offset: int | None = None


@dataclass(frozen=True, kw_only=True)
class TableBatch:
    """Some records of the table, in order. Every column of `frame` is pl.String; blank cells
    are null.

    `records`: pl.UInt64 Series, the record number of each row (rejected records leave gaps).
    """

    frame: pl.DataFrame
    records: pl.Series
    rejected: list[Rejected]
    #: Share of the source read when this batch was, 0 to 1.
    share_read: float


class TableReader(Protocol):
    """A table opened for one pass. After `batches` ended, `inspection` has exact rows, rejected
    and warnings.
    """

    @property
    def inspection(self) -> Inspection: ...

    def batches(self) -> Iterator[TableBatch]: ...

    def count(self) -> Inspection:
        """Read all of it for the sake of the figures, without building the table."""
        ...
