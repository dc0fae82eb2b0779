"""The fast lane and the careful lane read alike, whatever the text."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.engine.reading.judgement import Judge
from app.engine.reading.lanes import Lanes
from app.engine.reading.pieces import build
from app.engine.reading.records import Dialect
from app.engine.reading.structure import Structure

#: What trips readers of CSV, more often than chance would bring it.
BITS = st.sampled_from(
    [
        "\x1f",
        "a",
        "b c",
        "é",
        "漢",
        '"',
        '""',
        '"""',
        ",",
        ",,",
        "\n",
        "\n\n",
        "\r\n",
        "\r",
        " ",
        "\x00",
        '"x"',
        '"x,y"',
        '"x\ny"',
        '"x""y"',
        ",\n",
        '",',
        ',"',
        '"\n',
        '\n"',
        "1,2,3\n",
        "x,y,z\n",
    ]
)
TEXTS = st.lists(BITS, max_size=40).map("".join)


def read(
    blocks: list[bytes], dialect: Dialect, width: int, *, fast: bool, pad: bool = False
) -> tuple[list[object], list[int], list[object], list[object]]:
    """(rows, record numbers, rejects, their places), with or without the fast lane."""
    columns = [f"c{number}" for number in range(width)]
    structure = Structure(header=False, header_rows=0, skip_lines=0, columns=columns)
    judge = Judge(width, ["x", "y", "z"][:width] if width <= 3 else None, pad_short=pad)
    lanes = Lanes(dialect, structure, judge, keep=True)
    if not fast:
        lanes.fast = None
    pieces = list(lanes.read(iter(blocks)))
    frame = build(pieces, columns, lanes.dialect)
    assert frame.schema == dict.fromkeys(columns, pl.String)
    numbers = [int(n) for p in pieces if p.numbers is not None for n in p.numbers]
    rejected = [each for piece in pieces for each in piece.rejected]
    assert sorted(numbers + [each.record for each in rejected]) == list(
        range(1, lanes.place.record + 1)
    )
    places = [(each.line, each.byte_offset) for each in rejected]
    return frame.rows(), numbers, [(e.record, e.reason, e.raw) for e in rejected], places


def cut(text: bytes, sizes: Iterator[int]) -> list[bytes]:
    """The text in blocks, never within a character."""
    blocks, at = [], 0
    while at < len(text):
        end = min(len(text), at + next(sizes))
        while end < len(text) and text[end] & 0xC0 == 0x80:
            end += 1
        blocks.append(text[at:end])
        at = end
    return blocks


@settings(max_examples=400, deadline=None)
@given(TEXTS, st.integers(1, 4), st.booleans())
def test_both_lanes_read_alike(text: str, width: int, pad: bool) -> None:
    dialect = Dialect(delimiter=",")
    blocks = [text.encode()]

    assert read(blocks, dialect, width, fast=True, pad=pad) == read(
        blocks, dialect, width, fast=False, pad=pad
    )


@settings(max_examples=300, deadline=None)
@given(TEXTS, st.integers(1, 3), st.lists(st.integers(1, 12), min_size=1, max_size=6))
def test_it_does_not_matter_where_the_blocks_end(
    text: str, width: int, sizes: list[int]
) -> None:
    dialect = Dialect(delimiter=",")
    whole = text.encode()
    blocks = cut(whole, iter(sizes * len(whole) or [1]))

    assert read(blocks, dialect, width, fast=True) == read([whole], dialect, width, fast=True)


@settings(max_examples=200, deadline=None)
@given(
    st.lists(
        st.lists(
            st.text(st.characters(exclude_categories=["Cs"]), max_size=5),
            min_size=2,
            max_size=2,
        ),
        max_size=6,
    ),
    st.sampled_from([",", ";", "\t", "|", "||", "::"]),
)
def test_what_is_written_is_read(rows: list[list[str]], delimiter: str) -> None:
    dialect = Dialect(delimiter=delimiter)
    text = "".join(
        delimiter.join('"' + cell.replace('"', '""') + '"' for cell in row) + "\r\n"
        for row in rows
    )

    got, _, rejected, _ = read([text.encode()], dialect, 2, fast=True)

    expected = [tuple(cell or None for cell in row) for row in rows if row != ["x", "y"]]
    assert got == expected
    assert len(rejected) == len(rows) - len(expected)


@pytest.mark.parametrize("fast", [True, False], ids=["fast", "careful"])
def test_places_are_told_across_blocks_and_quoted_line_breaks(fast: bool) -> None:
    blocks = ['1,"x\ny"\n2,é\n'.encode(), b"3\n4,5\n6,", b"7,8\n9,10\n"]

    rows, numbers, rejected, places = read(blocks, Dialect(delimiter=","), 2, fast=fast)

    assert rows == [("1", "x\ny"), ("2", "é"), ("4", "5"), ("9", "10")]
    assert numbers == [1, 2, 4, 6]
    assert [record for record, _, _ in rejected] == [3, 5]
    assert places == [(4, 13), (6, 19)]
