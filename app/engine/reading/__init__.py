"""Bytes -> encoding -> dialect -> header -> table of text + rejected records."""

from __future__ import annotations

from pathlib import Path

from app.engine.reading.contract import (
    Inspection,
    ReadingOptions,
    Rejected,
    TableBatch,
    TableReader,
)
from app.engine.reading.source import format_of
from app.engine.reading.text_table import TextTable
from app.engine.reading.workbook import WorkbookTable

__all__ = [
    "Inspection",
    "ReadingOptions",
    "Rejected",
    "TableBatch",
    "TableReader",
    "inspect_file",
    "open_table",
]


def inspect_file(
    path: Path, options: ReadingOptions | None = None, *, filename: str | None = None
) -> Inspection:
    """What the file is, found by streaming it; it is never held in memory whole.

    `filename` is the name the user gave it, where its ending says more than the path's.
    Raises: SourceError.
    """
    return open_table(path, options, filename=filename).count()


def open_table(
    path: Path, options: ReadingOptions | None = None, *, filename: str | None = None
) -> TableReader:
    """The table in the file, read as text in batches.

    Raises: SourceError.
    """
    options = options or ReadingOptions()
    if format_of(path, filename) == "xlsx":
        return WorkbookTable(path, options)
    return TextTable(path, options)
