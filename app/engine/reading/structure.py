"""Records -> where the table starts, how wide it is, and what its columns are called."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from statistics import median

from app.engine.reading.contract import ReadingOptions
from app.engine.reading.header import has_header, header_height
from app.engine.reading.names import numbered_names, unique_names

#: The table starts among this many records, or at the first.
START_WITHIN = 100
#: Records below the start that are looked at to judge it.
BODY = 100
#: Short records are rows, filled up with blanks, where this share of all records is short.
SHORT_IS_USUAL = 0.1


@dataclass(frozen=True)
class SampleRecord:
    fields: list[str]
    #: The line it starts on, from 1.
    line: int
    #: Lines it takes.
    lines: int = 1

    @property
    def filled(self) -> int:
        return sum(1 for cell in self.fields if cell.strip())


@dataclass(frozen=True, kw_only=True)
class Structure:
    header: bool
    #: Records that make the header, 0 when there is none.
    header_rows: int
    #: Lines above the header (or, without one, above the first record).
    skip_lines: int
    columns: list[str]
    #: Short records are rows whose last cells are blank.
    pad_short: bool = False
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
    above, records = records[:start], records[start:]
    body = [record.fields for record in records[1 : 1 + BODY]]
    header = options.header
    if header is None:
        header = has_header(records[0].fields, body)
    height = header_rows(records, options) if header else 0
    width = table_width(records, height, usual_width(records))
    pads = options.pad_short
    if pads is None:
        pads = fills_up(records, height, width)
    columns, warnings = column_names(records[:height], records[height:], width)
    skip = options.skip_lines
    if skip is None:
        skip = records[0].line - 1 if above else 0
    if above:
        warnings.insert(0, passed_over(above))
    if pads and options.pad_short is None:
        warnings.append("Short records are rows whose last cells are blank (pad_short)")
    return Structure(
        header=header,
        header_rows=height,
        skip_lines=skip,
        columns=columns,
        pad_short=pads,
        warnings=warnings,
    )


def header_rows(records: list[SampleRecord], options: ReadingOptions) -> int:
    if options.header_rows:
        return options.header_rows
    if options.header is not None and options.skip_lines is not None:
        return 1
    return header_height([record.fields for record in records[: BODY + 4]])


def usual_width(records: list[SampleRecord]) -> int:
    """The number of fields most records have; of equals the one that comes first, but for
    single fields.
    """
    widths = Counter(len(record.fields) for record in records)
    return max(widths, key=lambda width: (widths[width], width > 1))


def table_start(records: list[SampleRecord], width: int) -> int:
    """The index of the first record that belongs to the table: titles and notes above it have
    fewer cells.
    """
    body = [record.filled for record in records if len(record.fields) == width]
    usual = median(body[:BODY])
    for index, record in enumerate(records[:START_WITHIN]):
        if index == 0 and record.fields[0].lower().startswith("sep="):
            # Excel's word for the delimiter, not a record.
            continue
        if len(record.fields) == width:
            if not is_note(record, usual):
                return start_of_header(records, index)
        elif may_start(records, index, width):
            return index
    return 0


def is_note(record: SampleRecord, usual: float) -> bool:
    """Few cells filled: less than half, less than a third where there are many, or only the
    first of two.
    """
    if record.filled == 0:
        return True
    if usual <= 2:
        return usual == 2 and record.filled == 1 and record.fields[0].strip() != ""
    return record.filled < usual / (2 if usual < 8 else 3)


def may_start(records: list[SampleRecord], index: int, width: int) -> bool:
    """A header may have one cell less than the records below (their first cell has no name), or
    some more.
    """
    found = len(records[index].fields)
    if found < 2 or records[index].filled < found - 1:
        return False
    below = records[index + 1 : index + 4]
    return found in (width - 1, width + 1) and all(len(each.fields) == width for each in below)


def start_of_header(records: list[SampleRecord], index: int) -> int:
    """A wider record right above may head records that leave their last cells out."""
    if index and may_be_wide_header(records[index - 1], records[index]):
        return index - 1
    return index


def may_be_wide_header(above: SampleRecord, first: SampleRecord) -> bool:
    adjacent = above.line + above.lines == first.line
    return (
        adjacent and len(above.fields) > len(first.fields) and above.filled == len(above.fields)
    )


def table_width(records: list[SampleRecord], height: int, usual: int) -> int:
    """As many columns as most records have fields, or as the header where enough agree with it.

    Lists of any length, such as baskets of goods, make a table as wide as the longest.
    """
    widths = Counter(len(record.fields) for record in records[height:])
    total = sum(widths.values())
    if height == 0 and are_lists(widths):
        return min(max(widths), 4 * usual + 16)
    named = named_width(records[0].fields, usual) if height else usual
    if named > usual or widths[named] >= 0.3 * total:
        return named
    return usual


def are_lists(widths: Counter[int]) -> bool:
    return max(widths.values(), default=0) < 0.5 * sum(widths.values())


def fills_up(records: list[SampleRecord], height: int, width: int) -> bool:
    """Whether short records are rows: where that is usual, and blank cells at the end are left
    out, so that no record of full width ends with one.
    """
    body = records[height:]
    if height == 0 and are_lists(Counter(len(record.fields) for record in body)):
        return True
    short = sum(1 for record in body if 1 < len(record.fields) < width)
    if short < max(2, SHORT_IS_USUAL * len(body)):
        return False
    return not any(len(each.fields) == width and not each.fields[-1] for each in records)


def named_width(header: list[str], usual: int) -> int:
    """The header's width without the blank cells that no record has."""
    width = len(header)
    while width > usual and not header[width - 1].strip():
        width -= 1
    return max(width, 1)


def column_names(
    header: list[SampleRecord], body: list[SampleRecord], width: int
) -> tuple[list[str], list[str]]:
    if not header:
        return numbered_names(width), []
    rows = [row.fields[:width] + [""] * (width - len(row.fields)) for row in header]
    shifted = len(header[0].fields) == width - 1 and any(
        len(each.fields) == width and each.fields[-1].strip() for each in body
    )
    if shifted:
        rows = [["", *row[:-1]] for row in rows]
    names, warnings = unique_names([joined(cells) for cells in zip(*rows, strict=True)])
    if shifted:
        warnings.append(
            "The header has one name less than there are columns: the first has none"
        )
    return names, warnings


def joined(cells: tuple[str, ...]) -> str:
    """The cells of one column in several header rows as one name.

    >>> joined(("Weight", "kg")), joined(("", "kg")), joined((" a ",))
    ('Weight kg', 'kg', ' a ')
    """
    if len(cells) == 1:
        return cells[0]
    return " ".join(cell.strip() for cell in cells if cell.strip())


def passed_over(above: list[SampleRecord]) -> str:
    shown = " | ".join(
        " ".join(cell for cell in record.fields if cell.strip())[:60] for record in above[:3]
    )
    more = f" and {len(above) - 3} more" if len(above) > 3 else ""
    return f"Passed over above the table: {shown}{more}"
