"""Changes below the packing: a bit turned in an archive only ever shows that it is damaged."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import random
import re
import zipfile
from collections.abc import Callable

import zstandard

from tests.fuzz.seeds import zipped

Change = Callable[[bytes], bytes]

PACKINGS: list[tuple[bytes, Callable[[bytes], bytes], Callable[[bytes], bytes]]] = [
    (b"\x1f\x8b", gzip.decompress, lambda content: gzip.compress(content, mtime=0)),
    (b"\x28\xb5\x2f\xfd", zstandard.decompress, zstandard.compress),
    (b"BZh", bz2.decompress, bz2.compress),
    (b"\xfd7zXZ\x00", lzma.decompress, lzma.compress),
]
NUMBER = re.compile(rb"[0-9]+")
#: Counts, indexes and dates that files claim and readers believe.
CLAIMS = [b"0", b"-1", b"65535", b"65536", b"1048576", b"1048577", b"2147483648",
          b"99999999999999999999", b"1e308", b"NaN", b""]  # fmt: skip


def mutated(content: bytes, rng: random.Random, change: Change) -> bytes:
    """The file, changed by `change` as it is, or in what it holds, or with a number in it
    replaced.
    """
    if rng.random() < 0.25:
        return change(content)
    if content.startswith(b"PK\x03\x04"):
        return in_archive(content, rng, change)
    for magic, unpack, pack in PACKINGS:
        if content.startswith(magic):
            try:
                inner = unpack(content)
            except Exception:  # noqa: BLE001 - an earlier change broke it in one of many ways
                return change(content)
            return pack(mutated(inner, rng, change))
    return claim(content, rng) if rng.random() < 0.3 else change(content)


def in_archive(content: bytes, rng: random.Random, change: Change) -> bytes:
    """The archive with one of its members changed, or left out."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = {name: archive.read(name) for name in archive.namelist()}
    except Exception:  # noqa: BLE001 - as above
        return change(content)
    if not members:
        return change(content)
    name = rng.choice(list(members))
    if rng.random() < 0.05:
        del members[name]
    else:
        members[name] = mutated(members[name], rng, change)
    return zipped(members)


def claim(content: bytes, rng: random.Random) -> bytes:
    """The content with one of the numbers in it replaced."""
    numbers = list(NUMBER.finditer(content))
    if not numbers:
        return content
    found = rng.choice(numbers)
    return content[: found.start()] + rng.choice(CLAIMS) + content[found.end() :]
