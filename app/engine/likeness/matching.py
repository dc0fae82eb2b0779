"""How likely two rows speak of the same thing, by Fellegi and Sunter's model of linkage.

In each column two rows agree, are near, are a little alike or differ. How often that happens
to rows that have nothing to do with each other is counted on random pairs; how often to rows of
the same thing is learned from the pairs themselves (expectation maximisation), within bounds
that a person would set. To agree in something rare says more than to agree in something common;
a missing cell says nothing.

Some rows have much in common and are not the same: a family at one address, the orders of one
customer. They are kinds of pairs of their own: told by a column they share and columns in which
they hardly ever agree. A pair is the same only if that explains it better than any of these.
Source: Fellegi, Sunter, A Theory for Record Linkage, 1969; Splink's way of learning it.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray
from rapidfuzz.distance import OSA
from rapidfuzz.process import cpdist

from app.engine.likeness.candidates import Pairs

#: Levels of agreement in one column.
MISSING, DIFFER, ALIKE, NEAR, EXACT = -1, 0, 1, 2, 3
#: How alike two cells are to be near, or a little alike: 1 slip in 7 letters, 1 in 3.
NEAR_FROM, ALIKE_FROM = 0.85, 0.66
#: Of rows of the same thing: share of columns that differ, are alike, near, exact. What is
#: learned counts from so many pairs on, and a column never differs more often than that.
PRIOR, PRIOR_PAIRS, MOST_DIFFER = np.array([0.03, 0.04, 0.08, 0.85]), 20.0, 0.1
#: Pairs of one kind expected before anything is known, per row; and afterwards, besides those
#: found.
PRIOR_PER_ROW, PRIOR_FOUND = 0.05, 1.0
#: A kind of related pairs: at least so many share a column and disagree in so many others; in
#: one at least they hardly ever agree.
RELATED_PAIRS, RELATED_DISAGREE, HARDLY = 20, 2, 0.3
ROUNDS = 12
RANDOM_PAIRS, PAIRS_AT_A_TIME = 100_000, 200_000

Levels = NDArray[np.int8]
Floats = NDArray[np.floating[Any]]


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """Levels of each pair in each column, and how likely each pair is of the same thing."""

    levels: Levels
    score: Floats


def compare(table: pl.DataFrame, pairs: Pairs) -> Comparison:
    """`table`: cells to compare, folded, all text.

    >>> others = [f"{number**7:x}"[::-1] for number in range(60, 160)]
    >>> table = pl.DataFrame({
    ...     "name": ["ada lovelace", "alan turing", "ada lovelase", *others],
    ...     "born": ["18151210", "19120623", "18151210", *others[1:], "none"],
    ... })
    >>> found = compare(table, np.array([[0, 2], [0, 1]], dtype=np.uint32))
    >>> found.levels.tolist(), [bool(score > 0.5) for score in found.score]
    ([[2, 3], [0, 0]], [True, False])
    """
    levels = levels_of(table, pairs)
    if not len(pairs):
        return Comparison(levels=levels, score=np.zeros(0))
    random = levels_of(table, _random_pairs(table.height))
    by_chance = np.stack([_shares(random[:, place]) for place in range(table.width)])
    rarity = _rarity(table, pairs)
    related = _related_kinds(levels, by_chance)
    explained = [_explains(levels, kind, by_chance, rarity) for kind in related]
    possible = max(1.0, table.height * (table.height - 1) / 2)
    same = np.tile(PRIOR, (table.width, 1))
    expected = np.full(1 + len(related), PRIOR_PER_ROW * table.height)
    score = np.zeros(len(pairs))
    for _ in range(ROUNDS):
        evidence = np.stack([_explains(levels, same, by_chance, rarity), *explained])
        share = _shares_of_kinds(evidence + np.log(expected / possible)[:, None])
        expected, score = share.sum(axis=1) + PRIOR_FOUND, share[0]
        same = np.stack([_learned(levels[:, place], score) for place in range(table.width)])
    return Comparison(levels=levels, score=score)


def _related_kinds(levels: Levels, by_chance: Floats) -> list[Floats]:
    """For each column that related rows share: how often they are at each level in each column.

    Copies of one row also disagree here and there, but now in this column and now in that.
    """
    disagree = ((levels == DIFFER) | (levels == ALIKE)).sum(axis=1) >= RELATED_DISAGREE
    kinds = []
    for shared in range(levels.shape[1]):
        mine = levels[disagree & (levels[:, shared] == EXACT)]
        if len(mine) < RELATED_PAIRS:
            continue
        counts = np.stack([np.bincount(column[column >= 0], minlength=4) for column in mine.T])
        present = counts.sum(axis=1)
        agree = counts[:, NEAR] + counts[:, EXACT]
        if (agree <= HARDLY * present)[present >= RELATED_PAIRS].any():
            weight = PRIOR_PAIRS / 4
            kinds.append((counts + weight * by_chance) / (present + weight)[:, None])
    return kinds


def levels_of(table: pl.DataFrame, pairs: Pairs) -> Levels:
    """The level of each pair in each column; cells that changed places with their neighbours
    are near. Shape: pairs x columns.
    """
    levels = np.full((len(pairs), table.width), MISSING, dtype=np.int8)
    for start in range(0, len(pairs), PAIRS_AT_A_TIME):
        part = pairs[start : start + PAIRS_AT_A_TIME]
        sides = [
            (column.gather(part[:, 0]), column.gather(part[:, 1]))
            for column in table.iter_columns()
        ]
        found = levels[start : start + len(part)]
        for place, (left, right) in enumerate(sides):
            found[:, place] = _levels(left, right)
        for place, (one, other) in enumerate(pairwise(sides)):
            rows = np.flatnonzero(_swapped(one, other))
            found[rows, place] = np.maximum(found[rows, place], NEAR)
            found[rows, place + 1] = np.maximum(found[rows, place + 1], NEAR)
    return levels


def _levels(left: pl.Series, right: pl.Series) -> Levels:
    levels = np.full(left.len(), DIFFER, dtype=np.int8)
    levels[(left.is_null() | right.is_null()).to_numpy()] = MISSING
    levels[(left == right).fill_null(False).to_numpy()] = EXACT
    unequal = np.flatnonzero(levels == DIFFER)
    alike = cpdist(
        left.gather(unequal).to_list(),
        right.gather(unequal).to_list(),
        scorer=OSA.normalized_similarity,
        score_cutoff=ALIKE_FROM,
        dtype=np.float32,
    )
    levels[unequal[alike >= ALIKE_FROM]] = ALIKE
    levels[unequal[alike >= NEAR_FROM]] = NEAR
    return levels


def _swapped(
    one: tuple[pl.Series, pl.Series], other: tuple[pl.Series, pl.Series]
) -> NDArray[np.bool_]:
    """Where two neighbouring columns, such as first and last name, have each other's cells."""
    crossed = (one[0] == other[1]) & (other[0] == one[1])
    return np.asarray(crossed.fill_null(False), dtype=np.bool_)


