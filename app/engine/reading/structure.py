"""Records -> where the table starts, whether it has a header, and how wide it is."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from statistics import median

from app.engine.reading.cells import TYPED, kind
from app.engine.reading.contract import ReadingOptions
from app.engine.reading.names import numbered_names, unique_names

#: A header is looked for among this many records.
HEADER_WITHIN = 60
#: Records below the header that are looked at to judge it.
BODY = 100


@dataclass(frozen=True)
class SampleRecord:
    fields: list[str]
    #: The line it starts on, from 1.
    line: int
    #: Lines it takes.
    lines: int = 1


@dataclass(frozen=True, kw_only=True)
class Structure:
    header: bool
    header_rows: int
    #: Lines above the header (or, without one, above the first record).
    skip_lines: int
    columns: list[str]
    warnings: list[str] = field(default_factory=list)

    @property
    def width(self) -> int:
        return len(self.columns)


def find_structure(records: list[SampleRecord], options: ReadingOptions) -> Structure:
    """`records` are the first ones of the file, blank lines left out."""
    if options.skip_lines is not None:
        records = [record for record in records if record.line > options.skip_lines]
    if not records:
        return Structure(
            header=False, header_rows=0, skip_lines=options.skip_lines or 0, columns=[]
        )
    width = usual_width(records)
    start = 0 if options.skip_lines is not None else table_start(records, width)
    header = options.header
    if header is None:
        header = has_header(records[start], records[start + 1 : start + 1 + BODY], width)
    skip = options.skip_lines
    if skip is None:
        skip = records[start].line - 1 if start else 0
    columns, warnings = column_names(records, start, header, width)
    if start:
        warnings.insert(0, passed_over(records[:start]))
    return Structure(
        header=header,
        header_rows=1 if header else 0,
        skip_lines=skip,
        columns=columns,
        warnings=warnings,
    )


def usual_width(records: list[SampleRecord]) -> int:
    """The number of fields most records have; of equals the larger."""
    widths = Counter(len(record.fields) for record in records)
    return max(widths, key=lambda width: (widths[width], width))


def table_start(records: list[SampleRecord], width: int) -> int:
    """The index of the first record that belongs to the table: titles and notes above it have fewer cells filled."""
    body = [filled(r) for r in records if len(r.fields) == width]
    usual = median(body[:BODY]) if body else 0
    for index, record in enumerate(records[:HEADER_WITHIN]):
        if fits_header(record, width) and filled(record) >= max(1.0, usual / 2):
            return index
    return 0


def fits_header(record: SampleRecord, width: int) -> bool:
    return len(record.fields) == width


def filled(record: SampleRecord) -> int:
    return sum(1 for cell in record.fields if cell.strip())


def has_header(first: SampleRecord, body: list[SampleRecord], width: int) -> bool:
    """Whether the first record names the columns.

    It does unless it looks like the ones below: cells that are numbers or dates where the column has
    numbers or dates, or values that come again further down.
    """
    rows = [record.fields for record in body if len(record.fields) == width]
    if not rows:
        return not any(kind(cell) in TYPED for cell in first.fields)
    votes = 0.0
    for place, name in enumerate(first.fields[:width]):
        votes += header_vote(name, [row[place] for row in rows])
    return votes >= 0


def header_vote(name: str, cells: list[str]) -> float:
    """Above 0 when `name` looks like the name of a column of `cells`, below when like one of them."""
    below = [cell for cell in cells if cell.strip()]
    if not below:
        return 0.0
    if not name.strip():
        return -0.2
    kinds = Counter(kind(cell) for cell in below)
    usual, count = kinds.most_common(1)[0]
    own = kind(name)
    if usual in TYPED and count >= 0.8 * len(below):
        if own not in TYPED:
            return 1.0
        return -1.0 if own == usual else -0.3
    if own in TYPED:
        return -0.7
    if name in below:
        return -0.5
    return 0.05


def column_names(
    records: list[SampleRecord], start: int, header: bool, width: int
) -> tuple[list[str], list[str]]:
    if not header:
        return numbered_names(width), []
    cells = list(records[start].fields)
    while len(cells) > width and not cells[-1].strip():
        cells.pop()
    cells += [""] * (width - len(cells))
    return unique_names(cells)


def passed_over(records: list[SampleRecord]) -> str:
    shown = " | ".join(
        " ".join(cell for cell in r.fields if cell.strip())[:60] for r in records[:3]
    )
    more = f" and {len(records) - 3} more" if len(records) > 3 else ""
    return f"Passed over above the table: {shown}{more}"
