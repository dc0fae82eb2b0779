"""A table written as text (csv, tsv, txt), opened for one pass: both lanes, and the accounts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from app.engine.errors import SourceError
from app.engine.reading.contract import Inspection, ReadingOptions, Rejected, TableBatch
from app.engine.reading.dialect import DialectGuess, detect_dialect
from app.engine.reading.encoding import EncodingGuess, Utf8Stream, detect_encoding
from app.engine.reading.fast_lane import Proof, prove
from app.engine.reading.judgement import Blank, Judge
from app.engine.reading.records import Cut, Dialect, RecordParser
from app.engine.reading.structure import SampleRecord, Structure, find_structure

#: Text that dialect and structure are told from.
SAMPLE_BYTES = 256 * 1024
DIALECT_SAMPLE = 64 * 1024  # characters
STRUCTURE_RECORDS = 1000
#: What the careful lane takes at a time before the fast lane is tried again.
CAREFUL_BYTES = 256 * 1024
#: More than this without the end of a record is looked at carefully: a quote may not have been closed.
DOUBTFUL_BYTES = 1024 * 1024
BATCH_ROWS = 131_072
#: A batch is handed out when it has this much of the source, or BATCH_ROWS rows.
BATCH_BYTES = 8 * 1024 * 1024
MAX_COLUMNS = 100_000


@dataclass(kw_only=True)
class Piece:
    """Some records of the table in order: rows and rejects. `frame` is None when only counting."""

    rows: int
    rejected: list[Rejected]
    bytes_: int
    frame: pl.DataFrame | None = None
    records: pl.Series | None = None


@dataclass(kw_only=True)
class Place:
    """Where in the source reading has come to: what the next byte is."""

    line: int = 1
    record: int = 0
    #: In the text as UTF-8.
    offset: int = 0


class TextTable:
    """A text file as a table. Detection happens when it is made, reading when batches are asked for."""

    def __init__(self, path: Path, options: ReadingOptions) -> None:
        self.path = path
        self.options = options
        self.guess = (
            EncodingGuess(encoding=options.encoding, confidence=1.0)
            if options.encoding is not None
            else detect_encoding(path)
        )
        self.stream = Utf8Stream(path, self.guess.encoding)
        sample, self._whole = self._sample()
        if not sample.strip("\n\r\x1a \t\ufeff"):
            raise SourceError("empty_file", "The file holds no text.")
        self._returns_only = ends_with_returns(sample)
        if self._returns_only:
            sample = sample.replace("\r", "\n")
        self.dialects = self._dialects(sample)
        self.dialect = named(self.dialects.dialect, sample)
        self.structure = self._structure(sample)
        self._judge = Judge(
            self.structure.width,
            self._header_cells(sample),
            pad_short=self.structure.pad_short,
        )
        self._place = Place()
        self._rows = 0
        self._rejected = 0

    # Detection

    def _sample(self) -> tuple[str, bool]:
        """(the start of the text, whether that is all of it)."""
        text = b""
        for block in Utf8Stream(self.path, self.guess.encoding):
            text += block
            if len(text) > SAMPLE_BYTES:
                cut = (
                    text.rfind(b"\n", 0, SAMPLE_BYTES) + 1
                    or text.rfind(b"\r", 0, SAMPLE_BYTES) + 1
                )
                if not cut and len(text) < 64 * SAMPLE_BYTES:
                    continue
                return text[: cut or SAMPLE_BYTES].decode("utf-8", "ignore"), False
        return text.decode("utf-8"), True

    def _dialects(self, sample: str) -> DialectGuess:
        options = self.options
        return detect_dialect(
            sample,
            delimiter=options.delimiter,
            quotechar=options.quotechar,
            escapechar=options.escapechar,
            skip_space=options.skip_space,
        )

    def _structure(self, sample: str) -> Structure:
        records = sample_records(sample, self.dialect)
        structure = find_structure(records, self.options)
        if structure.width > MAX_COLUMNS:
            raise SourceError(
                "too_many_columns",
                f"The table has {structure.width} columns; {MAX_COLUMNS} can be read.",
            )
        return structure

    def _header_cells(self, sample: str) -> list[str] | None:
        """The header as it stands in the file: a record like it further down repeats it."""
        if not self.structure.header:
            return None
        for record in sample_records(sample, self.dialect):
            if record.line > self.structure.skip_lines:
                return record.fields
        return None

    @property
    def inspection(self) -> Inspection:
        """What is known so far; rows and rejected are those read so far."""
        guess, dialect, structure = self.guess, self.dialect, self.structure
        return Inspection(
            format="csv",
            encoding=guess.encoding,
            delimiter=dialect.delimiter,
            quotechar=dialect.quotechar,
            escapechar=dialect.escapechar,
            skip_space=dialect.skip_space,
            header=structure.header,
            header_rows=structure.header_rows,
            skip_lines=structure.skip_lines,
            pad_short=structure.pad_short,
            sheet=None,
            sheets=[],
            columns=structure.columns,
            rows=self._rows,
            rejected=self._rejected,
            confidence=round(min(1.0, guess.confidence + 0.1) * self.dialects.confidence, 3),
            alternatives=self._alternatives(),
            warnings=[*structure.warnings, *self.stream.warnings()],
        )

    def _alternatives(self) -> list[dict[str, Any]]:
        encodings = [
            {
                "encoding": name,
                "delimiter": self.dialect.delimiter,
                "confidence": round(sure, 3),
            }
            for name, sure in self.guess.alternatives
        ]
        dialects = [
            {"encoding": self.guess.encoding, **each} for each in self.dialects.alternatives
        ]
        return [*dialects, *encodings]

    # Reading

    def count(self) -> Inspection:
        for _ in self._pieces(build=False):
            pass
        return self.inspection

    def batches(self) -> Iterator[TableBatch]:
        waiting: list[Piece] = []
        for piece in self._pieces(build=True):
            waiting.append(piece)
            rows = sum(each.rows for each in waiting)
            if rows >= BATCH_ROWS or sum(each.bytes_ for each in waiting) >= BATCH_BYTES:
                yield from self._batched(waiting)
                waiting = []
        if waiting or not self._rows:
            yield from self._batched(waiting)

    def _batched(self, pieces: list[Piece]) -> Iterator[TableBatch]:
        """The pieces as batches of at most BATCH_ROWS rows. The rejects go with the first."""
        frames = [piece.frame for piece in pieces if piece.frame is not None and piece.rows]
        numbers = [
            piece.records for piece in pieces if piece.records is not None and piece.rows
        ]
        frame = pl.concat(frames) if frames else self._empty()
        records = pl.concat(numbers) if numbers else pl.Series("record", [], dtype=pl.UInt64)
        rejected = [each for piece in pieces for each in piece.rejected]
        size = self.path.stat().st_size or 1
        for start in range(0, max(1, frame.height), BATCH_ROWS):
            yield TableBatch(
                frame=frame.slice(start, BATCH_ROWS),
                records=records.slice(start, BATCH_ROWS),
                rejected=rejected if start == 0 else [],
                share_read=min(1.0, self.stream.bytes_read / size),
            )

    def _empty(self) -> pl.DataFrame:
        return pl.DataFrame(schema=dict.fromkeys(self.structure.columns, pl.String))

    def _pieces(self, *, build: bool) -> Iterator[Piece]:
        """The whole file, in order, each stretch by the fastest lane that can be trusted with it."""
        lanes = Lanes(self.dialect, self.structure, self._judge, build=build)
        self._place = lanes.place
        self.stream = Utf8Stream(self.path, self.guess.encoding)
        self._rows = self._rejected = 0
        for piece in lanes.read(self._text_blocks()):
            self._rows += piece.rows
            self._rejected += len(piece.rejected)
            yield piece

    def _text_blocks(self) -> Iterator[bytes]:
        for block in self.stream:
            yield block.replace(b"\r", b"\n") if self._returns_only else block


def ends_with_returns(sample: str) -> bool:
    """Whether lines end with a bare carriage return, as on old Macs; a stray newline does not change that."""
    returns, newlines = sample.count("\r"), sample.count("\n")
    bare = returns - sample.count("\r\n")
    return bare > 0 and bare > 4 * newlines


def sample_records(sample: str, dialect: Dialect) -> list[SampleRecord]:
    parser = RecordParser(dialect)
    records: list[SampleRecord] = []
    at, line = 0, 1
    while at < len(sample) and len(records) < STRUCTURE_RECORDS:
        record = parser.parse(sample, at, final=True)
        lines = sample.count("\n", at, record.end)
        if record.fields != [""]:
            records.append(SampleRecord(record.fields, line, lines))
        at = record.end
        line += lines
    return records


def named(dialect: Dialect, sample: str) -> Dialect:
    """One column without a comma anywhere is read alike with and without a delimiter: then it has the usual one."""
    if dialect.delimiter == "" and "," not in sample:
        return replace(dialect, delimiter=",")
    return dialect


class Lanes:
    """Turns blocks of UTF-8 into pieces of the table."""

    def __init__(
        self, dialect: Dialect, structure: Structure, judge: Judge, *, build: bool
    ) -> None:
        # Where there is one column, nothing is told apart: a delimiter further down is text.
        self.dialect = dialect if structure.width > 1 else replace(dialect, delimiter="")
        self.structure = structure
        self.judge = judge
        self.build = build
        self.place = Place()
        self.parser = RecordParser(self.dialect, structure.width)
        self.fast = is_plain(self.dialect)
        header = judge.header_line(dialect)
        self._header_line = header.encode() if header else None

    def read(self, blocks: Iterator[bytes]) -> Iterator[Piece]:
        buffer, final = b"", False
        head = Head(self.structure)
        while not final:
            block = next(blocks, None)
            final = block is None
            buffer = finished(buffer) if block is None else buffer + block
            if not head.passed:
                buffer = head.pass_over(buffer, self, final=final)
                if not head.passed:
                    continue
            while buffer:
                size = len(buffer)
                piece, used = self._stretch(buffer, final=final)
                buffer = buffer[used:]
                if piece is not None:
                    yield piece
                if not used or len(buffer) == size:
                    break

    def _stretch(self, buffer: bytes, *, final: bool) -> tuple[Piece | None, int]:
        """(the next piece, how many bytes it takes). 0 bytes: more must be read first."""
        if self.fast:
            proof = prove(
                buffer,
                ord(self.dialect.delimiter) if self.dialect.delimiter else None,
                ord(self.dialect.quotechar) if self.dialect.quotechar else None,
                self.structure.width,
            )
            if proof.end:
                return self._proven(buffer, proof), proof.end
            if proof.sound and not final and len(buffer) < DOUBTFUL_BYTES:
                return None, 0
        return self._careful(buffer, final=final)

    # The fast lane

    def _proven(self, buffer: bytes, proof: Proof) -> Piece:
        stops = proof.stops
        starts = np.concatenate([[0], stops[:-1] + 1])
        odd = self._with_repeated_headers(buffer, proof, starts)
        blank = np.zeros(len(stops), dtype=np.bool_)
        fixed: dict[int, list[str]] = {}
        refused: list[tuple[int, str, str]] = []
        for index in odd.tolist():
            raw = buffer[starts[index] : stops[index] + 1].decode()
            record = self.parser.parse(raw, 0, final=True)
            verdict = self.judge.judge(record)
            if isinstance(verdict, Blank):
                blank[index] = True
            elif isinstance(verdict, str):
                refused.append((index, verdict, raw))
            else:
                fixed[index] = verdict
        numbers = np.cumsum(~blank) + self.place.record
        rejected = [
            self._rejected(
                int(numbers[index]),
                self.place.line + int(np.searchsorted(proof.newlines, starts[index])),
                self.place.offset + int(starts[index]),
                reason,
                raw,
            )
            for index, reason, raw in refused
        ]
        rows = len(stops) - len(odd) + len(fixed)
        piece = Piece(rows=rows, rejected=rejected, bytes_=proof.end)
        if self.build and rows:
            self._build(piece, buffer, proof, starts, odd, fixed, numbers)
        self.place.record += int((~blank).sum())
        self.place.line += int(np.searchsorted(proof.newlines, proof.end))
        self.place.offset += proof.end
        return piece

    def _with_repeated_headers(self, buffer: bytes, proof: Proof, starts: Any) -> Any:
        """The odd records and those that are the header again."""
        line = self._header_line
        if line is None or buffer.find(line, 0, proof.end) < 0:
            return proof.odd
        places = []
        at = buffer.find(line, 0, proof.end)
        while at >= 0:
            places.append(at)
            at = buffer.find(line, at + len(line), proof.end)
        indexes = np.searchsorted(starts, places)
        hits = indexes < len(starts)
        indexes = indexes[hits][starts[indexes[hits]] == np.array(places)[hits]]
        whole = [
            i
            for i in indexes.tolist()
            if buffer[starts[i] : proof.stops[i]].rstrip(b"\r") == line
        ]
        return np.union1d(proof.odd, np.array(whole, dtype=np.int64))

    def _build(
        self,
        piece: Piece,
        buffer: bytes,
        proof: Proof,
        starts: Any,
        odd: Any,
        fixed: dict[int, list[str]],
        numbers: Any,
    ) -> None:
        plain = np.ones(len(proof.stops), dtype=np.bool_)
        plain[odd] = False
        data = memoryview(buffer)[: proof.end]
        text = bytes(data) if not len(odd) else without(data, starts, proof.stops, odd)
        frames = [self._parsed(text, proof)] if text else []
        order = [np.flatnonzero(plain)]
        if fixed:
            frames.append(self._from_rows(list(fixed.values())))
            order.append(np.array(list(fixed), dtype=np.int64))
        frame = pl.concat(frames)
        indexes = np.concatenate(order)
        if fixed:
            by_place = np.argsort(indexes, kind="stable")
            frame = frame[by_place]
            indexes = indexes[by_place]
        piece.frame = frame
        piece.records = pl.Series("record", numbers[indexes].astype(np.uint64))

    def _parsed(self, text: bytes, proof: Proof) -> pl.DataFrame:
        frame = pl.read_csv(
            text,
            has_header=False,
            separator=self.dialect.delimiter or "\x1f",
            quote_char=self.dialect.quotechar or None,
            schema=dict.fromkeys(self.structure.columns, pl.String),
        )
        return blanks_to_null(frame) if proof.quoted_blanks else frame

    # The careful lane

    def _careful(self, buffer: bytes, *, final: bool) -> tuple[Piece | None, int]:
        size = CAREFUL_BYTES
        while True:
            part = buffer[: whole_characters(buffer, size)]
            ends = final and len(part) == len(buffer)
            piece, used = self._careful_part(part.decode(), final=ends)
            if used or len(part) == len(buffer):
                return piece, used
            size *= 4

    def _careful_part(self, text: str, *, final: bool) -> tuple[Piece | None, int]:
        rows: list[list[str]] = []
        numbers: list[int] = []
        rejected: list[Rejected] = []
        at, place = 0, self.place
        start = place.offset
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
                    rejected.append(
                        self._rejected(place.record, place.line, place.offset, verdict, raw)
                    )
                else:
                    rows.append(verdict)
                    numbers.append(place.record)
            place.line += raw.count("\n")
            place.offset += len(raw) if raw.isascii() else len(raw.encode())
            at = record.end
        used = place.offset - start
        if not used:
            return None, 0
        piece = Piece(rows=len(rows), rejected=rejected, bytes_=used)
        if self.build and rows:
            piece.frame = self._from_rows(rows)
            piece.records = pl.Series("record", numbers, dtype=pl.UInt64)
        return piece, used

    def _from_rows(self, rows: list[list[str]]) -> pl.DataFrame:
        cells = zip(*rows, strict=True)
        return pl.DataFrame(
            [
                pl.Series(name, [cell or None for cell in column], dtype=pl.String)
                for name, column in zip(self.structure.columns, cells, strict=True)
            ]
        )

    def _rejected(self, record: int, line: int, offset: int, reason: str, raw: str) -> Rejected:
        return Rejected(
            record=record, line=line, reason=reason, raw=raw.rstrip("\r\n"), byte_offset=offset
        )


@dataclass(kw_only=False)
class Head:
    """The lines above the first record of data: what is skipped, and the header."""

    structure: Structure
    passed: bool = field(default=False)

    def pass_over(self, buffer: bytes, lanes: Lanes, *, final: bool) -> bytes:
        """The buffer from the first record of data on; untouched when the head is not all there yet."""
        at = 0
        for _ in range(self.structure.skip_lines):
            newline = buffer.find(b"\n", at)
            if newline < 0:
                if final:
                    self.passed = True
                    return b""
                return buffer
            at = newline + 1
        if self.structure.header:
            text = buffer[at : whole_characters(buffer, len(buffer))].decode()
            parser = replace_width(lanes.parser)
            end, rows = 0, 0
            try:
                while rows < self.structure.header_rows and end < len(text):
                    record = parser.parse(text, end, final=final)
                    end = record.end
                    rows += record.fields != [""]
            except Cut:
                return buffer
            at += len(text[:end].encode())
        self.passed = True
        lanes.place.line += buffer.count(b"\n", 0, at)
        lanes.place.offset += at
        return buffer[at:]


def replace_width(parser: RecordParser) -> RecordParser:
    return RecordParser(parser.dialect)


def is_plain(dialect: Dialect) -> bool:
    """Whether the fast lane understands it: single ASCII characters, nothing special."""
    return (
        len(dialect.delimiter.encode()) <= 1
        and len(dialect.quotechar.encode()) <= 1
        and not dialect.escapechar
        and not dialect.skip_space
    )


def finished(buffer: bytes) -> bytes:
    """The end of the file, with the line end that the last record may lack."""
    buffer = buffer.rstrip(b"\x1a")
    return buffer if not buffer or buffer.endswith(b"\n") else buffer + b"\n"


def without(data: memoryview, starts: Any, stops: Any, odd: Any) -> bytes:
    """The records of `data` but for those of the indexes `odd`."""
    edges = [0]
    for index in odd.tolist():
        edges += [int(starts[index]), int(stops[index]) + 1]
    edges.append(len(data))
    return b"".join(data[a:b] for a, b in zip(edges[::2], edges[1::2], strict=True))


def blanks_to_null(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.select(pl.when(pl.all() != "").then(pl.all()))


def whole_characters(buffer: bytes, size: int) -> int:
    """At most `size`, where no character is cut."""
    if size >= len(buffer):
        return len(buffer)
    while buffer[size] & 0xC0 == 0x80:
        size -= 1
    return size
