"""How numbers are spread: counted exactly, in one pass, without knowing their range
beforehand.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

#: Bars at most; at least half of it where values differ that much.
MAX_BINS = 40
#: The narrowest bar is 2**FINEST wide.
FINEST = -20
#: Bar numbers stay below 2**INDEX_BITS, so that they are exact.
INDEX_BITS = 50


@dataclass
class Histogram:
    """Bars of one width, a power of two, each beginning at a multiple of it.

    A width that has become too narrow is doubled, and neighbours are put together: exact, and
    in the end the same however the values came.

    >>> spread = Histogram()
    >>> spread.add(np.array([1.0, 2.0, 500.0]), np.array([1, 1, 3]))
    >>> spread.bars()
    [(0.0, 16.0, 2), (496.0, 512.0, 3)]
    """

    exponent: int = FINEST
    counts: dict[int, int] = field(default_factory=dict)

    def add(self, values: NDArray[np.float64], weights: NDArray[np.int64]) -> None:
        """`weights`: how often each value occurs. Values are finite."""
        if not len(values):
            return
        reach = float(np.abs(values).max())
        self._widen(max(self.exponent, math.frexp(reach)[1] - INDEX_BITS))
        places = np.floor(np.ldexp(values, -self.exponent)).astype(np.int64)
        # Far too many bars at first: they are put together before they are counted.
        low, high = int(places.min()), int(places.max())
        low, high = min([low, *self.counts]), max([high, *self.counts])
        doublings = 0
        while (high >> doublings) - (low >> doublings) >= MAX_BINS:
            doublings += 1
        self._widen(self.exponent + doublings)
        unique, inverse = np.unique(places >> doublings, return_inverse=True)
        totals = np.bincount(inverse, weights=weights)
        for place, total in zip(unique.tolist(), totals.tolist(), strict=True):
            self.counts[place] = self.counts.get(place, 0) + int(total)

    def merge(self, other: Histogram) -> None:
        shared = max(self.exponent, other.exponent)
        self._widen(shared)
        for place, count in other.counts.items():
            place >>= shared - other.exponent
            self.counts[place] = self.counts.get(place, 0) + count
        while self.counts and max(self.counts) - min(self.counts) >= MAX_BINS:
            self._widen(self.exponent + 1)

    def bars(self, *, whole: bool = False) -> list[tuple[float, float, int]]:
        """(from, up to but not including, count) of every bar that is not empty, in order.

        `whole`: values are whole numbers, so no bar need be narrower than 1.
        """
        if whole:
            self._widen(max(self.exponent, 0))
        return [
            (math.ldexp(place, self.exponent), math.ldexp(place + 1, self.exponent), count)
            for place, count in sorted(self.counts.items())
        ]

    def _widen(self, exponent: int) -> None:
        shift = exponent - self.exponent
        if shift <= 0:
            return
        merged: dict[int, int] = {}
        for place, count in self.counts.items():
            merged[place >> shift] = merged.get(place >> shift, 0) + count
        self.exponent, self.counts = exponent, merged
