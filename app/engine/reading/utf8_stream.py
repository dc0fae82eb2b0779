"""A file as a stream of UTF-8, whatever it is in."""

from __future__ import annotations

import codecs
from collections.abc import Iterator

from app.engine.errors import SourceError
from app.engine.reading.byte_stream import ByteStream

#: Undecodable bytes named in a warning; all are counted.
NAMED_FAULTS = 20


def known_codec(encoding: str) -> str:
    """The codec's own name. Raises SourceError bad_reading_option when Python has no such text
    codec.
    """
    try:
        info = codecs.lookup(encoding)
    except LookupError:
        info = None
    if info is None or not info._is_text_encoding:
        raise SourceError("bad_reading_option", f"There is no encoding called {encoding!r}.")
    return info.name


def with_byte_order(codec: str, source: ByteStream) -> str:
    """utf-16 and utf-32 with the byte order that the file's mark says, little-endian without
    one.
    """
    if codec not in ("utf-16", "utf-32"):
        return codec
    big = source.head(4).startswith((codecs.BOM_UTF16_BE, codecs.BOM_UTF32_BE))
    return f"{codec}-{'be' if big else 'le'}"


class Utf8Stream:
    """The file as blocks of sound UTF-8, without a byte order mark, whatever it was in.

    Bytes that cannot be decoded become U+FFFD; `faults` counts them and `warnings` names the
    first ones.
    """

    def __init__(self, source: ByteStream, encoding: str) -> None:
        self.source = source
        self.encoding = encoding
        self.codec = with_byte_order(known_codec(encoding), source)
        self.faults = 0
        self._named: list[str] = []

    def __iter__(self) -> Iterator[bytes]:
        plain = self.codec in ("utf-8", "utf-8-sig", "ascii")
        return without_bom(self._sound() if plain else self._transcoded())

    def _sound(self) -> Iterator[bytes]:
        """UTF-8 as it is; a character cut by the end of a block waits for the next."""
        rest = b""
        for block in self.source:
            block = rest + block if rest else block
            rest = b""
            if not block.isascii():
                cut = character_boundary(block)
                block, rest = block[:cut], block[cut:]
                block = self._checked(block, self.source.bytes_read - len(rest) - len(block))
            yield block
        if rest:
            yield self._checked(rest, self.source.bytes_read - len(rest))

    def _checked(self, block: bytes, offset: int) -> bytes:
        try:
            block.decode("utf-8")
        except UnicodeDecodeError:
            return self._repaired(block, offset).encode()
        return block

    def _repaired(self, block: bytes, offset: int) -> str:
        """The text, with U+FFFD where bytes are not UTF-8."""
        text = block.decode("utf-8", "replace")
        faults = text.count("\ufffd") - block.count("\ufffd".encode())
        at = 0
        while faults and len(self._named) < NAMED_FAULTS:
            try:
                block[at:].decode("utf-8")
                break
            except UnicodeDecodeError as error:
                start, at = at + error.start, at + error.end
                self._note(offset + start, block[start:at].hex(" ").upper())
                faults -= 1
        self.faults += max(0, faults)
        return text

    def _transcoded(self) -> Iterator[bytes]:
        decoder = codecs.getincrementaldecoder(self.codec)("replace")
        for block in self.source:
            text = decoder.decode(block)
            if "\ufffd" in text:
                # Where exactly in the block is not worth a second decoder.
                self._note(self.source.bytes_read - len(block), "", text.count("\ufffd"))
            yield text.encode("utf-8", "replace")
        yield decoder.decode(b"", final=True).encode("utf-8", "replace")

    def _note(self, offset: int, what: str, count: int = 1) -> None:
        self.faults += count
        if len(self._named) < NAMED_FAULTS:
            line = 1 + self._newlines_before(offset)
            self._named.append(f"line {line}: {what}" if what else f"from line {line} on")

    def _newlines_before(self, offset: int) -> int:
        """Counted when it is asked for: a sound file need not pay for it."""
        count, left = 0, offset
        for block in ByteStream(self.source.path, self.source.packed):
            count += block.count(b"\n", 0, left)
            left -= len(block)
            if left <= 0:
                break
        return count

    def warnings(self) -> list[str]:
        if not self.faults:
            return []
        more = self.faults - len(self._named)
        tail = f"; and {more} more" if more else ""
        return [
            f"{self.faults} byte sequence{'s are' if self.faults > 1 else ' is'} not "
            f"{self.encoding} and became U+FFFD ({'; '.join(self._named)}{tail})"
        ]


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
