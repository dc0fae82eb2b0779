"""The bytes of a file, block by block, however it is packed, as often as they are asked for."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from app.engine.reading import packing
from app.engine.reading.packing import Packed, too_large

#: Small enough that what is made of a block is not given back to the system and fetched again
#: for the next.
BLOCK_BYTES = 256 * 1024


class ByteStream:
    """Iterate to read. `share_read` tells how much of the file the last reader has had."""

    def __init__(self, path: Path, packed: Packed | None = None) -> None:
        self.path = path
        self.packed = packed
        #: Bytes of the text that were read.
        self.bytes_read = 0
        self._size = max(1, path.stat().st_size)
        self._position = 0

    @property
    def share_read(self) -> float:
        return min(1.0, self._position / self._size)

    def __iter__(self) -> Iterator[bytes]:
        self.bytes_read = 0
        for block in self._plain() if self.packed is None else self._unpacked(self.packed):
            self.bytes_read += len(block)
            yield block

    def head(self, size: int) -> bytes:
        start = bytearray()
        for block in self:
            start += block
            if len(start) >= size:
                break
        return bytes(start[:size])

    def _plain(self) -> Iterator[bytes]:
        with self.path.open("rb") as file:
            while block := file.read(BLOCK_BYTES):
                self._position = file.tell()
                yield block

    def _unpacked(self, packed: Packed) -> Iterator[bytes]:
        with packed.opened() as (file, raw):
            left = packing.MAX_UNPACKED_BYTES
            while block := file.read(BLOCK_BYTES):
                left -= len(block)
                if left < 0:
                    raise too_large()
                self._position = raw.tell()
                yield block
