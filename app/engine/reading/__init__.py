"""Bytes -> encoding -> dialect -> header -> table of text + rejected records."""

from __future__ import annotations

import shutil
import weakref
from dataclasses import replace
from pathlib import Path

from app.engine.errors import SourceError
from app.engine.reading.contract import (
    Inspection,
    ReadingOptions,
    Rejected,
    TableBatch,
    TableReader,
)
from app.engine.reading.json_lines import JsonLinesTable
from app.engine.reading.packing import extracted
from app.engine.reading.parquet import ParquetTable
from app.engine.reading.source import source_of
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
    source = source_of(path, filename, options.sheet)
    if source.format == "text":
        return TextTable(source, options)
    if source.format == "jsonl":
        return JsonLinesTable(source, options)
    reader = WorkbookTable if source.format == "workbook" else ParquetTable
    if source.packed is None:
        return reader(path, options)
    unpacked = extracted(source.packed)
    if options.sheet == source.packed.member:
        options = replace(options, sheet=None)
    try:
        table = reader(unpacked, options)
    except SourceError:
        shutil.rmtree(unpacked.parent)
        raise
    weakref.finalize(table, shutil.rmtree, unpacked.parent, ignore_errors=True)
    return table
