"""What the rows that share a determinant agree on, and how sure that makes a repair.

Two questions stand between "the others say Berlin" and writing Berlin:

1. How often are the others right? The table itself tells: for every cell it is known what the
   other rows of its group say, so their advice is checked wherever there is something to check
   it against, apart by how many they are and how united. The lower end of Wilson's interval is
   taken, so that little evidence is little confidence.
2. Is a cell that differs wrong, or an exception? Weighed by what wrong cells look like and
   exceptions do not: a near miss in letters, a value (or a shape of one) that no group stands
   for although new groups seldom bring new values. Digits that differ are no near miss: 12:30
   and 12:31 are both right. How many of the differing cells are wrong at all is learned from
   the table, starting from one half.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from math import comb
from statistics import NormalDist

import numpy as np
import polars as pl
from numpy.typing import NDArray

from app.engine.likeness.typos import Likeness, edit, likeness, shape

#: Share of the other rows that must say the same before they say anything.
UNITED = 0.75
#: Groups are told apart by how many rows agree, and by what share of the group they are.
COUNT_STEPS, SHARE_STEPS = (3, 5, 10), (0.9, 1.0)
#: One side of the interval: wrong one time in twenty.
WILSON_Z = 1.645
#: With more votes the normal distribution is as good as counting.
MANY_VOTES = 500
#: No single trait counts for more than this, nor less than one part of it.
MAX_RATIO = 50.0
#: What a wrong cell looks like: it is a near miss; no group stands for it; nor for its shape.
WRONG_IS_NEAR, WRONG_IS_NEW, WRONG_HAS_NEW_SHAPE = 0.6, 0.95, 0.5
#: A value that comes twice in one group is seldom a slip, nor one that is far from the others'.
RECURS, FAR = 0.1, 0.05
#: The same letters put in the place of the same others: slips do not repeat more often.
SAME_EDIT_AT_MOST, SAME_EDIT_SHARE = 3, 0.2
#: Differing cells taken as seen before, half of them wrong.
PRIOR_CELLS = 10.0
#: Pairs of right values compared to learn how often two of them are a near miss.
PAIRS_TRIED = 2_000

Floats = NDArray[np.float64]


@dataclass(kw_only=True)
class Agreement:
    """What one dependency says: tables to look a cell's key up in.

    `views`: key, view (what the group says), agreeing, of, second (cells of the next value)
    and trust (that the view is right about a missing cell). `strays`: key, value, view,
    agreeing, of, cells, trust and wrong (that the value is no exception).
    """

    views: pl.DataFrame
    strays: pl.DataFrame
    #: Log odds that a stray value is wrong, before the prior.
    evidence: Floats = field(default_factory=lambda: np.zeros(0))


def weigh(counts: pl.DataFrame, *, united: float = UNITED) -> Agreement:
    """`counts`: key, value (null where it is missing), cells; one row a pair. `united`: the
    share of the other rows that must say the same before they say anything.

    >>> counts = pl.DataFrame({"key": ["1", "2"], "value": ["A", "B"], "cells": [9, 9]})
    >>> weigh(counts).views.select("key", "view", "agreeing").rows()
    [('1', 'A', 9), ('2', 'B', 9)]
    """
    missing = counts.filter(pl.col("value").is_null()).select("key", missing="cells")
    counts = counts.drop_nulls("value")
    groups = _groups(counts)
    told = counts.join(groups, on="key")
    strays = _strays(told, united)
    evidence = _evidence(strays, groups)
    strays = strays.with_columns(wrong=pl.Series(_probability(evidence, 0.5)))
    trust = _trust(told, strays, united)
    views = _trusted(groups.filter(pl.col("agreeing") >= united * pl.col("of")), trust)
    views = views.join(missing, on="key", how="left").with_columns(
        # Where most of a group has nothing, nothing may be what is right.
        trust=pl.when(pl.col("missing").fill_null(0) < pl.col("agreeing"))
        .then(pl.col("trust"))
        .otherwise(0.0)
    )
    return Agreement(views=views, strays=_trusted(strays, trust), evidence=evidence)


def settle(agreements: list[Agreement]) -> None:
    """Learn from all strays of the table how many of them are wrong, and weigh each anew."""
    evidence = np.concatenate([each.evidence for each in agreements] or [np.zeros(0)])
    share = 0.5
    for _ in range(20):
        wrong = float(_probability(evidence, share).sum())
        share = (wrong + PRIOR_CELLS / 2) / (len(evidence) + PRIOR_CELLS)
    for each in agreements:
        wrong_share = pl.Series(_probability(each.evidence, share))
        each.strays = each.strays.with_columns(wrong=wrong_share)


def lower_bound(right: float, of: float) -> float:
    """The share of which `right` of `of` leaves little doubt that it is at least that high.

    >>> round(lower_bound(100, 100), 3), round(lower_bound(5, 5), 3), lower_bound(0, 0)
    (0.974, 0.649, 0.0)
    """
    if of <= 0:
        return 0.0
    z2 = WILSON_Z**2
    share = right / of
    spread = WILSON_Z * np.sqrt(share * (1 - share) / of + z2 / (4 * of * of))
    return float(max(0.0, (share + z2 / (2 * of) - spread) / (1 + z2 / of)))


def lead(agreeing: int, second: int) -> float:
    """That a value which leads with so many votes to so many would lead in the long run too.

    >>> lead(7, 1), lead(2, 0), lead(3, 3)
    (0.98046875, 0.875, 0.5)
    """
    votes = agreeing + second + 1
    if votes > MANY_VOTES:
        return NormalDist().cdf((agreeing - second) / votes**0.5)
    return 1 - sum(comb(votes, lost) for lost in range(second + 1)) / (1 << votes)


def _groups(counts: pl.DataFrame) -> pl.DataFrame:
    """key, view, agreeing, of, second: of groups in which one value leads."""
    ordered = counts.sort("key", "cells", "value", descending=[False, True, False])
    groups = ordered.group_by("key", maintain_order=True).agg(
        view=pl.col("value").first(),
        agreeing=pl.col("cells").first(),
        of=pl.col("cells").sum(),
        second=pl.col("cells").get(1, null_on_oob=True).fill_null(0),
    )
    return groups.filter(pl.col("agreeing") > pl.col("second"))


def _strays(told: pl.DataFrame, share: float) -> pl.DataFrame:
    """Values that differ from what at least two other rows, and nearly all of them, say."""
    united = pl.col("agreeing") >= share * (pl.col("of") - pl.col("cells"))
    outvoted = pl.col("agreeing") >= share * pl.col("of")
    return (
        told.filter(
            pl.col("value") != pl.col("view"), pl.col("agreeing") >= 2, united, outvoted
        )
        .select("key", "value", "view", "agreeing", "of", "cells")
        .sort("key", "value")
    )


def _steps(agreeing: pl.Expr, of: pl.Expr) -> list[pl.Expr]:
    """How many rows agree and how united they are, as two small numbers."""
    how_many = sum((agreeing >= step).cast(pl.Int8) for step in COUNT_STEPS)
    how_united = sum((agreeing >= step * of).cast(pl.Int8) for step in SHARE_STEPS)
    assert isinstance(how_many, pl.Expr)
    assert isinstance(how_united, pl.Expr)
    return [how_many.alias("how_many"), how_united.alias("how_united")]


def _trust(told: pl.DataFrame, strays: pl.DataFrame, united: float) -> pl.DataFrame:
    """how_many, how_united, trust: how often others like that are right about a cell."""
    agreeing, others = pl.col("agreeing") - 1, pl.col("of") - 1
    kept = told.filter(
        pl.col("value") == pl.col("view"),
        agreeing >= 2,
        agreeing > pl.col("second"),
        agreeing >= united * others,
    ).select(*_steps(agreeing, others), right="cells", of="cells")
    # A stray counts against the others only as far as it is not wrong itself.
    missed = strays.select(
        *_steps(pl.col("agreeing"), pl.col("of") - pl.col("cells")),
        right=pl.col("cells") * pl.col("wrong"),
        of="cells",
    )
    tried = pl.concat([kept.cast({"right": pl.Float64}), missed])
    sums = tried.group_by("how_many", "how_united").sum()
    return pl.DataFrame(
        [
            (many, united, _trust_at(sums, many, united))
            for many in range(len(COUNT_STEPS) + 1)
            for united in range(len(SHARE_STEPS) + 1)
        ],
        schema={"how_many": pl.Int8, "how_united": pl.Int8, "trust": pl.Float64},
        orient="row",
    )


def _trust_at(sums: pl.DataFrame, many: int, united: int) -> float:
    """By groups just like that, or together with smaller ones, whichever says more."""
    alike = sums.filter(pl.col("how_united") == united)
    at, upto = alike.filter(how_many=many), alike.filter(pl.col("how_many") <= many)
    return max(
        lower_bound(float(part["right"].sum()), float(part["of"].sum())) for part in (at, upto)
    )


def _trusted(table: pl.DataFrame, trust: pl.DataFrame) -> pl.DataFrame:
    stepped = table.filter(pl.col("agreeing") >= 2).with_columns(
        *_steps(pl.col("agreeing"), pl.col("of") - pl.col("cells")
                if "cells" in table.columns else pl.col("of"))
    )  # fmt: skip
    joined = stepped.join(
        trust, on=["how_many", "how_united"], how="left", maintain_order="left"
    )
    return joined.drop("how_many", "how_united")


def _evidence(strays: pl.DataFrame, groups: pl.DataFrame) -> Floats:
    """Log odds that each stray value is wrong rather than an exception."""
    if strays.is_empty():
        return np.zeros(0)
    values, views = strays["value"], strays["view"]
    likenesses = _likenesses(values, views)
    standing = groups["view"].value_counts(name="groups")
    shapes = shape(groups["view"]).alias("view").value_counts(name="groups")
    near = _ratio(
        likenesses == Likeness.NEAR, WRONG_IS_NEAR, _near_by_chance(groups["view"].unique())
    )
    near[likenesses == Likeness.UNCLEAR] = 0.0
    near[likenesses == Likeness.FAR] = np.log(FAR)
    odds = near + _ratio(_is_new(values, standing), WRONG_IS_NEW, _rate_of_new(standing))
    new_shape = _is_new(shape(values), shapes)
    odds += np.maximum(0, _ratio(new_shape, WRONG_HAS_NEW_SHAPE, _rate_of_new(shapes)))
    odds += np.where(strays["cells"].to_numpy() >= 2, np.log(RECURS), 0.0)
    return odds


def _likenesses(values: pl.Series, views: pl.Series) -> NDArray[np.int8]:
    """How like each value is to what it should be. Those that are all near in the same way
    count as far: slips are of many kinds; al_1, al_2 beside az_1, az_2 mean something.
    """
    found = np.fromiter(map(likeness, values, views), dtype=np.int8, count=len(values))
    near = np.flatnonzero(found == Likeness.NEAR)
    edits = [edit(values[int(place)], views[int(place)]) for place in near]
    usual = Counter(edits)
    most = max(SAME_EDIT_AT_MOST, int(SAME_EDIT_SHARE * len(near)))
    found[[place for place, each in zip(near, edits, strict=True) if usual[each] > most]] = (
        Likeness.FAR
    )
    return found


def _ratio(found: NDArray[np.bool_], if_wrong: float, if_exception: float) -> Floats:
    """Log likelihood ratio of a trait that is there or not."""
    there = np.clip(if_wrong / if_exception, 1 / MAX_RATIO, MAX_RATIO)
    absent = np.clip((1 - if_wrong) / (1 - if_exception), 1 / MAX_RATIO, MAX_RATIO)
    return np.asarray(np.where(found, np.log(there), np.log(absent)), dtype=np.float64)


def _is_new(values: pl.Series, standing: pl.DataFrame) -> NDArray[np.bool_]:
    return np.asarray(~values.is_in(standing["view"].to_list()), dtype=np.bool_)


def _rate_of_new(standing: pl.DataFrame) -> float:
    """How often one more group brings a value that no other has: by those that have one alone
    (Good and Turing).
    """
    alone = int((standing["groups"] == 1).sum())
    return (alone + 1) / (int(standing["groups"].sum()) + 2)


def _near_by_chance(views: pl.Series) -> float:
    """How often two values that groups stand for are a near miss of each other."""
    if views.len() < 2:
        return 0.5
    left = views.sort().sample(PAIRS_TRIED, with_replacement=True, seed=1)
    right = views.sort().sample(PAIRS_TRIED, with_replacement=True, seed=2)
    near = sum(
        a != b and likeness(a, b) == Likeness.NEAR for a, b in zip(left, right, strict=True)
    )
    different = int((left != right).sum())
    return float((near + 1) / (different + 2))


def _probability(evidence: Floats, prior: float) -> Floats:
    log_odds = evidence + np.log(prior / (1 - prior))
    return np.asarray(1 / (1 + np.exp(-np.clip(log_odds, -50, 50))), dtype=np.float64)
