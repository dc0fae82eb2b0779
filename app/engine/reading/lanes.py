"""Blocks of text -> pieces of the table, each stretch by the fastest lane that can be trusted
with it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from app.engine.reading.careful_lane import CarefulLane
from app.engine.reading.fast_lane import FastLane, understands
from app.engine.reading.judgement import Judge
from app.engine.reading.pieces import Piece, Place, rejected
from app.engine.reading.records import LONGEST_RECORD, Cut, Dialect, RecordParser
from app.engine.reading.structure import Structure

#: More than this without the end of a record is looked at carefully: a quote may not have been
#: closed.
DOUBTFUL_BYTES = 1024 * 1024
#: Four bytes to a character at most: what a record can take.
LONGEST_BYTES = 4 * LONGEST_RECORD


class Lanes:
    """Reads a table once. Without `keep` its records are only counted."""

    def __init__(
        self, dialect: Dialect, structure: Structure, judge: Judge, *, keep: bool
    ) -> None:
        if structure.width == 1:
            # One column: there is nothing to tell apart, a delimiter further down is text.
            dialect = replace(dialect, delimiter="")
        self.dialect = dialect
        self.structure = structure
        self.place = Place()
        parser = RecordParser(dialect, structure.width)
        self.careful = CarefulLane(parser, judge, keep=keep)
        self.fast = None
        if understands(dialect):
            self.fast = FastLane(parser, judge, keep=keep)
        self._in_overlong = False
        #: What is left in the buffer is known to be no whole record.
        self._only_a_part_left = False

    def read(self, blocks: Iterator[bytes]) -> Iterator[Piece]:
        buffer, final, below_head = b"", False, False
        blocks = filter(None, blocks)
        while not final:
            more = self._more(blocks, len(buffer))
            final = not more
            buffer = finished(buffer) if final else buffer + more
            if not below_head:
                passed = self._head(buffer, final=final)
                if passed is None:
                    continue
                buffer, below_head = buffer[passed:], True
            while buffer:
                piece, used = self._piece(buffer, final=final)
                if not used:
                    break
                buffer = buffer[used:]
                if piece is not None:
                    yield piece
                if self._only_a_part_left:
                    break

    def _more(self, blocks: Iterator[bytes], waiting: int) -> bytes:
        """The next block, or as much as is waiting already: an endless record is not looked at
        again with every block, but each time it has doubled.
        """
        block = next(blocks, b"")
        if len(block) >= waiting:
            return block
        more = bytearray(block)
        while len(more) < waiting:
            block = next(blocks, b"")
            if not block:
                break
            more += block
        return bytes(more)

    def _piece(self, buffer: bytes, *, final: bool) -> tuple[Piece | None, int]:
        """(the next piece, how many bytes it takes). 0 bytes: more must be read first."""
        self._only_a_part_left = False
        if self._in_overlong:
            return None, self._pass_overlong(buffer)
        if self.fast is not None:
            piece, sound = self.fast.take(buffer, self.place)
            if piece is not None:
                self._only_a_part_left = sound and not final
                return piece, piece.size
            if sound and not final and len(buffer) < DOUBTFUL_BYTES:
                return None, 0
        piece = self.careful.take(buffer, self.place, final=final)
        if piece is None and len(buffer) > LONGEST_BYTES:
            return self._overlong(buffer), len(buffer)
        return piece, piece.size if piece is not None else 0

    def _overlong(self, buffer: bytes) -> Piece:
        """A line that goes on and on: rejected with its start, the rest is passed over."""
        self.place.record += 1
        reason = f"longer than {LONGEST_RECORD:,} characters; only the start is kept here"
        raw = buffer[:400_000].decode("utf-8", "ignore")
        refused = rejected(self.place.record, self.place, reason, raw)
        self.place.offset += len(buffer)
        self._in_overlong = True
        return Piece(rows=0, size=len(buffer), rejected=[refused])

    def _pass_overlong(self, buffer: bytes) -> int:
        newline = buffer.find(b"\n")
        used = len(buffer) if newline < 0 else newline + 1
        self._in_overlong = newline < 0
        self.place.line += newline >= 0
        self.place.offset += used
        return used

    def _head(self, buffer: bytes, *, final: bool) -> int | None:
        """How many bytes there are above the first record of data; None when they are not all
        there yet.
        """
        at = 0
        for _ in range(self.structure.skip_lines):
            at = buffer.find(b"\n", at) + 1
            if not at:
                return len(buffer) if final else None
        end = at + self._header_size(buffer[at:], final=final)
        if end < at:
            return None
        self.place.line += buffer.count(b"\n", 0, end)
        self.place.offset += end
        return end

    def _header_size(self, buffer: bytes, *, final: bool) -> int:
        """The bytes that the header takes, -1 when it is not all there yet."""
        parser = RecordParser(self.careful.parser.dialect)
        text = buffer.decode("utf-8", "ignore")
        end, left = 0, self.structure.header_rows
        while left and end < len(text):
            try:
                record = parser.parse(text, end, final=final)
            except Cut:
                return -1
            end = record.end
            left -= record.fields != [""]
        return -1 if left and not final else len(text[:end].encode())


def finished(buffer: bytes) -> bytes:
    """The end of the file, with the line end that the last record may lack, without the end
    mark of DOS.
    """
    buffer = buffer.rstrip(b"\x1a")
    return buffer if not buffer or buffer.endswith(b"\n") else buffer + b"\n"
