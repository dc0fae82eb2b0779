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
from app.engine.writing.xlsx import write_xlsx

__all__ = ["FORMATS", "CsvSink", "convert", "format_of", "sync"]

_CONVERTERS: dict[str, Callable[[Path, Path, Mapping[str, ColumnType]], None]] = {
    "xlsx": write_xlsx,
    "parquet": write_parquet,
    "jsonl": write_jsonl,
}
FORMATS = ("csv", *_CONVERTERS)


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


def sync(path: Path) -> None:
    """The file's bytes are on the disk when this returns."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
