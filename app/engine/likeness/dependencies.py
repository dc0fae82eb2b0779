"""Dependencies between columns, found in the data: rows that agree in one column agree in
another (one zip code, one city).

How strongly is measured by pairs: how much more often two rows with the same determinant agree
in the dependent column than any two rows do (Goodman and Kruskal's tau, over pairs of different
rows). A column that nearly always says the same is no proof of anything, and counts as none.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import permutations

import numpy as np
import polars as pl
from numpy.typing import NDArray

#: Of two rows with the same determinant, how much more often they must agree than any two
#: rows: 0 is chance, 1 always. One wrong cell in twenty costs a tenth, or more where nearly
#: all rows say the same.
MIN_STRENGTH = 0.4
#: Rows that share their determinant with another row: fewer teach nothing.
MIN_ROWS = 10
#: A second determinant is looked for where at least this share of pairs disagrees; it must
#: explain so much of that, and both together still speak of so many of the rows.
MIN_EXCEPTIONS, MIN_EXPLAINED, MIN_REACH = 0.01, 0.3, 0.5
#: It is looked for on so many of the rows.
COMPLETED_ON_ROWS = 10_000
#: Columns compared with each other, and determinants kept for each dependent column.
MAX_COLUMNS, MAX_DETERMINANTS = 60, 6

Codes = NDArray[np.int64]


@dataclass(frozen=True, kw_only=True)
class Dependency:
    """Rows that agree in every column of `determinants` should agree in `dependent`."""

    determinants: tuple[str, ...]
    dependent: str
    #: As measured on a sample, 0 to 1.
    strength: float = 1.0
    #: Said by the caller, not found.
    is_stated: bool = False


def find_dependencies(sample: pl.DataFrame, dependents: list[str]) -> list[Dependency]:
    """The dependencies that hold in `sample`: of each dependent column at most
    MAX_DETERMINANTS, those first that speak of most rows. Missing cells say nothing.

    >>> sample = pl.DataFrame({
    ...     "zip": ["1", "2", "3", "4", "5", "6"] * 5,
    ...     "city": ["A", "A", "A", "B", "B", "B"] * 5,
    ...     "note": [str(n) for n in range(30)],
    ... })
    >>> for found in find_dependencies(sample, sample.columns):
    ...     print(found.determinants, "->", found.dependent, found.strength)
    ('zip',) -> city 1.0
    """
    codes = {name: _codes(sample[name]) for name in sample.columns[:MAX_COLUMNS]}
    usable = {name: column for name, column in codes.items() if _repeats(column)}
    found: dict[str, dict[Dependency, int]] = {}
    for determinant, dependent in permutations(usable, 2):
        if dependent not in dependents:
            continue
        strength, rows = measure(codes[determinant], codes[dependent])
        if strength >= MIN_STRENGTH and rows >= MIN_ROWS:
            simple = Dependency(
                determinants=(determinant,), dependent=dependent, strength=round(strength, 4)
            )
            found.setdefault(dependent, {})[simple] = rows
    some = _some_rows(sample.height)
    usable = {name: column[some] for name, column in usable.items()}
    return [_completed(each, usable) for reach in found.values() for each in _farthest(reach)]


def _farthest(reach: dict[Dependency, int]) -> list[Dependency]:
    """The dependencies that speak of most rows, and most strongly."""
    ranked = sorted(reach, key=lambda each: -each.strength * reach[each])
    return ranked[:MAX_DETERMINANTS]


def _completed(simple: Dependency, codes: dict[str, Codes]) -> Dependency:
    """The dependency with the column that explains most of its exceptions as a second
    determinant, where there is one. Slips no column can explain.
    """
    if 1 - simple.strength < MIN_EXCEPTIONS:
        return simple
    best = simple
    [first] = simple.determinants
    alone, rows = measure(codes[first], codes[simple.dependent])
    for second in [name for name in codes if name not in (first, simple.dependent)]:
        both = codes[first] * (int(codes[second].max()) + 1) + codes[second]
        both[(codes[first] < 0) | (codes[second] < 0)] = -1
        strength, shared = measure(_dense(both), codes[simple.dependent])
        explained = 1 - strength <= (1 - MIN_EXPLAINED) * (1 - alone)
        if explained and strength > best.strength and shared >= MIN_REACH * rows:
            determinants = tuple(sorted((first, second)))
            best = replace(simple, determinants=determinants, strength=round(strength, 4))
    return best


def _some_rows(height: int) -> NDArray[np.intp]:
    if height <= COMPLETED_ON_ROWS:
        return np.arange(height)
    drawn = np.random.default_rng(3).choice(height, COMPLETED_ON_ROWS, replace=False)
    return np.sort(drawn)


def measure(determinant: Codes, dependent: Codes) -> tuple[float, int]:
    """(strength, rows that share their determinant with another row), of codes from 0, -1 where
    a cell is missing.

    >>> measure(np.array([0, 0, 1, 1]), np.array([0, 0, 1, 1]))
    (1.0, 4)
    """
    present = (determinant >= 0) & (dependent >= 0)
    groups, values = determinant[present], dependent[present]
    if not len(groups):
        return 0.0, 0
    sizes = np.bincount(groups)
    width = int(values.max()) + 1
    pairs, counts = np.unique(groups * width + values, return_counts=True)
    agreeing = np.bincount(pairs // width, weights=counts * (counts - 1), minlength=len(sizes))
    shared = sizes >= 2
    rows = int(sizes[shared].sum())
    if rows == 0:
        return 0.0, 0
    within = float((agreeing[shared] / (sizes[shared] - 1)).sum()) / rows
    totals = np.bincount(values).astype(np.float64)
    n = len(values)
    chance = float((totals * (totals - 1)).sum()) / (n * (n - 1))
    return ((within - chance) / (1 - chance) if chance < 1 else 0.0), rows


def _codes(column: pl.Series) -> Codes:
    coded = column.rank("dense").cast(pl.Int64) - 1
    return coded.fill_null(-1).to_numpy()


def _dense(codes: Codes) -> Codes:
    """The same groups, numbered without gaps; what is missing stays -1."""
    _, numbered = np.unique(codes, return_inverse=True)
    return np.asarray(numbered - (1 if (codes < 0).any() else 0), dtype=np.int64)


def _repeats(codes: Codes) -> bool:
    """Whether the column has several values, and values that come again."""
    present = codes[codes >= 0]
    if len(present) < MIN_ROWS:
        return False
    sizes = np.bincount(present)
    return len(sizes) > 1 and int(sizes[sizes >= 2].sum()) >= MIN_ROWS
