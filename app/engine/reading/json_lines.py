"""JSON lines: an object to a line, whose keys are the columns."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec
import polars as pl

from app.engine.errors import SourceError
from app.engine.reading.byte_stream import ByteStream
from app.engine.reading.contract import Inspection, ReadingOptions, Rejected, TableBatch
from app.engine.reading.encoding import EncodingGuess, detect_encoding
from app.engine.reading.names import unique_names
from app.engine.reading.pieces import RAW_LENGTH
from app.engine.reading.source import Source
from app.engine.reading.utf8_stream import Utf8Stream

BATCH_ROWS, BATCH_CELLS = 131_072, 1_000_000
MAX_COLUMNS = 100_000
#: A line longer than this is not looked at.
LONGEST_LINE = 64 * 1024 * 1024  # bytes

Object = dict[str, msgspec.Raw]


class JsonLinesTable:
    """A file of JSON objects as a table. Its columns are all keys there are, as they first
    come.
    """

    def __init__(self, source: Source, options: ReadingOptions) -> None:
        self.source = source
        self.bytes = ByteStream(source.path, source.packed)
        if options.encoding is not None:
            self.guess = EncodingGuess(encoding=options.encoding, confidence=1.0)
        else:
            self.guess = detect_encoding(self.bytes)
        self.stream = Utf8Stream(self.bytes, self.guess.encoding)
        self._decoder = msgspec.json.Decoder(Object)
        self._rows = self._rejected = 0
        self.keys = self._all_keys()
        self.columns, self._warnings = unique_names(self.keys)

    def _all_keys(self) -> list[str]:
        keys: dict[str, None] = {}
        for record in self._records():
            if not isinstance(record, Rejected):
                keys.update(dict.fromkeys(record[1]))
                if len(keys) > MAX_COLUMNS:
                    raise SourceError(
                        "too_many_columns",
                        f"The objects have more than {MAX_COLUMNS} different keys.",
                    )
        if not keys:
            raise SourceError("unsupported_format", "No line of the file is a JSON object.")
        return list(keys)

    @property
    def inspection(self) -> Inspection:
        """What is known so far; rows and rejected are those read so far."""
        packed = self.source.packed
        return Inspection(
            format="jsonl",
            encoding=self.guess.encoding,
            delimiter=None,
            quotechar=None,
            header=True,
            skip_lines=0,
            sheet=packed.member if packed else None,
            sheets=packed.members if packed else [],
            columns=self.columns,
            rows=self._rows,
            rejected=self._rejected,
            confidence=1.0,
            warnings=[*self._warnings, *self.stream.warnings()],
        )

    def count(self) -> Inspection:
        self._rows = self._rejected = 0
        for record in self._records():
            self._rows += not isinstance(record, Rejected)
            self._rejected += isinstance(record, Rejected)
        return self.inspection

    def batches(self) -> Iterator[TableBatch]:
        size = max(1, min(BATCH_ROWS, BATCH_CELLS // len(self.keys)))
        self._rows = self._rejected = 0
        rows: list[tuple[int, Object]] = []
        rejected: list[Rejected] = []
        for record in self._records():
            if isinstance(record, Rejected):
                rejected.append(record)
            else:
                rows.append(record)
            if len(rows) + len(rejected) >= size:
                yield self._batch(rows, rejected)
                rows, rejected = [], []
        if rows or rejected:
            yield self._batch(rows, rejected)

    def _batch(self, rows: list[tuple[int, Object]], rejected: list[Rejected]) -> TableBatch:
        self._rows += len(rows)
        self._rejected += len(rejected)
        return TableBatch(
            frame=pl.DataFrame(
                [
                    pl.Series(name, [as_text(row.get(key)) for _, row in rows], dtype=pl.String)
                    for name, key in zip(self.columns, self.keys, strict=True)
                ]
            ),
            records=pl.Series("record", [number for number, _ in rows], dtype=pl.UInt64),
            rejected=rejected,
            share_read=self.bytes.share_read,
        )

    def _records(self) -> Iterator[tuple[int, Object] | Rejected]:
        """Each line that is not blank: its number and object, or why it is none."""
        number = offset = 0
        for line_number, line in enumerate(self._lines(), start=1):
            start, offset = offset, offset + len(line)
            if not line.strip():
                continue
            number += 1
            try:
                yield number, self._decoder.decode(line)
            except (msgspec.DecodeError, UnicodeDecodeError) as error:
                yield Rejected(
                    record=number,
                    line=line_number,
                    byte_offset=start,
                    reason=f"not a JSON object: {error}",
                    raw=line.decode("utf-8", "replace").rstrip("\r\n")[:RAW_LENGTH],
                )

    def _lines(self) -> Iterator[bytes]:
        self.stream = Utf8Stream(self.bytes, self.guess.encoding)
        rest = b""
        for block in self.stream:
            *lines, rest = (rest + block).split(b"\n")
            for line in lines:
                yield line + b"\n"
            if len(rest) > LONGEST_LINE:
                raise SourceError("unsupported_format", "The file is JSON, but not in lines.")
        if rest:
            yield rest


def as_text(value: msgspec.Raw | None) -> str | None:
    """Text as it is, other values as they are written in JSON; null and "" are blank.

    >>> [as_text(msgspec.Raw(raw)) for raw in (b'"a"', b"1.50", b"true", b"null", b"[1, 2]")]
    ['a', '1.50', 'true', None, '[1, 2]']
    """
    if value is None:
        return None
    raw = bytes(value)
    if raw.startswith(b'"'):
        return msgspec.json.decode(raw, type=str) or None
    return None if raw == b"null" else raw.decode()
