"""A table written as text (csv, tsv, txt), opened for one pass."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import numpy as np
import polars as pl

from app.engine.errors import SourceError
from app.engine.reading.byte_stream import ByteStream
from app.engine.reading.contract import Inspection, ReadingOptions, TableBatch
from app.engine.reading.dialect import DialectGuess, detect_dialect
from app.engine.reading.encoding import EncodingGuess, detect_encoding
from app.engine.reading.judgement import Judge
from app.engine.reading.lanes import Lanes
from app.engine.reading.other_tables import OtherTables
from app.engine.reading.pieces import Piece, build
from app.engine.reading.records import Dialect, RecordParser
from app.engine.reading.source import Source
from app.engine.reading.structure import SampleRecord, Structure, find_structure
from app.engine.reading.utf8_stream import Utf8Stream

#: Text that dialect and structure are told from.
SAMPLE_BYTES = 256 * 1024
#: A first line longer than the sample is followed up to here.
LONGEST_SAMPLE = 16 * 1024 * 1024
STRUCTURE_RECORDS = 1000
BATCH_ROWS = 131_072
#: A batch has so many rows at most, and so much of the text unless one record takes more.
BATCH_BYTES = 8 * 1024 * 1024
MAX_COLUMNS = 100_000


class TextTable:
    """A text file as a table. Detection happens when it is made, reading when batches are asked
    for.
    """

    def __init__(self, source: Source, options: ReadingOptions) -> None:
        self.source = source
        self.options = options
        self.bytes = ByteStream(source.path, source.packed)
        self.guess = (
            EncodingGuess(encoding=options.encoding, confidence=1.0)
            if options.encoding is not None
            else detect_encoding(self.bytes)
        )
        self.stream = Utf8Stream(self.bytes, self.guess.encoding)
        self.sample = self._sample()
        if not self.sample.strip("\n\r\x1a \t\ufeff"):
            raise SourceError("empty_file", "The file holds no text.")
        self._bare_returns = lines_end_with_returns(self.sample)
        if self._bare_returns:
            self.sample = BARE_RETURN.sub("\n", self.sample)
        self.dialects = self._dialects()
        self.dialect = named(self.dialects.dialect, self.sample)
        if not self._bare_returns and better_with_returns(self.sample, self.dialect):
            self._bare_returns = True
            self.sample = BARE_RETURN.sub("\n", self.sample)
        self.structure = self._structure()
        self._rows = self._rejected = 0
        self._others = OtherTables()
        self._judge = self._new_judge()

    # Detection

    def _sample(self) -> str:
        """The start of the text, whole lines of it where they are not endless."""
        text = b""
        for block in Utf8Stream(self.bytes, self.guess.encoding):
            text += block
            if len(text) > SAMPLE_BYTES:
                cut = max(text.rfind(end, 0, SAMPLE_BYTES) for end in (b"\n", b"\r")) + 1
                if cut or len(text) > LONGEST_SAMPLE:
                    return text[: cut or SAMPLE_BYTES].decode("utf-8", "ignore")
        return text.decode("utf-8")

    def _dialects(self) -> DialectGuess:
        options = self.options
        return detect_dialect(
            self.sample,
            delimiter=self._declared() if options.delimiter is None else options.delimiter,
            quotechar=options.quotechar,
            escapechar=options.escapechar,
            skip_space=options.skip_space,
        )

    def _declared(self) -> str | None:
        """The delimiter that a first line such as sep=; names, as Excel writes and reads it."""
        named = DECLARED.match(self.sample)
        return named[1] if named else None

    def _structure(self) -> Structure:
        structure = find_structure(sample_records(self.sample, self.dialect), self.options)
        if structure.width > MAX_COLUMNS:
            raise SourceError(
                "too_many_columns",
                f"The table has {structure.width} columns; {MAX_COLUMNS} can be read.",
            )
        return structure

    def _new_judge(self) -> Judge:
        """Knows the header as it stands: a record like it further down repeats it."""
        structure, header = self.structure, None
        if structure.header:
            for record in sample_records(self.sample, self.dialect):
                if record.line > structure.skip_lines:
                    header = record.fields
                    break
        return Judge(structure.width, header, pad_short=structure.pad_short)

    @property
    def inspection(self) -> Inspection:
        """What is known so far; rows and rejected are those read so far."""
        guess, dialect, structure = self.guess, self.dialect, self.structure
        packed = self.source.packed
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
            sheet=packed.member if packed else None,
            sheets=packed.members if packed else [],
            columns=structure.columns,
            rows=self._rows,
            rejected=self._rejected,
            confidence=round(min(1.0, guess.confidence + 0.1) * self.dialects.confidence, 3),
            alternatives=self._alternatives(),
            warnings=[
                *self.source.warnings,
                *structure.warnings,
                *self._judge.warnings(),
                *self._others.warnings(),
                *self.stream.warnings(),
            ],
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
        for _ in self._pieces(keep=False):
            pass
        return self.inspection

    def batches(self) -> Iterator[TableBatch]:
        # One thread builds a batch while this one proves what the next is made of.
        with ThreadPoolExecutor(1, "build") as worker:
            coming: Callable[[], TableBatch] | None = None
            for pieces in batched(self._pieces(keep=True)):
                following = self._build(worker, pieces)
                if coming is not None:
                    yield coming()
                coming = following
            yield (coming or self._build(worker, []))()

    def _build(
        self, worker: ThreadPoolExecutor, pieces: list[Piece]
    ) -> Callable[[], TableBatch]:
        """Has the frame built; what is returned waits for it."""
        frame = worker.submit(build, pieces, self.structure.columns, self._lanes.dialect)
        numbers = [piece.numbers for piece in pieces if piece.numbers is not None]
        records = np.concatenate(numbers) if numbers else np.empty(0, dtype=np.uint64)
        share = self.bytes.share_read
        return lambda: TableBatch(
            frame=frame.result(),
            records=pl.Series("record", records, dtype=pl.UInt64),
            rejected=[each for piece in pieces for each in piece.rejected],
            share_read=share,
        )

    def _pieces(self, *, keep: bool) -> Iterator[Piece]:
        self._judge = self._new_judge()
        self._lanes = Lanes(self.dialect, self.structure, self._judge, keep=keep)
        self.stream = Utf8Stream(self.bytes, self.guess.encoding)
        self._rows = self._rejected = 0
        self._others = OtherTables()
        for piece in self._lanes.read(self._text()):
            self._rows += piece.rows
            self._rejected += len(piece.rejected)
            for each in piece.rejected:
                self._others.see(each)
            yield piece

    def _text(self) -> Iterator[bytes]:
        return with_newlines(iter(self.stream)) if self._bare_returns else iter(self.stream)


def batched(pieces: Iterator[Piece]) -> Iterator[list[Piece]]:
    """Groups of pieces, as many as make a batch."""
    group: list[Piece] = []
    rows = size = 0
    for piece in pieces:
        if group and (rows + piece.rows > BATCH_ROWS or size + piece.size > BATCH_BYTES):
            yield group
            group, rows, size = [], 0, 0
        group.append(piece)
        rows, size = rows + piece.rows, size + piece.size
    if group:
        yield group


DECLARED = re.compile(r'"?sep=([^\r\n])"?\r?\n', re.IGNORECASE)
BARE_RETURN = re.compile(r"\r(?!\n)")


def with_newlines(blocks: Iterator[bytes]) -> Iterator[bytes]:
    """The text with a newline for each bare carriage return."""
    rest = b""
    for block in blocks:
        block = rest + block
        rest = b"\r" if block.endswith(b"\r") else b""
        block = block[: len(block) - len(rest)]
        yield block.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    yield b"\n" if rest else b""


def lines_end_with_returns(sample: str) -> bool:
    """Whether lines end with a bare carriage return, as on old Macs; a stray newline does not
    change that.
    """
    bare = len(BARE_RETURN.findall(sample))
    return bare > 4 * sample.count("\n")


def better_with_returns(sample: str, dialect: Dialect) -> bool:
    """Whether more records agree in width when a bare carriage return ends a line too."""
    if "\r" not in sample or not BARE_RETURN.search(sample):
        return False
    without, with_ = (
        sample_records(text, dialect) for text in (sample, BARE_RETURN.sub("\n", sample))
    )
    return agreement(with_) > agreement(without)


def agreement(records: list[SampleRecord]) -> float:
    widths = Counter(len(record.fields) for record in records)
    width, count = widths.most_common(1)[0]
    return count / len(records) if width > 1 else 0.0


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
    """One column without a comma anywhere is read alike with and without a delimiter: then it
    has the usual one.
    """
    if dialect.delimiter == "" and "," not in sample:
        return replace(dialect, delimiter=",")
    return dialect
