"""Proof, without looking at single records, that a stretch of CSV is well-formed.

Polars reads a well-formed stretch several times faster than anything could check it record by record,
but it pads short records in silence and bends at stray quotes. So every stretch it is given is first
proven, from the positions of its delimiters, line ends and quotes alone: each quote opens a field or
closes one, and each record has the same number of fields. Records of another width are named, so that
they can be looked at one by one; where a quote is out of place the proof ends, and the careful lane
takes over from there.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

Positions = NDArray[np.int64]
NEWLINE, RETURN = 10, 13


@dataclass(frozen=True, kw_only=True)
class Proof:
    """What is known of the stretch [0, end) of a buffer: whole records, quotes all in place."""

    end: int
    #: Where each record stops: the position of its newline.
    stops: Positions
    #: Indexes of the records that have not as many fields as they should.
    odd: Positions
    #: Where all newlines are, those inside quotes too.
    newlines: Positions
    #: False when the proof ended at something out of place, not for want of more bytes.
    sound: bool = True
    #: There is a `""` that is a whole field.
    quoted_blanks: bool = False

    @property
    def records(self) -> int:
        return len(self.stops)


def prove(buffer: bytes, delimiter: int | None, quote: int | None, width: int) -> Proof:
    """Proves as much of the buffer, from its start, as is well-formed. `end` is 0 when nothing is.

    delimiter: None when each line is one field. A last line without an end is left out.

        >>> proof = prove(b'1,"a,b"\\n2\\n3,c\\n4,"d', ord(","), ord('"'), width=2)
        >>> proof.end, proof.records, proof.odd.tolist()
        (14, 3, [1])
    """
    bytes_ = np.frombuffer(buffer, dtype=np.uint8)
    if quote is None or quote not in buffer:
        newlines = np.flatnonzero(bytes_ == NEWLINE)
        return plain_proof(bytes_, newlines, delimiter, width)
    return quoted_proof(bytes_, delimiter, quote, width)


def plain_proof(
    bytes_: NDArray[np.uint8], newlines: Positions, delimiter: int | None, width: int
) -> Proof:
    if not len(newlines):
        return nothing(sound=True)
    end = int(newlines[-1]) + 1
    if delimiter is None:
        delimiters = newlines[:0]
    else:
        delimiters = np.flatnonzero(bytes_[:end] == delimiter)
    odd = odd_records(delimiters, newlines, width)
    return Proof(end=end, stops=newlines, odd=odd, newlines=newlines)


def odd_records(delimiters: Positions, stops: Positions, width: int) -> Positions:
    """Which records do not hold exactly width - 1 delimiters."""
    gaps = width - 1
    if len(delimiters) == gaps * len(stops):
        # The n-th group of delimiters lies between the n-th pair of stops: checked at its two ends.
        if gaps == 0:
            return stops[:0]
        last, first = delimiters[gaps - 1 :: gaps], delimiters[::gaps]
        if bool((last < stops).all()) and bool((first[1:] > stops[:-1]).all()):
            return stops[:0]
    before = np.searchsorted(delimiters, stops)
    return np.flatnonzero(np.diff(before, prepend=0) != gaps)


def quoted_proof(
    bytes_: NDArray[np.uint8], delimiter: int | None, quote: int, width: int
) -> Proof:
    marks = (bytes_ == quote) | (bytes_ == NEWLINE)
    if delimiter is not None:
        marks |= bytes_ == delimiter
    places = np.flatnonzero(marks)
    kinds = bytes_[places]
    is_quote = kinds == quote
    inside = np.bitwise_xor.accumulate(is_quote.view(np.uint8)).view(np.bool_)
    quotes = places[is_quote]
    stops = places[(kinds == NEWLINE) & ~inside]
    sound_until = first_misplaced(bytes_, quotes, delimiter)
    stops = stops[: np.searchsorted(stops, sound_until)]
    sound = sound_until == len(bytes_)
    if not len(stops):
        return nothing(sound=sound)
    end = int(stops[-1]) + 1
    if delimiter is None:
        delimiters = places[:0]
    else:
        delimiters = places[(kinds == delimiter) & ~inside]
        delimiters = delimiters[: np.searchsorted(delimiters, end)]
    opens, closes = quotes[0::2], quotes[1::2]
    blanks = bool((closes - opens[: len(closes)] == 1).any())
    proof = Proof(
        end=end,
        stops=stops,
        odd=odd_records(delimiters, stops, width),
        newlines=places[kinds == NEWLINE],
        sound=sound,
        quoted_blanks=blanks,
    )
    return up_to_doubtful(proof)


def up_to_doubtful(proof: Proof) -> Proof:
    """The proof as far as the first odd record of several lines: it may be an unclosed quote and its victims."""
    if not len(proof.odd):
        return proof
    lines_before = np.searchsorted(proof.newlines, proof.stops)
    lines = np.diff(lines_before, prepend=-1)
    doubtful = proof.odd[lines[proof.odd] > 1]
    if not len(doubtful):
        return proof
    first = int(doubtful[0])
    if first == 0:
        return nothing(sound=False)
    return replace(
        proof,
        end=int(proof.stops[first - 1]) + 1,
        stops=proof.stops[:first],
        odd=proof.odd[proof.odd < first],
        sound=False,
    )


def first_misplaced(bytes_: NDArray[np.uint8], quotes: Positions, delimiter: int | None) -> int:
    """The position of the first quote that neither opens a field, nor closes one, nor is one of a doubled pair.

    Quotes open and close by turns. A doubled quote inside a field closes it and opens it again at once,
    which is how the two are told apart without reading the text in between.
    """
    opens, closes = quotes[0::2], quotes[1::2]
    # One newline before and two behind, so that the neighbours of the first and last byte can be asked for.
    before = np.where(opens > 0, bytes_[opens - 1], NEWLINE)
    opened = (before == NEWLINE) | again(opens[1:], closes)
    last = len(bytes_) - 1
    behind = np.where(closes < last, bytes_[np.minimum(closes + 1, last)], NEWLINE)
    second = np.where(closes + 1 < last, bytes_[np.minimum(closes + 2, last)], NEWLINE)
    closed = (behind == NEWLINE) | ((behind == RETURN) & (second == NEWLINE))
    closed |= again(opens[1:], closes, closing=True)
    if delimiter is not None:
        opened |= before == delimiter
        closed |= behind == delimiter
    misplaced = [
        int(places[~fine][0])
        for places, fine in ((opens, opened), (closes, closed))
        if not fine.all()
    ]
    return min(misplaced, default=len(bytes_))


def again(opens: Positions, closes: Positions, *, closing: bool = False) -> NDArray[np.bool_]:
    """Which opening quotes (or, `closing`, which closing ones) are half of a doubled pair."""
    pairs = min(len(opens), len(closes))
    doubled = opens[:pairs] == closes[:pairs] + 1
    if closing:
        return np.concatenate([doubled, np.zeros(len(closes) - pairs, dtype=np.bool_)])
    tail: Any = np.zeros(len(opens) - pairs, dtype=np.bool_)
    return np.concatenate([np.zeros(1, dtype=np.bool_), doubled, tail])


def nothing(*, sound: bool) -> Proof:
    none: Positions = np.empty(0, dtype=np.int64)
    return Proof(end=0, stops=none, odd=none, newlines=none, sound=sound)
