"""Bytes -> encoding -> dialect -> header -> table of text + rejected records. To be built behind these names."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    import polars as pl


@dataclass(frozen=True, kw_only=True)
class ReadingOptions:
    """What the caller knows better than detection. None means: find out."""

    encoding: str | None = None
    delimiter: str | None = None
    quotechar: str | None = None
    #: True: the first record (after skipped lines) is the header; False: there is none, columns are column_1, ...
    header: bool | None = None
    #: Lines above the header to pass over.
    skip_lines: int | None = None
    sheet: str | None = None


@dataclass(frozen=True, kw_only=True)
class Inspection:
    """What a file is. `rows` and `rejected` are exact when inspect_file counted (it streams the whole file)."""

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
    #: The next best readings: [{"encoding": .., "delimiter": .., "confidence": ..}].
    alternatives: list[dict[str, Any]] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True, kw_only=True)
class Rejected:
    """A record that could not be placed. `record` counts data records from 1, `line` file lines from 1."""

    record: int
    line: int | None
    reason: str
    raw: str


@dataclass(frozen=True, kw_only=True)
class TableBatch:
    """Some records of the table, in order. Every column of `frame` is pl.String; blank cells are null.

    `records`: pl.UInt64 Series, the record number of each row (rejected records leave gaps).
    """

    frame: pl.DataFrame
    records: pl.Series
    rejected: list[Rejected]
    #: Share of the source read when this batch was, 0 to 1.
    share_read: float


class TableReader(Protocol):
    """A table opened for one pass."""

    inspection: Inspection

    def batches(self) -> Iterator[TableBatch]: ...


def inspect_file(
    path: Path, options: ReadingOptions | None = None, *, filename: str | None = None
) -> Inspection:
    """What the file is, found by streaming it once; it is never held in memory whole.

    `filename` is the name the user gave it, where its ending says more than the path's.
    """
    raise NotImplementedError


def open_table(
    path: Path, options: ReadingOptions | None = None, *, filename: str | None = None
) -> TableReader:
    """The table in the file, read as text in batches."""
    raise NotImplementedError
