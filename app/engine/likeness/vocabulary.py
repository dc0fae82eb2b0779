"""Slips in a column of few words, where nothing but the column itself tells what is right.

A rare value near one frequent value is a slip only if values near each other are not what the
column is made of. How often a frequent value has a near one says how many of the rare ones
would be near by chance; what goes beyond that are slips. Surnames fail this test, as they
should.
"""

from __future__ import annotations

from collections import Counter

import polars as pl

from app.engine.likeness.typos import Likeness, edit, likeness

#: A word stands when so many cells have it, a rare value has at most so many.
STANDS, RARE = 20, 2
#: The share of the cells that standing words must have, and how many there may be.
CLOSED, MOST_WORDS = 0.9, 200
#: Rare values looked at. A column with more is no list of words.
MOST_RARE = 2_000
#: Words with a near one, of so many words, before any is seen; and rare values near a word that
#: are right, come what may.
PRIOR_NEAR, PRIOR_WORDS, RIGHT_ANYWAY = 0.5, 2, 0.15
#: The same letters in the place of the same others, more often than this, is no slip.
SAME_EDIT = 3

SCHEMA = {"value": pl.String, "word": pl.String, "cells": pl.UInt32, "confidence": pl.Float64}


def find_slips(counts: pl.DataFrame) -> pl.DataFrame:
    """value, word, cells (that have the word) and confidence of what looks like a slip.

    `counts`: value, cells; a value once. Nothing where the column is no list of words.

    >>> slips = ["acute car", "acut care", "axute care", "acute caer", "acutecare", "acute cre"]
    >>> counts = pl.DataFrame({"value": ["acute care", *slips], "cells": [900, *[1] * 6]})
    >>> find_slips(counts).sort("value").row(0)[:3]
    ('acut care', 'acute care', 900)
    """
    standing = counts.filter(pl.col("cells") >= STANDS)
    rare = counts.filter(pl.col("cells") <= RARE)["value"].sort().to_list()
    if not _is_list_of_words(counts, standing) or not 0 < len(rare) <= MOST_RARE:
        return pl.DataFrame(schema=SCHEMA)
    words: dict[str, int] = dict(standing.select("value", "cells").iter_rows())
    near = {value: _near(value, words) for value in rare}
    edits = Counter(edit(value, found[0]) for value, found in near.items() if len(found) == 1)
    slips = {
        value: found[0]
        for value, found in near.items()
        if len(found) == 1 and edits[edit(value, found[0])] <= SAME_EDIT
    }
    confidence = _confidence(len(slips), sum(not found for found in near.values()), words)
    rows = [(value, word, words[word], confidence) for value, word in slips.items()]
    return pl.DataFrame(rows, schema=SCHEMA, orient="row")


def _is_list_of_words(counts: pl.DataFrame, standing: pl.DataFrame) -> bool:
    cells, in_words = int(counts["cells"].sum()), int(standing["cells"].sum())
    return 0 < standing.height <= MOST_WORDS and in_words >= CLOSED * cells


def _near(value: str, words: dict[str, int]) -> list[str]:
    return [word for word in words if word != value and likeness(value, word) == Likeness.NEAR]


def _confidence(slips: int, far: int, words: dict[str, int]) -> float:
    """That a rare value near a word is a slip: `far` rare values are near none, so they are
    right, and as many right ones are near by chance as words are near each other.
    """
    close = sum(bool(_near(word, words)) for word in words)
    by_chance = min(0.99, (close + PRIOR_NEAR) / (len(words) + PRIOR_WORDS))
    right = RIGHT_ANYWAY + (far + 1) * by_chance / (1 - by_chance)
    return max(0.0, 1 - right / (slips + 1))
