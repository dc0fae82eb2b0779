"""Work side by side on neighbouring batches: while one is cleaned, the next is read and the
last is handed on. Order is kept, and at most one batch waits at each end.

Polars and NumPy let go of the interpreter while they work, so threads are enough.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from types import TracebackType
from typing import Any, TypeVar

Item = TypeVar("Item")
_END = object()


def ahead(items: Iterator[Item]) -> Generator[Item]:
    """The same items; the next one is fetched while one is worked on.

    Close it before `items` is used again: it may be under way to the next.

    >>> list(ahead(iter("abc")))
    ['a', 'b', 'c']
    """
    with ThreadPoolExecutor(1, thread_name_prefix="ahead") as pool:
        coming: Future[Any] = pool.submit(next, items, _END)
        while (item := coming.result()) is not _END:
            coming = pool.submit(next, items, _END)
            yield item


class Behind:
    """Does one thing at a time in the background, in order. Leaving the block waits for the
    last; what it raised is raised where the next is given, or at the end.
    """

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="behind")
        self._pending: Future[None] | None = None

    def do(self, work: Callable[[Item], None], item: Item) -> None:
        self._wait()
        self._pending = self._pool.submit(work, item)

    def __enter__(self) -> Behind:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._pool.shutdown(wait=True)
        if error is None:
            self._wait()

    def _wait(self) -> None:
        if self._pending is not None:
            self._pending.result()
