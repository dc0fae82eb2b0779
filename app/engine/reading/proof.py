"""Proof, without looking at single records, that a stretch of CSV is well-formed.

Polars reads a well-formed stretch several times faster than anything could check it record by
record, but it pads short records in silence and bends at stray quotes. So every stretch it is
given is first proven, from the positions of its delimiters, line ends and quotes alone: each
quote opens a field or closes one, and each record has the same number of fields. Records of
another width are named, so that they can be looked at one by one; where a quote is out of place
the proof ends, and the careful lane takes over from there.
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


def prove(buffer: bytes, delimiter: int, quote: int | None, width: int) -> Proof:
    """Proves as much of the buffer, from its start, as is well-formed. `end` is 0 when nothing
    is.

    A last line without an end is left out.

        >>> proof = prove(b'1,"a,b"\\n2\\n3,c\\n4,"d', ord(","), ord('"'), width=2)
        >>> proof.end, proof.records, proof.odd.tolist()
        (14, 3, [1])
    """
    bytes_ = np.frombuffer(buffer, dtype=np.uint8)
    if quote is None or quote not in buffer:
        proof = plain_proof(bytes_, delimiter, width)
    else:
        proof = quoted_proof(bytes_, marked(bytes_, delimiter, quote), delimiter, quote, width)
    return with_bare_returns(proof, bytes_) if RETURN in buffer else proof


def marked(bytes_: NDArray[np.uint8], delimiter: int, quote: int) -> Positions:
    return np.flatnonzero((bytes_ == NEWLINE) | (bytes_ == quote) | (bytes_ == delimiter))


def with_bare_returns(proof: Proof, bytes_: NDArray[np.uint8]) -> Proof:
    """Records with a carriage return that ends no line are odd: Polars drops some of those."""
    returns = np.flatnonzero(bytes_[: proof.end] == RETURN)
    bare = returns[bytes_[returns + 1] != NEWLINE]
    if not len(bare):
        return proof
    return replace(proof, odd=np.union1d(proof.odd, np.searchsorted(proof.stops, bare)))


def plain_proof(bytes_: NDArray[np.uint8], delimiter: int, width: int) -> Proof:
    """Without quotes, each newline ends a record and each delimiter a field."""
    stops = np.flatnonzero(bytes_ == NEWLINE)
    if not len(stops):
        return nothing(sound=True)
    end = int(stops[-1]) + 1
    delimiters = np.flatnonzero(bytes_[:end] == delimiter)
    odd = odd_records(delimiters, stops, width - 1)
    return Proof(end=end, stops=stops, odd=odd, newlines=stops)


def odd_records(delimiters: Positions, stops: Positions, gaps: int) -> Positions:
    """Which records do not hold exactly so many delimiters."""
    if len(delimiters) == gaps * len(stops):
        if gaps == 0:
            return stops[:0]
        # The n-th group of delimiters lies between the n-th pair of stops: seen at its two
        # ends.
        last, first = delimiters[gaps - 1 :: gaps], delimiters[::gaps]
        if bool((last < stops).all()) and bool((first[1:] > stops[:-1]).all()):
            return stops[:0]
    before = np.searchsorted(delimiters, stops)
    return np.flatnonzero(np.diff(before, prepend=0) != gaps)


def proof_of(edges: Positions, is_end: NDArray[np.bool_], width: int) -> Proof:
    """From the places where fields end, and which of them end a record: how many lie between
    those.
    """
    ends = np.flatnonzero(is_end)
    if not len(ends):
        return nothing(sound=True)
    stops = edges[ends]
    odd = np.flatnonzero(np.diff(ends, prepend=-1) != width)
    return Proof(end=int(stops[-1]) + 1, stops=stops, odd=odd, newlines=stops)


def quoted_proof(
    bytes_: NDArray[np.uint8],
    places: Positions,
    delimiter: int,
    quote: int,
    width: int,
) -> Proof:
    kinds = bytes_[places]
    is_quote = kinds == quote
    # Counts quotes modulo two: within quotes, delimiters and newlines are text.
    inside = np.bitwise_xor.accumulate(is_quote.view(np.uint8)).view(np.bool_)
    outside = ~(inside | is_quote)
    edges, quotes = places[outside], places[is_quote]
    misplaced = first_misplaced(bytes_, quotes, delimiter)
    proof = proof_of(edges, kinds[outside] == NEWLINE, width)
    if misplaced is not None:
        proof = shortened(proof, int(np.searchsorted(proof.stops, misplaced)))
    opens, closes = quotes[0::2], quotes[1::2]
    blanks = bool((closes == opens[: len(closes)] + 1).any()) and has_blank(opens, closes)
    proof = replace(proof, newlines=places[kinds == NEWLINE], quoted_blanks=blanks)
    return up_to_doubtful(proof)


def has_blank(opens: Positions, closes: Positions) -> bool:
    """Whether there is a `""` that is no part of a longer row of quotes."""
    pairs = len(closes)
    alone = closes == opens[:pairs] + 1
    alone[1:] &= opens[1:pairs] != closes[:-1] + 1
    alone[: len(opens) - 1] &= opens[1:] != closes[: len(opens) - 1] + 1
    return bool(alone.any())


def shortened(proof: Proof, records: int) -> Proof:
    """The proof as far as so many records, because of what comes then."""
    if records == 0:
        return nothing(sound=False)
    return replace(
        proof,
        end=int(proof.stops[records - 1]) + 1,
        stops=proof.stops[:records],
        odd=proof.odd[proof.odd < records],
        sound=False,
    )


def up_to_doubtful(proof: Proof) -> Proof:
    """The proof as far as the first odd record of several lines: it may be an unclosed quote
    and its victims.
    """
    if not len(proof.odd):
        return proof
    lines_before = np.searchsorted(proof.newlines, proof.stops)
    lines = np.diff(lines_before, prepend=-1)
    doubtful = proof.odd[lines[proof.odd] > 1]
    if not len(doubtful):
        return proof
    return shortened(proof, int(doubtful[0]))


def first_misplaced(bytes_: NDArray[np.uint8], quotes: Positions, delimiter: int) -> int | None:
    """Where the first quote is that neither opens a field, nor closes one, nor is one of a
    doubled pair.

    Quotes open and close by turns. A doubled quote inside a field closes it and opens it again
    at once,
    which is how the two are told apart without reading the text in between.
    """
    opens, closes = quotes[0::2], quotes[1::2]
    # One newline before and two behind, so that the neighbours of the first and last byte can
    # be asked for.
    before = np.where(opens > 0, bytes_[opens - 1], NEWLINE)
    opened = (before == NEWLINE) | (before == delimiter) | again(opens[1:], closes)
    last = len(bytes_) - 1
    behind = np.where(closes < last, bytes_[np.minimum(closes + 1, last)], NEWLINE)
    second = np.where(closes + 1 < last, bytes_[np.minimum(closes + 2, last)], NEWLINE)
    closed = (
        (behind == NEWLINE) | (behind == delimiter) | ((behind == RETURN) & (second == NEWLINE))
    )
    closed |= again(opens[1:], closes, closing=True)
    wrong = [opens[~opened][:1], closes[~closed][:1]]
    return int(min(np.concatenate(wrong))) if any(len(each) for each in wrong) else None


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
