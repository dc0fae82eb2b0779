"""What kind of file it is, by its first bytes, and by its name where they say nothing.

A name may be wrong (exports of tab-separated text called .xls are common), first bytes rarely
are.
"""

from __future__ import annotations

import zipfile
from dataclasses import dataclass
from pathlib import Path

from app.engine.errors import SourceError
from app.engine.reading.packing import Packed, unpacked_head
from app.engine.reading.packing import packed as packed_in

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ZIP = (b"PK\x03\x04", b"PK\x05\x06")
HEAD_BYTES = 4096

#: Files that are surely no table, by their first bytes.
NO_TABLES = [
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
#: Files that hold tables in a way that is not read here.
OTHER_TABLES = [
    (b"ARROW1", "an Arrow file"),
    (b"Obj\x01", "an Avro file"),
    (b"ORC", "an ORC file"),
    (b"<!doctype html", "an HTML page"),
    (b"<html", "an HTML page"),
    (b"<?xml", "an XML document"),
]


@dataclass(frozen=True, kw_only=True)
class Source:
    """A file: what it is (text, workbook, parquet or jsonl), and how it is packed."""

    path: Path
    format: str
    packed: Packed | None = None
    warnings: tuple[str, ...] = ()


def source_of(path: Path, filename: str | None, sheet: str | None = None) -> Source:
    """What the file is; of an archive of several files the one called `sheet`, or the first.

    Raises: SourceError empty_file, unreadable_file, binary_file, broken_workbook,
    broken_archive,
        encrypted_archive, no_such_sheet, unsupported_format.
    """
    name = (filename or path.name).lower()
    try:
        with path.open("rb") as file:
            head = file.read(HEAD_BYTES)
    except OSError as error:
        raise SourceError(
            "unreadable_file", f"The file cannot be opened: {error.strerror}."
        ) from None
    if head.startswith(ZIP) and is_workbook(path):
        return Source(path=path, format="workbook")
    packed = packed_in(path, head, member=sheet)
    if packed is not None:
        name = (packed.member or name.rpartition(".")[0]).lower()
        head = unpacked_head(packed, HEAD_BYTES)
    format_ = format_of(head, name)
    if packed is not None and sheet not in (None, packed.member) and format_ != "workbook":
        raise no_such_member(packed, sheet)
    warnings: tuple[str, ...] = ()
    if format_ == "text" and name.endswith((".xlsx", ".xlsm", ".xls", ".xlsb", ".ods")):
        warnings = ("The file is called a workbook but holds text, and is read as text",)
    return Source(path=path, format=format_, packed=packed, warnings=warnings)


def no_such_member(packed: Packed, name: str | None) -> SourceError:
    members = ", ".join(packed.members[:20]) or "no files of its own"
    return SourceError("no_such_sheet", f"The archive has no file {name!r}; it has: {members}.")


def format_of(head: bytes, name: str) -> str:
    """text, workbook, parquet or jsonl.

    >>> format_of(b"PAR1...", "x"), format_of(b'{"a": 1}', "x.csv"), format_of(b"a,b", "x.xls")
    ('parquet', 'jsonl', 'text')
    """
    if not head:
        raise SourceError("empty_file", "The file is empty.")
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    for magic, what in NO_TABLES:
        if head.startswith(magic):
            raise SourceError("binary_file", f"The file is {what}, not a table.")
    for magic, what in OTHER_TABLES:
        if head.startswith(magic) or start.startswith(magic):
            raise SourceError(
                "unsupported_format", f"The file is {what}, which is not read here."
            )
    if head[257:262] == b"ustar":
        raise SourceError("unsupported_format", "The file is a tar archive, not a table.")
    if head.startswith((OLE, *ZIP)):
        return "workbook"
    if head.startswith(b"PAR1"):
        return "parquet"
    if looks_like_json_lines(start) or name.endswith((".jsonl", ".ndjson")):
        return "jsonl"
    return "text"


def looks_like_json_lines(start: bytes) -> bool:
    return start.startswith(b'{"') and b'":' in start


def is_workbook(path: Path) -> bool:
    """Whether the archive is a workbook's: xlsx, xlsm, xlsb or ods.

    Raises: SourceError broken_workbook when it cannot be opened.
    """
    entries = {entry.replace("\\", "/").lstrip("/") for entry in entries_of(path)}
    return "[Content_Types].xml" in entries or {"content.xml", "mimetype"} <= entries


def entries_of(path: Path) -> set[str]:
    """The names of all that is in the archive.

    Raises: SourceError broken_workbook when it cannot be opened.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            return set(archive.namelist())
    except (zipfile.BadZipFile, OSError, NotImplementedError) as error:
        raise SourceError(
            "broken_workbook", f"The file is a damaged archive or workbook: {error}."
        ) from None
