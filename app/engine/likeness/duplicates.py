"""Rows that speak of the same thing though they are not the same to the letter: found, and told
as pairs with their evidence; and which of them need not stay.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from app.engine.likeness.candidates import Pairs, candidate_pairs
from app.engine.likeness.keys import fold
from app.engine.likeness.matching import DIFFER, Floats, Levels, compare

#: A column is compared as words when so many of its cells have letters.
WORDY = 0.5


@dataclass(frozen=True, kw_only=True)
class Matches:
    """Pairs of rows, by their places, the surest first."""

    pairs: Pairs
    #: How likely the two speak of the same thing, 0 to 1.
    score: Floats
    #: Level of agreement in each of `columns`.
    levels: Levels
    columns: list[str]

    def differing(self, pair: int) -> list[str]:
        """The columns in which both rows have something, and nothing alike."""
        levels = self.levels[pair]
        return [
            name for name, level in zip(self.columns, levels, strict=True) if level == DIFFER
        ]


def find_matches(table: pl.DataFrame, min_score: float) -> Matches:
    """The pairs of rows of `table` that score at least `min_score`.

    >>> names = ["Ada Lovelace", "ada lovelase", "Alan Turing", "Grace Hopper", "Kurt Gödel"]
    >>> born = ["1815-12-10", "1815-12-10", "1912-06-23", "1906-12-09", "1906-04-28"]
    >>> many = [f"{number**7:x}"[::-1] for number in range(60, 160)]
    >>> table = pl.DataFrame({"name": [*names, *many], "born": [*born, *many[1:], "0"]})
    >>> find_matches(table, 0.5).pairs.tolist()
    [[0, 1]]
    """
    alike = table.select(comparable(column) for column in table.iter_columns())
    telling = alike.select(name for name in alike.columns if alike[name].n_unique() > 1)
    pairs = candidate_pairs(telling)
    compared = compare(telling, pairs)
    order = np.argsort(-compared.score, kind="stable")
    order = order[compared.score[order] >= min_score]
    return Matches(
        pairs=pairs[order],
        score=compared.score[order],
        levels=compared.levels[order],
        columns=telling.columns,
    )


def comparable(column: pl.Series) -> pl.Series:
    """Cells without what does not tell things apart: case, accents and marks of words, what
    groups the digits of a phone number or a date.

    >>> comparable(pl.Series(["Ada L.", "ada  l"])).to_list()
    ['ada l', 'ada l']
    >>> comparable(pl.Series(["(312) 555-01", "31255501", "-5"])).to_list()
    ['31255501', '31255501', '-5']
    """
    words = column.str.contains(r"\p{L}").sum()
    if words >= WORDY * (column.len() - column.null_count()):
        return fold(column)
    return column.str.replace_all(r"[\s()/]", "").str.replace_all("([0-9])-+", "${1}")


def to_drop(
    matches: Matches, rank: Sequence[int], *, drop_from: float, max_differing: int
) -> dict[int, int]:
    """Place of a row that need not stay -> the pair that says so.

    `rank`: of each row; of two the lower stays. A row is dropped only for one that stays, and
    with which it makes a pair itself: no chains.
    """
    near: dict[int, list[tuple[int, int]]] = {}
    for number, (left, right) in enumerate(matches.pairs.tolist()):
        if matches.score[number] < drop_from:
            break
        if len(matches.differing(number)) <= max_differing:
            stays, goes = sorted((left, right), key=lambda place: rank[place])
            near.setdefault(stays, []).append((goes, number))
    dropped: dict[int, int] = {}
    for stays in sorted(near, key=lambda place: rank[place]):
        if stays not in dropped:
            for goes, number in near[stays]:
                dropped.setdefault(goes, number)
    return dropped


def as_dicts(
    matches: Matches, table: pl.DataFrame, records: pl.Series, dropped: set[int], listed: int
) -> list[dict[str, Any]]:
    """The surest pairs for the report: score, records, what differs, which one was dropped."""
    told = []
    for number, (left, right) in enumerate(matches.pairs[:listed].tolist()):
        rows = table.row(left, named=True), table.row(right, named=True)
        gone = [records[place] for place in (left, right) if place in dropped]
        told.append(
            {
                "score": round(float(matches.score[number]), 4),
                "records": [records[left], records[right]],
                "dropped": gone,
                "differs": [
                    {"column": name, "values": [row[name] for row in rows]}
                    for name in table.columns
                    if rows[0][name] != rows[1][name]
                ],
            }
        )
    return told
