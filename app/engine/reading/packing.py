"""Packed files: gz, zst, bz2, xz, and zip archives, unpacked as a stream each time they are
read.

Nothing is written to disk, but for formats that must be read back and forth (`extracted`).
"""

from __future__ import annotations

import bz2
import gzip
import lzma
import shutil
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, Protocol, cast

import zstandard

from app.engine.errors import SourceError

#: What a file may unpack to. Text streams through, so this bounds time and disk, not memory.
MAX_UNPACKED_BYTES = 64 * 1024**3
BLOCK_BYTES = 1024 * 1024


class Readable(Protocol):
    def read(self, size: int = -1, /) -> bytes: ...

    def close(self) -> None: ...


def ungzip(raw: BinaryIO) -> Readable:
    return cast(Readable, gzip.GzipFile(fileobj=raw))


class Zstd:
    """A .zst file, unpacked; zstandard's own reader does not mind when the end is missing."""

    def __init__(self, raw: BinaryIO) -> None:
        self._reader = zstandard.ZstdDecompressor().stream_reader(raw, read_across_frames=True)
        head = raw.read(18)
        raw.seek(0)
        self._missing = zstandard.get_frame_parameters(head).content_size
        if self._missing == zstandard.CONTENTSIZE_UNKNOWN:
            self._missing = 0

    def read(self, size: int = -1, /) -> bytes:
        block: bytes = self._reader.read(size)
        self._missing -= len(block)
        if not block and self._missing > 0:
            raise EOFError("it ends before its end")
        return block

    def close(self) -> None:
        self._reader.close()  # type: ignore[no-untyped-call]


UNPACKERS: list[tuple[bytes, Callable[[BinaryIO], Readable]]] = [
    (b"\x1f\x8b", ungzip),
    (b"\x28\xb5\x2f\xfd", Zstd),
    (b"BZh", bz2.BZ2File),
    (b"\xfd7zXZ\x00", lzma.LZMAFile),
]
#: What a damaged or cut file makes the unpackers raise.
DAMAGE = (
    OSError,
    EOFError,
    zlib.error,
    lzma.LZMAError,
    zstandard.ZstdError,
    zipfile.BadZipFile,
)


@dataclass(frozen=True, kw_only=True)
class Packed:
    """How the file is packed. In a zip archive: which of its members is meant."""

    path: Path
    unpack: Callable[[BinaryIO], Readable] | None = None
    member: str | None = None
    members: list[str] = field(default_factory=list)

    @contextmanager
    def opened(self) -> Iterator[tuple[Readable, BinaryIO]]:
        """(the unpacked bytes, the file they come from).

        Raises: SourceError broken_archive, encrypted_archive.
        """
        with ExitStack() as stack:
            raw = stack.enter_context(self.path.open("rb"))
            try:
                if self.member is not None:
                    archive = stack.enter_context(zipfile.ZipFile(raw))
                    yield stack.enter_context(archive.open(self.member)), raw
                elif self.unpack is not None:
                    yield stack.enter_context(closing(self.unpack(raw))), raw
            except DAMAGE as error:
                raise broken(error) from None
            except (RuntimeError, NotImplementedError) as error:
                # zipfile's word for a member that asks for a password, or is packed in a rare
                # way.
                raise SourceError(
                    "encrypted_archive", f"The archive cannot be opened: {error}."
                ) from None


def packed(path: Path, head: bytes, member: str | None) -> Packed | None:
    """How the file is packed, None when it is not. Of an archive: `member`, or the first file.

    Raises: SourceError broken_archive, empty_file.
    """
    for magic, unpack in UNPACKERS:
        if head.startswith(magic):
            return Packed(path=path, unpack=unpack)
    if not head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return None
    try:
        with zipfile.ZipFile(path) as archive:
            members = [info.filename for info in archive.infolist() if is_file(info)]
    except DAMAGE as error:
        raise broken(error) from None
    if not members:
        raise SourceError("empty_file", "The archive holds no file.")
    return Packed(
        path=path, member=member if member in members else members[0], members=members
    )


def is_file(info: zipfile.ZipInfo) -> bool:
    """Not a folder, nor what macOS adds, nor without a name in a damaged archive."""
    name = info.filename.rpartition("/")[2]
    hidden = info.filename.startswith("__MACOSX/") or name.startswith(".")
    return bool(name) and not hidden


def unpacked_head(source: Packed, size: int) -> bytes:
    with source.opened() as (file, _):
        return file.read(size)


def extracted(source: Packed) -> Path:
    """The unpacked file, in a temporary folder of its own that the caller must remove.

    Raises: SourceError archive_too_large, broken_archive, encrypted_archive.
    """
    folder = Path(tempfile.mkdtemp(prefix="neatdata-"))
    try:
        with source.opened() as (file, _), (folder / "file").open("wb") as target:
            left = MAX_UNPACKED_BYTES
            while block := file.read(BLOCK_BYTES):
                left -= len(block)
                if left < 0:
                    raise too_large()
                target.write(block)
    except SourceError:
        shutil.rmtree(folder)
        raise
    return folder / "file"


def broken(error: Exception) -> SourceError:
    detail = str(error).rstrip(".") or type(error).__name__
    return SourceError("broken_archive", f"The packed file is damaged or cut: {detail}.")


def too_large() -> SourceError:
    gib = MAX_UNPACKED_BYTES // 1024**3
    return SourceError("archive_too_large", f"The file unpacks to more than {gib} GiB.")
