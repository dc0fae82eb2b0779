"""Text -> records, one by one: the careful way, and the definition of what a record is.

The rules, which the fast lane must agree with:

- A record ends at a line end (\\n or \\r\\n) outside quotes.
- A quote opens a field only as its first character, and closes it only before a delimiter or a
  line end. A doubled quote inside stands for one.
- A quote anywhere else is text. So is one that opens a field and never closes it, closes it
  lines below where other text already has quotes of its own, or leaves the record with a wrong
  number of fields while taking it as text gives the right one: it must not swallow the rest.
"""

from __future__ import annotations

from dataclasses import dataclass

#: A record longer than this (16 Mi characters) is taken for one whose quote was never closed.
LONGEST_RECORD = 16 * 1024 * 1024
#: Looking in vain for the end of quoted fields may cost this many characters per file, before
#: quoted fields are only followed for NEAR characters: what bounds the time on any input.
PATIENCE = 64 * 1024 * 1024
NEAR = 64 * 1024
#: A field with more quotes out of place is none that is quoted.
MOST_STRAYS = 20


@dataclass(frozen=True, kw_only=True)
class Dialect:
    """How fields are told apart. delimiter "" means one field per line."""

    delimiter: str
    quotechar: str = '"'
    escapechar: str = ""
    #: Spaces after a delimiter are part of it.
    skip_space: bool = False


@dataclass(slots=True)
class Record:
    fields: list[str]
    #: Where the next record starts.
    end: int
    #: None, "stray quote" or "unclosed quote".
    flaw: str | None = None


class Cut(Exception):
    """The text ends inside a record, and more is to come."""


