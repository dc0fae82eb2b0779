"""The careful lane: one record after the other, for stretches that could not be proven."""

from __future__ import annotations

import numpy as np

from app.engine.reading.contract import Rejected
from app.engine.reading.judgement import Blank, Judge
from app.engine.reading.pieces import Piece, Place, rejected
from app.engine.reading.records import Cut, RecordParser

#: What is taken at a time before the fast lane is tried again.
STRETCH_BYTES = 256 * 1024


class CarefulLane:
    """Reads with `parser`, one record at a time. Without `keep` records are only counted."""

    def __init__(self, parser: RecordParser, judge: Judge, *, keep: bool) -> None:
        self.parser = parser
        self.judge = judge
        self.keep = keep

    def take(self, buffer: bytes, place: Place, *, final: bool) -> Piece | None:
        """The next records; None when there is not a whole one."""
        size = STRETCH_BYTES
        while True:
            part = buffer[: whole_characters(buffer, size)]
            everything = len(part) == len(buffer)
            piece = self._take(part.decode(), place, final=final and everything)
            if piece is not None or everything:
                return piece
            size *= 4

    def _take(self, text: str, place: Place, *, final: bool) -> Piece | None:
        rows: list[list[str]] = []
        numbers: list[int] = []
        refused: list[Rejected] = []
        start, at = place.offset, 0
        while at < len(text):
            try:
                record = self.parser.parse(text, at, final=final)
            except Cut:
                break
            raw = text[at : record.end]
            verdict = self.judge.judge(record)
            if not isinstance(verdict, Blank):
                place.record += 1
                if isinstance(verdict, str):
                    refused.append(rejected(place.record, place, verdict, raw))
                else:
                    rows.append(verdict)
                    numbers.append(place.record)
            place.line += raw.count("\n")
            place.offset += len(raw) if raw.isascii() else len(raw.encode())
            at = record.end
        if at == 0:
            return None
        piece = Piece(rows=len(rows), size=place.offset - start, rejected=refused)
        if self.keep:
            piece.cells = rows
            piece.numbers = np.array(numbers, dtype=np.uint64)
        return piece


def whole_characters(buffer: bytes, size: int) -> int:
    """At most `size`, where no character is cut."""
    if size >= len(buffer):
        return len(buffer)
    while buffer[size] & 0xC0 == 0x80:
        size -= 1
    return size
