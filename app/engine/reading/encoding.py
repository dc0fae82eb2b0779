"""Bytes -> text: which encoding the whole file is in, and the file as a stream of UTF-8.

UTF-8 proves itself: text in another encoding is practically never valid UTF-8 by chance. So a file
is UTF-8 when all of it decodes, or all but a few bytes. What is not goes to chardet, which is shown
the places where the file is not ASCII, from the whole of it.
"""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import chardet
import numpy as np

from app.engine.errors import SourceError

BLOCK_BYTES = 4 * 1024 * 1024
#: What chardet is shown: lines that are not ASCII, gathered from the whole file.
EVIDENCE_BYTES = 128 * 1024
#: A file stays UTF-8 when at least this many of its non-ASCII characters are sound for each that is not.
SOUND_PER_FAULT = 8
#: Undecodable bytes named in a warning; all are counted.
NAMED_FAULTS = 20

BOMS = [
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
]
#: ASCII control characters that text files hold: tab, line ends, form feed, substitute (end of a DOS file), escape.
TEXT_CONTROLS = frozenset(b"\t\n\v\f\r\x1a\x1b\x1c\x1d\x1e\x1f")


@dataclass(frozen=True, kw_only=True)
class EncodingGuess:
    """The encoding of a file, how sure that is, and what else it may be."""

    encoding: str
    confidence: float
    alternatives: list[tuple[str, float]] = field(default_factory=list)


def detect_encoding(path: Path) -> EncodingGuess:
    """The encoding of the whole file, streamed once or twice.

    Raises: SourceError binary_file when it is not text in any encoding.
    """
    with path.open("rb") as file:
        head = file.read(BLOCK_BYTES)
    for bom, name in BOMS:
        if head.startswith(bom):
            return EncodingGuess(encoding=name, confidence=1.0)
    wide = wide_encoding(head)
    if wide is not None:
        return EncodingGuess(encoding=wide, confidence=0.95)
    refuse_binary(head)
    survey = Utf8Survey()
    for block in blocks(path):
        survey.feed(block)
    if survey.is_utf8():
        return EncodingGuess(encoding="utf-8", confidence=survey.confidence())
    return legacy_encoding(path, bytes(survey.evidence))


def blocks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while block := file.read(BLOCK_BYTES):
            yield block


