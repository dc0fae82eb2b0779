"""What kind of file it is, by its first bytes, and by its name where they say nothing."""

from __future__ import annotations

import zipfile
from pathlib import Path

from app.engine.errors import SourceError

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ZIP = (b"PK\x03\x04", b"PK\x05\x06")

#: Files that are surely no table, by their first bytes.
KNOWN = [
    (b"%PDF", "a PDF document"),
    (b"\x89PNG", "a PNG picture"),
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"GIF8", "a GIF picture"),
    (b"\x7fELF", "a program"),
    (b"MZ\x90", "a program"),
    (b"Rar!", "a RAR archive"),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive"),
    (b"SQLite format 3\x00", "an SQLite database"),
]


def format_of(path: Path, filename: str | None) -> str:
    """csv or xlsx.

    Raises: SourceError empty_file, binary_file, broken_workbook, unsupported_format.
    """
    try:
        with path.open("rb") as file:
            head = file.read(64)
    except OSError as error:
        raise SourceError(
            "unreadable_file", f"The file cannot be opened: {error.strerror}."
        ) from None
    name = (filename or path.name).lower()
    if not head:
        raise SourceError("empty_file", "The file is empty.")
    for magic, what in KNOWN:
        if head.startswith(magic):
            raise SourceError("binary_file", f"The file is {what}, not a table.")
    if head.startswith(ZIP):
        return zipped_format(path, name)
    if head.startswith(OLE):
        return "xlsx"
    if name.endswith((".xlsx", ".xlsm")):
        raise SourceError(
            "broken_workbook", "The file is called a workbook but does not hold one."
        )
    return "csv"


def zipped_format(path: Path, name: str) -> str:
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.namelist()
    except (zipfile.BadZipFile, OSError, NotImplementedError) as error:
        raise SourceError(
            "broken_workbook", f"The file is a damaged archive or workbook: {error}."
        ) from None
    if any(entry.startswith("xl/") for entry in entries):
        return "xlsx"
    raise SourceError("unsupported_format", "The file is an archive, not a table.")
