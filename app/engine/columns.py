"""Columns side by side: text work on one column keeps one core busy, a table has many."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import TypeVar

import polars as pl

Result = TypeVar("Result")


def for_each(work: Callable[[str], Result], names: Iterable[str]) -> list[Result]:
    """`work` done for each column name, on every core; results in order. The first error is
    raised.

    Polars lets go of the interpreter while it works, so threads are enough.

    >>> for_each(str.upper, ["a", "b"])
    ['A', 'B']
    """
    return list(_pool().map(work, names))


@cache
def _pool() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(pl.thread_pool_size(), thread_name_prefix="column")
