"""Texts near each other, found without comparing all with all.

Two texts of which one is a slip of the other agree somewhere: at their start, at their end,
or in the middle. Texts are put side by side by each of these, in the order of what follows from
there, and compared with the next ones. How many is set by a budget of comparisons, so time and
memory grow with the number of texts and no faster; where that leaves any out, the result says
so.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray
from rapidfuzz.process import cpdist

#: Letters that texts must share at one of three places to be compared.
SHARED = 4
#: Comparisons in all, at most that many neighbours of one text by one place, and as many pairs
#: at a time as bound what they cost in memory.
BUDGET, MOST_NEIGHBOURS, PAIRS_AT_A_TIME = 6_000_000, 100, 500_000


@dataclass(frozen=True, kw_only=True)
class Near:
    """Pairs of places in the list of texts, and how alike they are (0 to 1)."""

    left: NDArray[np.int64]
    right: NDArray[np.int64]
    alike: NDArray[np.float32]
    #: Every text was compared with all that share a place with it.
    is_complete: bool


def find_near(
    texts: pl.Series, scorer: Callable[..., float], least: float, *, budget: int = BUDGET
) -> Near:
    """Pairs of `texts` (folded, none null) that `scorer`, one of rapidfuzz that answers 0 to 1,
    gives at least `least`.

    >>> from rapidfuzz.distance import OSA
    >>> near = find_near(pl.Series(["istanbul", "izmir", "istambul"]),
    ...                  OSA.normalized_similarity, 0.8)
    >>> near.left.tolist(), near.right.tolist()
    ([0], [2])
    """
    blocks = _blocks(texts)
    window = window_for(blocks, budget)
    found = [
        _scored(texts, pairs, scorer, least)
        for step in range(1, window + 1)
        for pairs in _parted(pairs_at(blocks, step))
    ]
    together = pl.concat([_NOTHING, *found]).unique(["left", "right"]).sort("left", "right")
    sizes = blocks["block"].value_counts()["count"]
    return Near(
        left=together["left"].to_numpy(),
        right=together["right"].to_numpy(),
        alike=together["alike"].to_numpy(),
        is_complete=sizes.is_empty() or int(sizes.max()) <= window + 1,  # type: ignore[arg-type]
    )


_NOTHING = pl.DataFrame(schema={"left": pl.Int64, "right": pl.Int64, "alike": pl.Float32})


def _blocks(texts: pl.Series) -> pl.DataFrame:
    """item (a text's place) and block, sorted: the blocks of two texts and more."""
    whole = texts.str.replace_all(" ", "")
    middle = (whole.str.len_chars() // 2).cast(pl.Int64) - SHARED // 2
    inwards = [whole, whole.str.reverse(), whole.str.slice(middle.clip(0))]
    numbered = pl.int_range(texts.len(), eager=True, dtype=pl.Int64)
    parts = [
        pl.DataFrame(
            {"item": numbered, "block": f"{place} " + order.str.head(SHARED), "order": order}
        )
        for place, order in enumerate(inwards)
    ]
    blocks = pl.concat(parts).filter(pl.col("block").is_duplicated())
    return blocks.sort("block", "order", "item").select("item", "block")


def window_for(blocks: pl.DataFrame, budget: int) -> int:
    """How many neighbours of each item the budget pays for. `blocks`: item, block."""
    sizes = blocks["block"].value_counts()["count"].to_numpy().astype(np.int64)
    spent, window = 0, 0
    while window < MOST_NEIGHBOURS:
        more = int(np.maximum(0, sizes - window - 1).sum())
        if more == 0 or spent + more > budget:
            break
        spent, window = spent + more, window + 1
    return max(window, 1)


def pairs_at(blocks: pl.DataFrame, step: int) -> pl.DataFrame:
    """left, right: each item with the one `step` places further on in its block."""
    later = blocks.shift(-step)
    same = blocks["block"] == later["block"]
    pairs = pl.DataFrame({"a": blocks["item"], "b": later["item"]}).filter(
        same.fill_null(False)
    )
    return pairs.select(
        left=pl.min_horizontal("a", "b"), right=pl.max_horizontal("a", "b")
    ).unique(maintain_order=True)


def _parted(pairs: pl.DataFrame) -> list[pl.DataFrame]:
    return list(pairs.iter_slices(PAIRS_AT_A_TIME))


def _scored(
    texts: pl.Series, pairs: pl.DataFrame, scorer: Callable[..., float], least: float
) -> pl.DataFrame:
    alike = cpdist(
        texts.gather(pairs["left"]).to_list(),
        texts.gather(pairs["right"]).to_list(),
        scorer=scorer,
        score_cutoff=least,
        dtype=np.float32,
        workers=-1,
    )
    scored = pairs.with_columns(alike=pl.Series(alike, dtype=pl.Float32))
    return scored.filter(pl.col("alike") >= least, pl.col("alike") > 0)
