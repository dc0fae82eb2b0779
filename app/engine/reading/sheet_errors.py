"""Error cells of an xlsx sheet (#DIV/0!, #N/A, ...): Calamine hands them on as blank.

They are looked up in the sheet's own XML, so that no cell becomes blank in silence.
"""

from __future__ import annotations

import posixpath
import re
import zipfile
import zlib
from collections import defaultdict
from collections.abc import Iterator
from html import unescape
from pathlib import Path

#: row -> column -> text, both counted from 0.
Errors = dict[int, dict[int, str]]

SHEET = re.compile(rb"<(?:\w+:)?sheet\s[^>]*>")
RELATION = re.compile(rb"<(?:\w+:)?Relationship\s[^>]*>")
ATTRIBUTE = re.compile(rb'([\w:]+)\s*=\s*"([^"]*)"')
#: A cell of type e, with its formula or none, and its value.
ERROR_CELL = re.compile(
    rb'<c\s(?=[^>]*\bt="e")[^>]*\br="([A-Z]{1,3})(\d{1,7})"[^>]*>'
    rb"(?:<f[^>]*/>|<f[^>]*>[^<]*</f>)?<v>([^<]{1,40})</v>"
)
#: A cell may be cut by the end of a chunk; none that matters is longer.
OVERLAP = 16 * 1024
CHUNK = 1024 * 1024


def error_cells(path: Path, sheet: str) -> Errors:
    """The error cells of the sheet; none for a workbook that is not xlsx or xlsm."""
    errors: Errors = defaultdict(dict)
    try:
        with zipfile.ZipFile(path) as archive:
            part = part_of(archive, sheet)
            for column, row, text in cells(archive, part) if part else ():
                errors[int(row) - 1][column_number(column)] = unescape(text.decode())
    except (zipfile.BadZipFile, zlib.error, OSError, EOFError, UnicodeDecodeError, KeyError):
        # Calamine has read the sheet all the same: then only these texts are missing.
        return {}
    return dict(errors)


def part_of(archive: zipfile.ZipFile, sheet: str) -> str | None:
    """The name of the part that holds the sheet."""
    if "xl/workbook.xml" not in archive.namelist():
        return None
    targets = {
        relation["Id"]: relation.get("Target", "")
        for relation in tags(archive, "xl/_rels/workbook.xml.rels", RELATION)
        if "Id" in relation
    }
    for tag in tags(archive, "xl/workbook.xml", SHEET):
        target = targets.get(tag.get("r:id", ""))
        if tag.get("name") == sheet and target:
            # Relative to xl/, or from the root when it starts with a slash.
            return posixpath.normpath(posixpath.join("/xl", target)).lstrip("/")
    return None


def tags(
    archive: zipfile.ZipFile, part: str, pattern: re.Pattern[bytes]
) -> Iterator[dict[str, str]]:
    for match in pattern.finditer(archive.read(part)):
        yield {
            name.decode(): unescape(value.decode())
            for name, value in ATTRIBUTE.findall(match.group())
        }


def cells(archive: zipfile.ZipFile, part: str) -> Iterator[tuple[bytes, bytes, bytes]]:
    rest = b""
    with archive.open(part) as file:
        while chunk := file.read(CHUNK):
            text = rest + chunk
            end = 0
            for match in ERROR_CELL.finditer(text):
                end = match.end()
                column, row, value = match.groups()
                yield column, row, value
            rest = text[max(end, len(text) - OVERLAP) :]


def column_number(letters: bytes) -> int:
    """
    >>> column_number(b"A"), column_number(b"AB")
    (0, 27)
    """
    number = 0
    for letter in letters:
        number = number * 26 + letter - ord("A") + 1
    return number - 1
