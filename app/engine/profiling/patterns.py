"""The shape of a text: every digit 9, capitals A, other letters a, runs of letters once.

`34 ABC 123` is `99 A 999`, `Ada Lovelace` is `Aa Aa`, `ada@example.com` is `a@a.a`.
"""

from __future__ import annotations

import numpy as np
import polars as pl

#: A longer text is prose: its shape says nothing.
LONGEST = 60  # characters
PROSE = "(long text)"
_END = 0  # no cell holds a NUL byte: none gets past the reader


def _table() -> np.ndarray[tuple[int], np.dtype[np.uint8]]:
    table = np.arange(256, dtype=np.uint8)
    table[ord("0") : ord("9") + 1] = ord("9")
    table[ord("A") : ord("Z") + 1] = ord("A")
    table[ord("a") : ord("z") + 1] = ord("a")
    return table


_SHAPE = _table()


def patterns(texts: pl.Series) -> pl.Series:
    """The pattern of each text. None may be null or empty.

    >>> patterns(pl.Series(["Şişli 7/B", "05.01.2024", "x" * 61])).to_list()
    ['Aa 9/A', '99.99.9999', '(long text)']
    """
    long = texts.str.len_chars() > LONGEST
    plain = (texts.str.len_bytes() == texts.str.len_chars()) & ~long
    if plain.all():
        return _of_ascii(texts)
    found = pl.repeat(PROSE, texts.len(), dtype=pl.String, eager=True)
    for rows, shape in ((plain, _of_ascii), (~plain & ~long, _of_any)):
        if rows.any():
            places = rows.arg_true()
            found = found.scatter(places, shape(texts.gather(places)))
    return found


def _of_ascii(texts: pl.Series) -> pl.Series:
    """All texts at once as bytes, which is many times faster than replacing in each."""
    joined = "\0".join(texts.to_list()).encode()
    shapes = _SHAPE[np.frombuffer(joined, dtype=np.uint8)]
    again = np.zeros(len(shapes), dtype=np.bool_)
    again[1:] = (shapes[1:] == shapes[:-1]) & ((shapes[1:] == 65) | (shapes[1:] == 97))
    return pl.Series(shapes[~again].tobytes().decode().split("\0"), dtype=pl.String)


def _of_any(texts: pl.Series) -> pl.Series:
    return (
        texts.str.replace_all("[0-9]", "9")
        .str.replace_all(r"\p{Lu}+", "A")
        .str.replace_all(r"[\p{L}\p{M}--\p{Lu}]+", "a")
    )