class RecordParser:
    """Takes records off a text. `width` is the number of fields a record should have, where
    that is known.
    """

    def __init__(self, dialect: Dialect, width: int | None = None) -> None:
        self.dialect = dialect
        self.width = width
        self.patience = PATIENCE

    def parse(self, text: str, start: int, *, final: bool) -> Record:
        """The record at `start`.

        Raises: Cut when it goes on beyond `text`, unless `final`.
        """
        stop, after = line_end(text, start, final=final)
        dialect = self.dialect
        line = text[start:stop]
        quoted = dialect.quotechar != "" and dialect.quotechar in line
        escaped = dialect.escapechar != "" and dialect.escapechar in line
        if not quoted and not escaped and not dialect.skip_space:
            return Record(split(line, dialect.delimiter), after)
        record = self._scan(text, start, final=final)
        if record.flaw is None and self._fits(record):
            return record
        return self._second_thought(text, start, stop, after, record)

    def _fits(self, record: Record) -> bool:
        return self.width is None or len(record.fields) == self.width

    def _second_thought(
        self, text: str, start: int, stop: int, after: int, record: Record
    ) -> Record:
        """A record that is flawed or of the wrong width: would its first line alone, with
        doubtful quotes taken as text, do?
        """
        if record.flaw is None and record.end == after:
            return record
        alone = self._scan(text[start:stop], 0, final=True, doubtful_quotes_open=False)
        alone.end = after
        if self.width is not None and len(alone.fields) == self.width:
            alone.flaw = record.flaw or "stray quote"
            return alone
        if record.flaw == "unclosed quote" or (record.end > after and not self._fits(record)):
            alone.flaw = "unclosed quote"
            return alone
        return record

    def _scan(
        self, text: str, start: int, *, final: bool, doubtful_quotes_open: bool = True
    ) -> Record:
        dialect = self.dialect
        fields: list[str] = []
        flaw: str | None = None
        at = start
        # Known once per line, not once per field: a record may have 100 000 of them.
        stop, after = line_end(text, at, final=final)
        while True:
            if dialect.skip_space:
                at = skip_spaces(text, at, stop)
            closed = None
            if dialect.quotechar and text.startswith(dialect.quotechar, at, stop):
                closed = self._quoted(text, at, stop, final=final)
                flaw = flaw or ("unclosed quote" if closed is None else closed.flaw)
                if closed is not None and closed.flaw and not doubtful_quotes_open:
                    closed = None
            if closed is None:
                end = self._plain_end(text, at, stop)
                fields.append(self._unescape(text[at:end]))
                at = end
            else:
                fields.append(closed.value)
                at = closed.end
                if at > stop:
                    stop, after = line_end(text, at, final=final)
            if at >= stop:
                return Record(fields, after, flaw)
            at += len(dialect.delimiter)

    def _plain_end(self, text: str, at: int, stop: int) -> int:
        """Where a field without quotes ends: at the delimiter or the line end."""
        delimiter, escape = self.dialect.delimiter, self.dialect.escapechar
        found = find_unescaped(text, delimiter, at, stop, escape) if delimiter else -1
        return stop if found < 0 else found

    def _quoted(self, text: str, at: int, stop: int, *, final: bool) -> Closed | None:
        """The quoted field that opens at `at`, on a line that stops at `stop`; None when
        nothing closes it.
        """
        quote, escape = self.dialect.quotechar, self.dialect.escapechar
        limit = min(len(text), at + (LONGEST_RECORD if self.patience > 0 else NEAR))
        flaw, strays = None, 0
        seek = at + 1
        while True:
            close = find_unescaped(text, quote, seek, limit, escape)
            if close < 0:
                if limit == len(text) and not final:
                    raise Cut
                self.patience -= limit - at
                return None
            if close + 2 >= len(text) and not final:
                raise Cut
            if text.startswith(quote, close + 1):
                seek = close + 2
                continue
            if self._closes(text, close + 1):
                value = text[at + 1 : close].replace(quote + quote, quote)
                return Closed(self._unescape(value), close + 1, flaw)
            if close > stop:
                return None  # another field's quote, lines below: ours was never closed
            flaw = "stray quote"
            strays += 1
            if strays > MOST_STRAYS:
                return None
            seek = close + 1

    def _closes(self, text: str, after: int) -> bool:
        """Whether a quote that ends at `after` has a delimiter or a line end behind it."""
        if after >= len(text) or text[after] == "\n":
            return True
        if text[after] == "\r":
            return after + 1 >= len(text) or text[after + 1] == "\n"
        return self.dialect.delimiter != "" and text.startswith(self.dialect.delimiter, after)

    def _unescape(self, value: str) -> str:
        """The text without the escape characters that stand before something they protect.

        A backslash before anything else is text: C:\\temp is a path.
        """
        escape = self.dialect.escapechar
        if not escape or escape not in value:
            return value
        protected = (escape, self.dialect.quotechar or escape, self.dialect.delimiter or escape)
        parts: list[str] = []
        at = 0
        while (found := value.find(escape, at)) >= 0:
            escaped = value.startswith(protected, found + 1)
            parts.append(value[at:found] if escaped else value[at : found + 1])
            parts.append(value[found + 1 : found + 2])
            at = found + 2
        parts.append(value[at:])
        return "".join(parts)


@dataclass(slots=True)
class Closed:
    value: str
    end: int
    #: "stray quote" when a quote stood inside that was neither doubled nor escaped.
    flaw: str | None


def split(line: str, delimiter: str) -> list[str]:
    return line.split(delimiter) if delimiter else [line]


def line_end(text: str, start: int, *, final: bool) -> tuple[int, int]:
    """Where the line's text stops and where the next line starts. Raises Cut when there is no
    line end yet.
    """
    newline = text.find("\n", start)
    if newline < 0:
        if not final:
            raise Cut
        stop = len(text)
        return (stop - 1 if stop > start and text[stop - 1] == "\r" else stop), len(text)
    stop = newline - 1 if newline > start and text[newline - 1] == "\r" else newline
    return stop, newline + 1


def skip_spaces(text: str, at: int, stop: int) -> int:
    while text.startswith(" ", at, stop):
        at += 1
    return at


def find_unescaped(text: str, what: str, start: int, stop: int, escape: str) -> int:
    """Where `what` stands first without an odd number of escape characters before it; -1 when
    nowhere.
    """
    found = text.find(what, start, stop)
    while found >= 0 and escape and is_escaped(text, start, found, escape):
        found = text.find(what, found + 1, stop)
    return found


def is_escaped(text: str, start: int, at: int, escape: str) -> bool:
    count = 0
    while at - count - 1 >= start and text[at - count - 1] == escape:
        count += 1
    return count % 2 == 1
