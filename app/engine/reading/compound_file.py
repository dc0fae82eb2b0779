"""The container of .xls workbooks: whether its chains of sectors end.

A compound file is a small file system. Its allocation table says for each sector which one
comes next; in a damaged file a chain may run in a circle, and a reader that follows it fills
all memory.

Source: [MS-CFB], Compound File Binary File Format, sections 2.2 to 2.6.
"""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from app.engine.errors import SourceError

HEADER = struct.Struct("<8s16sHHHHH6xIIIIIIIII")
HEADER_BYTES = 512
#: Sector numbers from here on are marks: free, end of chain, table of sectors.
FIRST_MARK = 0xFFFFFFFA
Table = NDArray[np.uint32]


def check_chains(path: Path) -> None:
    """Raises SourceError broken_workbook when a chain runs in a circle or out of the file."""
    data = np.memmap(path, dtype=np.uint8, mode="r")
    if len(data) < HEADER_BYTES:
        raise broken()
    fields = HEADER.unpack(data[: HEADER.size].tobytes())
    shift = fields[5]
    if shift not in (9, 12):
        raise broken()
    sectors = Sectors(data, 1 << shift)
    first_mini, first_difat = fields[12], fields[14]
    table = sectors.joined(sectors.table_sectors(first_difat))
    check(table, sectors.count)
    check(sectors.joined(chain(table, first_mini)), None)


class Sectors:
    def __init__(self, data: NDArray[np.uint8], size: int) -> None:
        self.data = data
        self.size = size
        self.count = max(0, -(-len(data) // size) - 1)

    def words(self, number: int) -> Table:
        """The sector as 32-bit words; short when the file ends within it."""
        start = (number + 1) * self.size
        block = self.data[start : start + self.size]
        return np.asarray(block[: len(block) // 4 * 4]).view("<u4")

    def joined(self, numbers: list[int]) -> Table:
        parts = [self.words(number) for number in numbers]
        return np.concatenate(parts) if parts else np.empty(0, dtype=np.uint32)

    def table_sectors(self, first_difat: int) -> list[int]:
        """Those that hold the allocation table: 109 named in the header, more in a chain."""
        named = np.asarray(self.data[76:HEADER_BYTES]).view("<u4").tolist()
        seen: set[int] = set()
        following = first_difat
        while following < FIRST_MARK:
            words = self.words(following).tolist()
            if following in seen or not words:
                raise broken()
            seen.add(following)
            named += words[:-1]
            following = words[-1]
        used = [number for number in named if number < FIRST_MARK]
        if len(used) > self.count or any(number >= self.count for number in used):
            raise broken()
        return used


def chain(table: Table, first: int) -> list[int]:
    """The sectors from `first` on; `table` has been checked."""
    numbers: list[int] = []
    while first < len(table):
        numbers.append(first)
        first = int(table[first])
    return numbers


def check(table: Table, count: int | None) -> None:
    """Raises SourceError broken_workbook when following the table from anywhere never ends."""
    following = table.astype(np.int64)
    limit = len(table) if count is None else min(len(table), count)
    inside = following < limit
    if bool((~inside & (following < FIRST_MARK)).any()):
        raise broken()
    # Each round looks twice as far ahead; what has not ended after as many steps as there are
    # sectors goes in a circle.
    following = np.where(inside, following, -1)
    for _ in range(max(1, len(table)).bit_length()):
        following = np.where(following >= 0, following[following], -1)
    if bool((following >= 0).any()):
        raise broken()


def broken() -> SourceError:
    return SourceError(
        "broken_workbook", "The workbook is damaged: its parts cannot be put together."
    )