def wide_encoding(head: bytes) -> str | None:
    """UTF-16 or UTF-32 without a byte order mark: every other byte (or three of four) is mostly zero.

    >>> wide_encoding("a,b\\n1,2\\n".encode("utf-16-le"))
    'utf-16-le'
    >>> wide_encoding(b"a,b\\n")
    """
    sample = np.frombuffer(head[: 64 * 1024 // 4 * 4], dtype=np.uint8)
    if sample.size < 4 or not (sample == 0).any():
        return None
    zero = [float((sample[place::4] == 0).mean()) for place in range(4)]
    patterns = {
        "utf-32-le": [0, 1, 1, 1],
        "utf-32-be": [1, 1, 1, 0],
        "utf-16-le": [0, 1, 0, 1],
        "utf-16-be": [1, 0, 1, 0],
    }
    for name, pattern in patterns.items():
        fits = all((z > 0.5) if p else (z < 0.05) for z, p in zip(zero, pattern, strict=True))
        if fits and decodes(head, name):
            return name
    return None


def decodes(head: bytes, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    try:
        text = decoder.decode(head)
    except UnicodeDecodeError:
        return False
    return "\x00" not in text


def refuse_binary(head: bytes) -> None:
    """Raises SourceError binary_file when more than a few bytes are controls that no text file holds."""
    counts = np.bincount(np.frombuffer(head, dtype=np.uint8), minlength=256)
    controls = sum(int(counts[code]) for code in range(32) if code not in TEXT_CONTROLS)
    nul = int(counts[0])
    if controls - nul > 0.01 * len(head) or nul > 0.1 * len(head):
        raise SourceError(
            "binary_file",
            "The file is not text: it holds control bytes that no table written as text has.",
        )


class Utf8Survey:
    """Counts what is sound and what is not, were the file UTF-8, and keeps the lines that are not ASCII."""

    def __init__(self) -> None:
        self.sound = 0
        self.faults = 0
        self.escapes = 0
        self.evidence = bytearray()
        self._decoder = codecs.getincrementaldecoder("utf-8")("neatdata_count")
        self._seen: set[bytes] = set()

    def feed(self, block: bytes) -> None:
        self.escapes += block.count(b"\x1b")
        if block.isascii():
            return
        if self.faults < 100_000:
            counter.faults = 0
            self._decoder.decode(block)
            self.faults += counter.faults
        leads = np.frombuffer(block, dtype=np.uint8)
        self.sound += int(np.count_nonzero(leads >= 0xC2))
        self._gather(block)

    def _gather(self, block: bytes) -> None:
        """Keep distinct lines that are not ASCII: the first ones of each block, so that all of the file has a say."""
        share = min(EVIDENCE_BYTES, len(self.evidence) + max(EVIDENCE_BYTES // 4, 1))
        for line in block.split(b"\n"):
            if len(self.evidence) >= share:
                return
            if not line.isascii() and line not in self._seen:
                self._seen.add(line)
                self.evidence += line[:4096] + b"\n"

    def is_utf8(self) -> bool:
        return (
            self.faults * SOUND_PER_FAULT <= max(0, self.sound - self.faults)
            and not self.escapes
        )

    def confidence(self) -> float:
        if not self.faults:
            return 0.99
        return round(1 - self.faults / (self.sound + self.faults), 3)


class _Counter:
    faults = 0

    def __call__(self, error: UnicodeError) -> tuple[str, int]:
        assert isinstance(error, UnicodeDecodeError)
        self.faults += 1
        return "\ufffd", error.end


counter = _Counter()
codecs.register_error("neatdata_count", counter)


def legacy_encoding(path: Path, evidence: bytes) -> EncodingGuess:
    """What chardet thinks of the evidence; the first candidate that decodes all of the file."""
    found = chardet.detect_all(evidence, ignore_threshold=True, prefer_superset=True)
    candidates = [
        (entry["encoding"].lower(), float(entry["confidence"]))
        for entry in found
        if entry["encoding"]
    ] or [("windows-1252", 0.1)]
    for place, (name, confidence) in enumerate(candidates[:5]):
        if decodes_whole(path, name):
            others = [other for at, other in enumerate(candidates) if at != place]
            return EncodingGuess(encoding=name, confidence=confidence, alternatives=others[:3])
    name, confidence = candidates[0]
    return EncodingGuess(encoding=name, confidence=confidence / 2, alternatives=candidates[1:4])


def decodes_whole(path: Path, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    try:
        for block in blocks(path):
            decoder.decode(block)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def known_codec(encoding: str) -> str:
    """The codec's own name. Raises SourceError bad_reading_option when Python has no such text codec."""
    try:
        info = codecs.lookup(encoding)
    except LookupError:
        info = None
    if info is None or not info._is_text_encoding:
        raise SourceError("bad_reading_option", f"There is no encoding called {encoding!r}.")
    return info.name


class Utf8Stream:
    """The file as blocks of sound UTF-8, without a byte order mark, whatever it was in.

    Bytes that cannot be decoded become U+FFFD; `faults` counts them and `warnings` names the first ones.
    """

    def __init__(self, path: Path, encoding: str) -> None:
        self.path = path
        self.encoding = encoding
        self.codec = known_codec(encoding)
        self.faults = 0
        self.bytes_read = 0
        self._named: list[str] = []
        self._lines = 1

    def __iter__(self) -> Iterator[bytes]:
        plain = self.codec in ("utf-8", "utf-8-sig", "ascii")
        yield from without_bom(self._sound() if plain else self._transcoded())

    def _sound(self) -> Iterator[bytes]:
        """UTF-8 as it is; a character cut by the end of a block waits for the next."""
        rest = b""
        for block in self._counted():
            block = rest + block
            rest = b""
            if not block.isascii():
                cut = character_boundary(block)
                block, rest = block[:cut], block[cut:]
                block = self._checked(block)
            self._lines += newlines(block)
            yield block
        if rest:
            yield self._checked(rest)

    def _checked(self, block: bytes) -> bytes:
        try:
            block.decode("utf-8")
        except UnicodeDecodeError:
            block = self._repaired(block).encode()
        return block

    def _repaired(self, block: bytes) -> str:
        """The text, with U+FFFD where bytes are not UTF-8."""
        parts: list[str] = []
        at = 0
        while True:
            try:
                parts.append(block[at:].decode(self.codec))
                return "".join(parts)
            except UnicodeDecodeError as error:
                parts.append(block[at : at + error.start].decode(self.codec))
                parts.append("\ufffd")
                self._note(block, at + error.start, at + error.end)
                at += error.end

    def _note(self, block: bytes, start: int, end: int) -> None:
        self.faults += 1
        if len(self._named) < NAMED_FAULTS:
            line = self._lines + block.count(b"\n", 0, start)
            self._named.append(f"line {line}: {block[start:end].hex(' ').upper()}")

    def _transcoded(self) -> Iterator[bytes]:
        decoder = codecs.getincrementaldecoder(self.codec)("replace")
        for block in self._counted():
            yield self._decoded(decoder.decode(block))
        yield self._decoded(decoder.decode(b"", final=True))

    def _decoded(self, text: str) -> bytes:
        at = text.find("\ufffd")
        while at >= 0:
            self.faults += 1
            if len(self._named) < NAMED_FAULTS:
                self._named.append(f"line {self._lines + text.count(chr(10), 0, at)}")
            at = text.find("\ufffd", at + 1)
        self._lines += text.count("\n")
        return text.encode("utf-8", "replace")

    def _counted(self) -> Iterator[bytes]:
        for block in blocks(self.path):
            self.bytes_read += len(block)
            yield block

    def warnings(self) -> list[str]:
        if not self.faults:
            return []
        named = "; ".join(self._named)
        more = self.faults - len(self._named)
        tail = f"; and {more} more" if more else ""
        return [
            f"{self.faults} byte sequence{'s are' if self.faults > 1 else ' is'} not {self.encoding} "
            f"and became U+FFFD ({named}{tail})"
        ]


def newlines(block: bytes) -> int:
    # bytes.count takes four times as long
    return int(np.count_nonzero(np.frombuffer(block, dtype=np.uint8) == 10))


def character_boundary(block: bytes) -> int:
    """Where the last whole UTF-8 character ends.

    >>> character_boundary("é".encode()[:1]), character_boundary("aé".encode())
    (0, 3)
    """
    for back in range(1, min(4, len(block)) + 1):
        byte = block[-back]
        if byte & 0xC0 == 0x80:
            continue
        needs = 1 if byte < 0x80 else 2 if byte < 0xE0 else 3 if byte < 0xF0 else 4
        return len(block) - back if needs > back else len(block)
    return len(block)


def without_bom(stream: Iterator[bytes]) -> Iterator[bytes]:
    first = next(stream, b"")
    yield first.removeprefix(codecs.BOM_UTF8)
    yield from stream
