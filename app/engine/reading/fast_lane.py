"""The fast lane: stretches that are proven to be well-formed go to Polars whole.

Records that are odd in a stretch are judged one by one: what is no row is left out of what
Polars sees,
what is one after all is put back in its place.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from app.engine.reading.judgement import Blank, Judge
from app.engine.reading.pieces import UNUSED, Piece, Place, rejected
from app.engine.reading.proof import Positions, Proof, prove
from app.engine.reading.records import Dialect, RecordParser


@dataclass
class Odd:
    """What became of the odd records of a stretch, by index."""

    blank: list[int] = field(default_factory=list)
    refused: dict[int, tuple[str, str]] = field(default_factory=dict)
    rows: dict[int, list[str]] = field(default_factory=dict)


class FastLane:
    """Takes what is proven. Without `keep` records are only counted."""

    def __init__(self, parser: RecordParser, judge: Judge, *, keep: bool) -> None:
        self.parser = parser
        self.judge = judge
        self.keep = keep
        dialect = parser.dialect
        # Where a line is one field, one with the stand-in in it is odd, and looked at.
        self.delimiter = ord(dialect.delimiter or UNUSED)
        self.quote = ord(dialect.quotechar) if dialect.quotechar else None
        self.header_starts = starts_of_header(judge.header, dialect)

    def take(self, buffer: bytes, place: Place) -> tuple[Piece | None, bool]:
        """(as much as is proven, whether it ended only because the buffer did)."""
        proof = prove(buffer, self.delimiter, self.quote, self.judge.width)
        if not proof.end:
            return None, proof.sound
        indexes = self._with_repeated_headers(buffer, proof)
        odd = self._judged(buffer, proof, indexes)
        rows = proof.records - len(indexes) + len(odd.rows)
        numbers = self._numbers(proof, odd, place)
        piece = Piece(rows=rows, size=proof.end)
        for index, (reason, raw) in odd.refused.items():
            at = start_of(proof, index)
            line = place.line + int(np.searchsorted(proof.newlines, at))
            where = Place(line=line, offset=place.offset + at)
            piece.rejected.append(rejected(int(numbers[index]), where, reason, raw))
        if self.keep:
            self._keep(piece, buffer, proof, indexes, odd, numbers)
        place.record += proof.records - len(odd.blank)
        place.line += int(np.searchsorted(proof.newlines, proof.end))
        place.offset += proof.end
        return piece, proof.sound

    def _with_repeated_headers(self, buffer: bytes, proof: Proof) -> Positions:
        """The odd records, and those that are the header again, however they are quoted."""
        found = [
            index
            for start in self.header_starts
            for index in starting_with(buffer, proof, start).tolist()
            if self.parser.parse(record_at(buffer, proof, index), 0, final=True).fields
            == self.judge.header
        ]
        return np.union1d(proof.odd, np.array(found, dtype=np.int64)) if found else proof.odd

    def _judged(self, buffer: bytes, proof: Proof, indexes: Positions) -> Odd:
        odd = Odd()
        for index in indexes.tolist():
            raw = record_at(buffer, proof, index)
            verdict = self.judge.judge(self.parser.parse(raw, 0, final=True))
            if isinstance(verdict, Blank):
                odd.blank.append(index)
            elif isinstance(verdict, str):
                odd.refused[index] = (verdict, raw)
            else:
                odd.rows[index] = verdict
        return odd

    def _numbers(self, proof: Proof, odd: Odd, place: Place) -> NDArray[np.uint64]:
        """The number of each record of the stretch; blank lines have none of their own."""
        first = place.record + 1
        numbers = np.arange(first, first + proof.records, dtype=np.uint64)
        if odd.blank:
            blank = np.zeros(proof.records, dtype=np.uint64)
            blank[odd.blank] = 1
            numbers -= np.cumsum(blank)
        return numbers

    def _keep(
        self,
        piece: Piece,
        buffer: bytes,
        proof: Proof,
        indexes: Positions,
        odd: Odd,
        numbers: NDArray[np.uint64],
    ) -> None:
        piece.quoted_blanks = proof.quoted_blanks
        if not len(indexes):
            piece.text, piece.numbers = buffer[: proof.end], numbers
            return
        plain = np.ones(proof.records, dtype=np.bool_)
        plain[indexes] = False
        piece.text = without(buffer, proof, indexes)
        piece.cells = list(odd.rows.values())
        order = np.concatenate([np.flatnonzero(plain), list(odd.rows)]).astype(np.int64)
        piece.order = np.argsort(order, kind="stable")
        piece.numbers = numbers[order[piece.order]]


def understands(dialect: Dialect) -> bool:
    """Whether the fast lane can be used: single ASCII characters, nothing that escapes."""
    return (
        len(dialect.delimiter.encode()) <= 1
        and len(dialect.quotechar.encode()) <= 1
        and not dialect.escapechar
        and not dialect.skip_space
    )


def starts_of_header(header: list[str] | None, dialect: Dialect) -> list[bytes]:
    """What a record that repeats the header starts with: its first name and the delimiter."""
    if header is None:
        return []
    first, quote = header[0], dialect.quotechar
    quoted = quote + first.replace(quote, 2 * quote) + quote if quote else first
    return list({(name + dialect.delimiter).encode() for name in (first, quoted)})


def starting_with(buffer: bytes, proof: Proof, start: bytes) -> Positions:
    """Indexes of the records that start so: byte after byte, fewer and fewer are left."""
    bytes_ = np.frombuffer(buffer, dtype=np.uint8)
    places = np.concatenate([[0], proof.stops[:-1] + 1])
    indexes = np.arange(proof.records)
    for number, byte in enumerate(start):
        here = np.minimum(places[indexes] + number, proof.end - 1)
        indexes = indexes[bytes_[here] == byte]
        if not len(indexes):
            break
    return indexes


def start_of(proof: Proof, index: int) -> int:
    return int(proof.stops[index - 1]) + 1 if index else 0


def record_at(buffer: bytes, proof: Proof, index: int) -> str:
    return buffer[start_of(proof, index) : int(proof.stops[index]) + 1].decode()


def without(buffer: bytes, proof: Proof, indexes: Positions) -> bytes:
    """The records of the stretch but for those at `indexes`."""
    edges = [0]
    for index in indexes.tolist():
        edges += [start_of(proof, index), int(proof.stops[index]) + 1]
    edges.append(proof.end)
    view = memoryview(buffer)
    return b"".join(view[a:b] for a, b in zip(edges[::2], edges[1::2], strict=True))
