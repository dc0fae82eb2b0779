"""Values that may mean the same, proposed for review: OpenRefine's clustering, on a server.

Nothing is decided here. A cluster names its values with the cells of each, the one suggested
for all of them, how alike they are and what share of the cells already has the suggested one.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Literal

import polars as pl
from rapidfuzz.distance import OSA, Indel

from app.engine.likeness.keys import KEYS, fingerprint, fold
from app.engine.likeness.neighbours import find_near

Method = Literal[
    "fingerprint",
    "ngram_fingerprint",
    "metaphone",
    "turkish_phonetic",
    "levenshtein",
    "similarity",
]
#: More different values than this in one column are not looked into.
MAX_DISTINCT = 1_000_000
#: Clusters proposed for a column, those of most cells first, and values shown of each.
MAX_CLUSTERS, MAX_VALUES = 200, 20
#: Below this many letters and digits, one letter makes another word: no nearest neighbours.
MIN_LENGTH = 5
#: A slip is at most so many of the letters.
SLIP_SHARE = 0.25
#: I, dotted or not, small or large: in lists typed on all kinds of keyboards, one letter.
_ONE_I = str.maketrans("Iİı", "iii")


@dataclass(frozen=True, kw_only=True)
class Cluster:
    column: str
    #: What all of them could be: the value of most cells.
    suggested: str
    #: (value, cells), the most frequent first.
    values: list[tuple[str, int]]
    #: How alike the value least like the suggested one is, case and accents apart: 0 to 1.
    alike: float
    #: They differ in nothing but case and blanks.
    is_same_letters: bool

    @property
    def cells(self) -> int:
        return sum(count for _, count in self.values)

    @property
    def share(self) -> float:
        """The share of the cells that have the suggested value already."""
        return self.values[0][1] / self.cells

    def mapping(self) -> dict[str, str]:
        return {value: self.suggested for value, _ in self.values if value != self.suggested}

    def as_dict(self) -> dict[str, Any]:
        return {
            "column": self.column,
            "suggested": self.suggested,
            "cells": self.cells,
            "share": round(self.share, 4),
            "alike": round(self.alike, 4),
            "same_letters": self.is_same_letters,
            "values": [
                {"value": value, "cells": count} for value, count in self.values[:MAX_VALUES]
            ],
            "values_total": len(self.values),
        }


@dataclass(frozen=True, kw_only=True)
class Proposals:
    clusters: list[Cluster] = field(default_factory=list)
    #: With too many values alike, not all could be compared.
    is_complete: bool = True


def propose_clusters(
    column: str,
    counts: pl.DataFrame,
    method: Method = "fingerprint",
    *,
    distance: int = 2,
    similarity: float = 0.9,
) -> Proposals:
    """Clusters among the values of a column, those of most cells first.

    `counts`: value, cells; a value once. Left out are values without a letter: numbers and
    dates that are near each other are not the same. Time and memory grow with the number of
    values, no faster.

    >>> values = ["İzmir", "IZMIR", "izmir ", "Muş"]
    >>> counts = pl.DataFrame({"value": values, "cells": [9, 2, 1, 5]})
    >>> [cluster] = propose_clusters("city", counts).clusters
    >>> cluster.suggested, cluster.cells, cluster.mapping()
    ('İzmir', 12, {'IZMIR': 'İzmir', 'izmir ': 'İzmir'})
    """
    counts = counts.filter(pl.col("value").str.contains(r"\p{L}")).sort(
        "cells", "value", descending=[True, False]
    )
    if method in KEYS:
        keyed = counts.with_columns(key=KEYS[method](counts["value"]))
        return Proposals(clusters=_clusters(column, keyed))
    return _nearest(column, counts, method, distance, similarity)


def _nearest(
    column: str, counts: pl.DataFrame, method: Method, distance: int, similarity: float
) -> Proposals:
    # With its words in order, a text is near one that has them in another.
    key = fold if method == "levenshtein" else fingerprint
    counts = counts.with_columns(key=key(counts["value"])).drop_nulls("key")
    # Spellings with one key are one text to compare.
    texts = counts["key"].unique(maintain_order=True)
    texts = texts.filter(texts.str.len_chars() >= MIN_LENGTH)
    scorer = OSA if method == "levenshtein" else Indel
    least = 1 - SLIP_SHARE if method == "levenshtein" else similarity
    near = find_near(texts, scorer.normalized_similarity, least)
    pairs = pl.DataFrame(
        {
            "left": texts.gather(near.left),
            "right": texts.gather(near.right),
            "alike": near.alike,
        }
    )
    if method == "levenshtein":
        longest = pl.max_horizontal(pl.col("left", "right").str.len_chars())
        pairs = pairs.filter(((1 - pl.col("alike")) * longest).round() <= distance)
    centres = _stars(texts, _not_digits_alone(pairs).iter_rows())
    keyed = counts.with_columns(pl.col("key").replace(centres))
    return Proposals(clusters=_clusters(column, keyed), is_complete=near.is_complete)


def _not_digits_alone(pairs: pl.DataFrame) -> pl.DataFrame:
    """Pairs that differ in more than digits: Room 1 and Room 2 are near, and two rooms."""
    bare = [pl.col(side).str.replace_all("[0-9]+", "") for side in ("left", "right")]
    return pairs.filter(bare[0] != bare[1]).select("left", "right")


def _stars(texts: pl.Series, pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """text -> the text it goes to. `texts` come the most frequent first.

    A text goes to the most frequent one near it that goes nowhere itself, so all of a cluster
    are near its centre: no chains from cat over cart to card.
    """
    near: dict[str, list[str]] = {}
    for left, right in pairs:
        near.setdefault(left, []).append(right)
        near.setdefault(right, []).append(left)
    centre: dict[str, str] = {}
    for text in texts:
        if text in near and text not in centre:
            for other in near[text]:
                if other not in centre and other != text:
                    centre[other] = text
            centre[text] = text
    return centre


def _clusters(column: str, keyed: pl.DataFrame) -> list[Cluster]:
    """`keyed`: value, cells, key; the most frequent first."""
    groups = (
        keyed.drop_nulls("key")
        .group_by("key", maintain_order=True)
        .agg("value", pl.col("cells"), total=pl.col("cells").sum())
        .filter(pl.col("value").list.len() > 1)
        .sort("total", descending=True, maintain_order=True)
        .head(MAX_CLUSTERS)
    )
    return [
        _cluster(column, list(zip(values, cells, strict=True)))
        for values, cells in groups.select("value", "cells").iter_rows()
    ]


def _cluster(column: str, values: list[tuple[str, int]]) -> Cluster:
    values = sorted(values, key=lambda pair: (-pair[1], _looks(pair[0]), pair[0]))
    suggested = values[0][0]
    texts = fold(pl.Series([value for value, _ in values])).to_list()
    letters = {" ".join(value.translate(_ONE_I).split()).casefold() for value, _ in values}
    return Cluster(
        column=column,
        suggested=suggested,
        values=values,
        alike=min(OSA.normalized_similarity(texts[0] or "", text or "") for text in texts),
        is_same_letters=len(letters) == 1,
    )


def _looks(value: str) -> tuple[bool, bool, bool]:
    """Of equally frequent ones: trimmed, in both cases, and with its accents, comes first."""
    return value != value.strip(), value.isupper() or value.islower(), value.isascii()
