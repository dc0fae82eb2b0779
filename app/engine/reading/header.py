"""Whether the first record names the columns, and how many records do."""

from __future__ import annotations

import re
from collections import Counter
from statistics import median

from app.engine.reading.cells import TYPED, kind

#: A column has a type when this share of its filled cells has.
MOSTLY = 0.8
#: Header records beyond this are not looked for.
TALLEST = 4
#: A record that comes again this often is a value, not a header.
OFTEN = 0.3
YEAR = re.compile(r"(?:1[89]|20)\d\d")


def has_header(first: list[str], body: list[list[str]]) -> bool:
    """Whether `first` names the columns of `body`.

    It does unless it looks like the records below: numbers or dates where the column has them,
    codes of the
    same make, values that come again.

        >>> has_header(["name", "qty"], [["pen", "3"], ["book", "4"]])
        True
        >>> has_header(["pen", "3"], [["book", "4"], ["bag", "5"]])
        False
    """
    if counts_up(first):
        return True
    if body.count(first) > max(1, OFTEN * len(body)):
        return False
    rows = [row for row in body if len(row) == len(first) and row != first]
    if not rows:
        rows = [row for row in body if len(row) == len(first) + 1]
        first = ["", *first]
    if not rows:
        return not any(kind(cell) in TYPED and not YEAR.fullmatch(cell) for cell in first)
    votes = [
        vote(name, [row[place] for row in rows if row[place].strip()])
        for place, name in enumerate(first)
    ]
    repeated = len(first) - len({name.strip() for name in first if name.strip()} | {""})
    return sum(votes) - 0.1 * repeated >= 0


def counts_up(first: list[str]) -> bool:
    """0, 1, 2, ... are names that a program gave, as it does when there are none."""
    counted = [str(number) for number in range(len(first))]
    if first == counted:
        return len(first) > 2
    indexed = kind(first[0]) not in TYPED and first[1:] in (counted[:-1], counted[1:])
    return indexed and len(first) > 3


def vote(name: str, below: list[str]) -> float:
    """Above 0 when `name` looks like the name of a column of `below`, below 0 when like one of
    its cells.
    """
    if not below:
        return 0.0
    if not name.strip():
        return -0.02
    own = kind(name)
    usual, share = usual_kind(below)
    if usual in TYPED and share >= MOSTLY:
        return vote_on_typed(name, own, usual, below)
    if own in TYPED:
        alone = YEAR.fullmatch(name.strip()) or own not in {kind(cell) for cell in below}
        return 0.2 if alone else -0.7
    if len(name) > 100:
        # A question, or prose like the cells below.
        return -0.5 if median(len(cell) for cell in below) > 50 else 0.2
    shape, alike = usual_shape(below)
    if "9" in shape and alike >= MOSTLY:
        return -0.7 if shape_of(name) == shape else 0.7
    if name in below:
        return -0.5
    return 0.05


def vote_on_typed(name: str, own: str, usual: str, below: list[str]) -> float:
    if own not in TYPED:
        return 0.0 if own == "missing" else 1.0
    if YEAR.fullmatch(name.strip()) and not mostly_years(below):
        return 0.3
    return -1.0 if own == usual else -0.3


def mostly_years(cells: list[str]) -> bool:
    return sum(1 for cell in cells if YEAR.fullmatch(cell.strip())) >= MOSTLY * len(cells)


def usual_kind(cells: list[str]) -> tuple[str, float]:
    """The kind most cells are of, and their share, those that stand for a missing value not
    counted.
    """
    kinds = Counter(kind(cell) for cell in cells)
    missing = kinds.pop("missing", 0)
    if not kinds:
        return "missing", 1.0
    usual, count = kinds.most_common(1)[0]
    return usual, count / (len(cells) - missing)


def usual_shape(cells: list[str]) -> tuple[str, float]:
    shape, count = Counter(shape_of(cell) for cell in cells).most_common(1)[0]
    return shape, count / len(cells)


def shape_of(cell: str) -> str:
    """Digits as 9, letters as A, the rest as it is.

    >>> shape_of("MG-8769")
    'AA-9999'
    """
    return LETTER.sub("A", DIGIT.sub("9", cell[:40]))


DIGIT = re.compile(r"\d")
LETTER = re.compile(r"[^\W\d_]")


def header_height(records: list[list[str]]) -> int:
    """How many records make the header: those after the first that have words where the columns
    below have numbers.

    >>> header_height([["id", "weight"], ["", "kg"], ["1", "70"], ["2", "80"], ["3", "81"]])
    2
    """
    first = records[0]
    for height in range(1, TALLEST + 1):
        rows = [row for row in records[height + 1 :] if len(row) == len(first)]
        if len(rows) < 2 or height >= len(records):
            return height
        typed = typed_columns(rows)
        if not typed or not is_more_header(records[height], first, typed):
            return height
    return 1


def typed_columns(rows: list[list[str]]) -> list[int]:
    typed = []
    for place in range(len(rows[0])):
        cells = [row[place] for row in rows if row[place].strip()]
        usual, share = usual_kind(cells) if cells else ("blank", 0.0)
        if usual in TYPED and share >= MOSTLY:
            typed.append(place)
    return typed


def is_more_header(record: list[str], first: list[str], typed: list[int]) -> bool:
    """Words in the columns of numbers, several or all that are filled, and not the first record
    again.

    A row of units has them, and a blank where the records have their number. One word among
    numbers may as
    well be a record with something wrong.
    """
    if len(record) != len(first) or record == first:
        return False
    kinds = [kind(record[place]) for place in typed]
    words = sum(1 for each in kinds if each in ("token", "phrase"))
    if any(each in TYPED or each in ("missing", "other") for each in kinds):
        return False
    return words >= max(2, len(typed) / 2) or (
        words >= 1 and 0 in typed and kinds[0] == "blank"
    )
