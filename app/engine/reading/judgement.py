"""What becomes of a record: a row, a reject, or nothing (a blank line)."""

from __future__ import annotations

from dataclasses import dataclass

from app.engine.reading.records import Record


@dataclass(frozen=True)
class Blank:
    """A line without anything: no record."""


BLANK = Blank()


class Judge:
    """Knows how wide the table is and what its header says."""

    def __init__(
        self, width: int, header: list[str] | None, *, pad_short: bool = False
    ) -> None:
        self.width = width
        # In a table of one column it would be a cell like others.
        self.header = header if width > 1 else None
        self.pad_short = pad_short
        #: Rows with a quote out of place, which was read as text.
        self.flawed = 0

    def judge(self, record: Record) -> list[str] | str | Blank:
        """The row, the reason why it is none, or BLANK.

        A record that is too long only by blank fields at its end is a row: such delimiters say
        nothing.

            >>> judge = Judge(2, None)
            >>> judge.judge(Record(["a", "b", ""], 0)), judge.judge(Record(["a"], 0))
            (['a', 'b'], 'expected 2 fields, found 1')
        """
        fields = record.fields
        found = len(fields)
        if found == 1 and self.width != 1 and not fields[0].strip("\x1a\x00 \t"):
            return BLANK
        if self.header is not None and fields == self.header:
            return "repeats the header"
        if found > self.width and not any(fields[self.width :]):
            fields = fields[: self.width]
        if len(fields) == self.width:
            self.flawed += record.flaw is not None
            return fields
        if self.pad_short and found < self.width and record.flaw is None:
            return fields + [""] * (self.width - found)
        counts = f"expected {self.width} field{'s' if self.width != 1 else ''}, found {found}"
        if record.flaw == "unclosed quote":
            return f"a quote is opened and not closed: {counts}"
        return counts

    def warnings(self) -> list[str]:
        if not self.flawed:
            return []
        records = "1 record has" if self.flawed == 1 else f"{self.flawed} records have"
        return [f"{records} a quote out of place, which was read as text"]
