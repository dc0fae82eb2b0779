"""The clean table on its way out: CSV first, other formats made of it.

Every format is made from the clean CSV, so that a job's download, the command line and the
engine's one face write the same bytes.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path

from app.engine.errors import CannotWrite
from app.engine.module import ColumnType
from app.engine.writing.csv import CsvSink
from app.engine.writing.jsonl import write_jsonl
from app.engine.writing.parquet import write_parquet
from app.engine.writing.spreadsheet import write_safe_csv
from app.engine.writing.xlsx import write_safe_xlsx, write_xlsx

__all__ = ["FORMATS", "CsvSink", "convert", "format_of", "sync", "write_safe"]

_CONVERTERS: dict[str, Callable[[Path, Path, Mapping[str, ColumnType]], None]] = {
    "xlsx": write_xlsx,
    "parquet": write_parquet,
    "jsonl": write_jsonl,
}
FORMATS = ("csv", *_CONVERTERS)
_SAFE_WRITERS: dict[str, Callable[[Path, Path, Mapping[str, ColumnType]], int]] = {
    "csv": write_safe_csv,
    "xlsx": write_safe_xlsx,
}


def format_of(path: Path) -> str:
    """The format a file name asks for. Raises CannotWrite for an ending we do not write.

    >>> format_of(Path("clean.xlsx"))
    'xlsx'
    """
    ending = path.suffix.lower().removeprefix(".")
    if ending not in FORMATS:
        raise CannotWrite(
            f'"{path.name}" ends in none of the formats that can be written: '
            f"{', '.join(FORMATS)}."
        )
    return ending


def convert(source: Path, target: Path, format: str, types: Mapping[str, ColumnType]) -> None:
    """Make `target` of the clean CSV `source`. `types`: what typed columns hold; the others are
    text.

    Raises CannotWrite when the format cannot hold the table; then there is no target.
    """
    try:
        _CONVERTERS[format](source, target, types)
        sync(target)
    except BaseException:
        target.unlink(missing_ok=True)
        raise


def write_safe(source: Path, target: Path, format: str, types: Mapping[str, ColumnType]) -> int:
    """As `convert`, for csv or xlsx, with what a spreadsheet would take for a formula marked as
    text. How many cells that were.
    """
    try:
        marked = _SAFE_WRITERS[format](source, target, types)
        sync(target)
    except BaseException:
        target.unlink(missing_ok=True)
        raise
    return marked


def sync(path: Path) -> None:
    """The file's bytes are on the disk when this returns."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
