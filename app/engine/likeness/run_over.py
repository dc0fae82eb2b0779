"""Cells whose end belongs into the empty cell on their right: "San Francisco CA" beside
nothing, in a table that elsewhere has "San Francisco" beside "CA".
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import polars as pl

from app.engine.likeness.agreement import lower_bound

#: A text is cut at its last blank, comma, slash, bar or semicolon; or at the last but one, for
#: values of two words.
_CUTS = (r"^(.*\S)[ ,;/|]+(\S+)$", r"^(.*\S)[ ,;/|]+(\S+ \S+)$")
#: A value of the right column counts as known when it stands in this many rows.
KNOWN_IN_ROWS = 2
#: Above this share of missing cells the right column says nothing by being empty.
MOST_MISSING = 0.5
#: Below this trust the endings are a coincidence: names that happen to end like that.
LEAST_TRUST = 0.5
#: How much of the doubt is left where another row has the very two cells side by side.
DOUBT_IF_SEEN = 0.1


@dataclass(frozen=True, kw_only=True)
class RunOver:
    """What a sample says of one pair of neighbouring columns."""

    left: str
    right: str
    #: Values that stand in the right column by themselves.
    endings: pl.Series
    #: (rest, ending) pairs that other rows have side by side.
    seen: pl.DataFrame
    #: How surely a left cell that ends like that has its right neighbour missing.
    trust: float
    #: Rows in which a left cell ends like that, and those in which the right one is missing.
    rows: int
    missing: int

    def find(self, batch: pl.DataFrame) -> pl.DataFrame:
        """row, rest, ending, confidence of the cells of `batch` that ran over."""
        suspects = batch.select(
            pl.int_range(pl.len(), dtype=pl.UInt32).alias("row"),
            left=pl.col(self.left),
        ).filter(batch[self.right].is_null() & batch[self.left].is_not_null())
        cut = _cut(suspects, self.endings)
        return cut.join(
            self.seen, on=["rest", "ending"], how="left", maintain_order="left"
        ).select(
            "row",
            "rest",
            "ending",
            confidence=pl.when(pl.col("seen"))
            .then(1 - (1 - self.trust) * DOUBT_IF_SEEN)
            .otherwise(self.trust),
        )


def find_run_overs(sample: pl.DataFrame, repairable: list[str]) -> list[RunOver]:
    """The pairs of neighbouring columns, both repairable, in which the left one runs over.

    >>> sample = pl.DataFrame({
    ...     "city": ["Ely NV", "Reno NV", "Elko NV", "Ely", "Reno", "Elko"],
    ...     "state": [None, None, None, "NV", "NV", "NV"],
    ... })
    >>> [found] = find_run_overs(sample, ["city", "state"])
    >>> found.find(sample).rows()[0][:3]
    (0, 'Ely', 'NV')
    """
    found = [
        _examine(sample, left, right)
        for left, right in pairwise(sample.columns)
        if left in repairable and right in repairable
    ]
    return [each for each in found if each is not None]


def _examine(sample: pl.DataFrame, left: str, right: str) -> RunOver | None:
    present = sample.select(left=pl.col(left), right=pl.col(right)).with_row_index("row")
    missing = present["right"].null_count()
    if missing == 0 or missing > MOST_MISSING * present.height:
        return None
    stand = present["right"].drop_nulls().value_counts(name="rows")
    endings = stand.filter(pl.col("rows") >= KNOWN_IN_ROWS)["right"]
    ended = _cut(present.filter(pl.col("left").is_not_null()), endings)
    ran_over = ended.filter(pl.col("right").is_null()).height
    if ran_over == 0:
        return None
    seen = present.drop_nulls().select(
        rest="left", ending="right", seen=pl.lit(True)
    ).unique()  # fmt: skip
    trust = lower_bound(ran_over, ended.height)
    if trust < LEAST_TRUST:
        return None
    return RunOver(
        left=left,
        right=right,
        endings=endings,
        seen=seen,
        trust=trust,
        rows=ended.height,
        missing=ran_over,
    )


def _cut(rows: pl.DataFrame, endings: pl.Series) -> pl.DataFrame:
    """`rows` whose left cell ends in one of `endings`, with rest and ending; the longest ending
    counts.
    """
    parts = []
    for cut in reversed(_CUTS):
        groups = pl.col("left").str.extract_groups(cut).struct
        split = rows.with_columns(rest=groups.field("1"), ending=groups.field("2"))
        parts.append(split.filter(pl.col("ending").is_in(endings.implode())))
    return pl.concat(parts).unique("row", keep="first", maintain_order=True).sort("row")
