"""What is done now and then in the background, so that no request has to."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Mapping

#: How often.
ROUND_SECONDS = 60.0

log = logging.getLogger(__name__)


class Housekeeper:
    """One thread that does every chore once a round. A chore that fails keeps none of the
    others from being done, and is tried again in the next round.

    `chores`: what it clears away -> the work, which says how many there were.
    """

    def __init__(self, chores: Mapping[str, Callable[[], int]]) -> None:
        self._chores = chores
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._serve, name="housekeeper", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopping.set()
        self._thread.join(timeout=5.0)

    def _serve(self) -> None:
        while not self._stopping.is_set():
            for what, chore in self._chores.items():
                self._do(what, chore)
            self._stopping.wait(ROUND_SECONDS)

    @staticmethod
    def _do(what: str, chore: Callable[[], int]) -> None:
        try:
            if count := chore():
                log.info("%d %s cleared away", count, what)
        except Exception:
            log.exception("%s could not be cleared away", what)
