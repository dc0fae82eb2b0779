"""Near misses: two texts of which one is most likely a slip in writing the other."""

from __future__ import annotations

import re
from enum import IntEnum

import polars as pl
from rapidfuzz.distance import OSA

#: Letters that a word must have before one, or two, of them may be wrong.
ONE_SLIP, TWO_SLIPS = 4, 8
_DIGITS = re.compile(r"[0-9]")


class Likeness(IntEnum):
    """How alike two different texts are, where one may be a slip in writing the other."""

    #: Nobody writes the one who means the other.
    FAR = 0
    #: Too short to tell: al and xl are one letter apart, and so are al and az.
    UNCLEAR = 1
    NEAR = 2


def likeness(one: str, other: str) -> Likeness:
    """NEAR where texts differ by a slip or two: letters left out, put in, swapped or wrong.

    FAR is also what tells things apart on purpose: digits (Room 1, Room 2), short words (Unit
    A, Unit B), and a word more or less (Main St, Main St N).

    >>> [likeness(*pair.split("|")).name for pair in (
    ...     "birmingham|bixmingham", "New York|NewYork", "2565741000|256574x000", "Rome|ROME",
    ...     "Boston|Austin", "12:30|12:31", "Unit A|Unit B", "07:10 a.m.|07:10 p.m.", "al|xl")]
    ['NEAR', 'NEAR', 'NEAR', 'NEAR', 'FAR', 'FAR', 'FAR', 'FAR', 'UNCLEAR']
    """
    if _is_digits_alone(one, other):
        return Likeness.FAR
    if one.lower() == other.lower():
        return Likeness.NEAR
    ones, others = one.split(), other.split()
    if len(ones) != len(others):
        return Likeness.NEAR if "".join(ones) == "".join(others) else Likeness.FAR
    differing = [(a, b) for a, b in zip(ones, others, strict=True) if a != b]
    if len(differing) <= 2 and all(_is_slip(a, b) for a, b in differing):
        return Likeness.NEAR
    is_short = len(ones) == 1 and max(len(one), len(other)) < ONE_SLIP
    if is_short and OSA.distance(one, other, score_cutoff=1) <= 1:
        return Likeness.UNCLEAR
    return Likeness.FAR


def edit(one: str, other: str) -> tuple[str, str]:
    """What stands in the one where the other has something else.

    >>> edit("az_ami", "al_ami"), edit("colour", "color")
    (('z', 'l'), ('u', ''))
    """
    start = _shared(one, other)
    one, other = one[start:], other[start:]
    end = _shared(one[::-1], other[::-1])
    return one[: len(one) - end], other[: len(other) - end]


def _shared(one: str, other: str) -> int:
    """How many characters two texts have in common at their start."""
    length = 0
    for a, b in zip(one, other, strict=False):
        if a != b:
            break
        length += 1
    return length


def shape(texts: pl.Series) -> pl.Series:
    """What kinds of characters a text is made of, in order.

    >>> shape(pl.Series(["Az-19", "07:15 a.m.", "B 7x"])).to_list()
    ['a-9', '9:9 a.a.', 'a 9a']
    """
    return texts.str.replace_all("[0-9]+", "9").str.replace_all(r"\p{L}+", "a")


def _is_slip(one: str, other: str) -> bool:
    length = max(sum(map(str.isalnum, one)), sum(map(str.isalnum, other)))
    if length < ONE_SLIP or _is_digits_alone(one, other):
        return False
    allowed = 2 if length >= TWO_SLIPS else 1
    return OSA.distance(one, other, score_cutoff=allowed) <= allowed


def _is_digits_alone(one: str, other: str) -> bool:
    """Whether two texts are the same but for digits."""
    return one != other and _DIGITS.sub("", one) == _DIGITS.sub("", other)