def _random_pairs(rows: int) -> Pairs:
    drawn = np.random.default_rng(7).integers(0, max(rows, 1), size=(RANDOM_PAIRS, 2))
    return np.asarray(drawn[drawn[:, 0] != drawn[:, 1]], dtype=np.uint32)


def _shares(levels: Levels) -> Floats:
    counts = np.bincount(levels[levels >= 0], minlength=4)
    return np.asarray((counts + 0.5) / (counts.sum() + 2), dtype=np.float64)


def _learned(levels: Levels, score: Floats) -> Floats:
    present = levels >= 0
    counts = np.bincount(levels[present], weights=score[present], minlength=4)
    same = (counts + PRIOR * PRIOR_PAIRS) / (counts.sum() + PRIOR_PAIRS)
    if same[DIFFER] > MOST_DIFFER:
        same[1:] *= (1 - MOST_DIFFER) / same[1:].sum()
        same[DIFFER] = MOST_DIFFER
    return np.asarray(same, dtype=np.float64)


def _rarity(table: pl.DataFrame, pairs: Pairs) -> Floats:
    """How often any other row has the cell in which a pair agrees: its own two do not count.
    Shape: pairs x columns.
    """
    rarity = np.ones((len(pairs), table.width), dtype=np.float32)
    for place, column in enumerate(table.iter_columns()):
        sharing = pl.DataFrame({"cell": column}).select(pl.len().over("cell")).to_series()
        others = np.maximum(sharing.to_numpy()[pairs[:, 0]].astype(np.float32) - 2, 0) + 0.5
        rarity[:, place] = others / max(1, column.len() - column.null_count())
    return rarity


def _explains(levels: Levels, kind: Floats, by_chance: Floats, rarity: Floats) -> Floats:
    """How much better each pair is explained by a kind than by chance, as log odds."""
    evidence = np.zeros(len(levels), dtype=np.float32)
    for place in range(levels.shape[1]):
        mine = levels[:, place]
        told = np.log(kind[place] / by_chance[place])
        ratio = np.append(told, 0.0).astype(np.float32)  # the last: missing
        weight = ratio[mine]
        exact = mine == EXACT
        weight[exact] = np.log(kind[place, EXACT] / rarity[exact, place])
        evidence += weight
    return evidence


def _shares_of_kinds(evidence: Floats) -> Floats:
    """The probability of each kind, chance being the one left over. Shape: kinds x pairs."""
    highest = np.maximum(evidence.max(axis=0), 0.0)
    odds = np.exp(evidence - highest)
    return np.asarray(odds / (odds.sum(axis=0) + np.exp(-highest)), dtype=np.float64)
