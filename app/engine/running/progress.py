"""How far a run is: measured in rows over all passes, never going back."""

from __future__ import annotations

from collections.abc import Callable

from app.engine.protocol import Progress

#: A run that still works shows at most this: 100 means completed, which only its end can say.
NEARLY = 99.9


class ProgressMeter:
    """Counts passes of equal weight. `rows_total` is what is known of the table beforehand."""

    def __init__(
        self, report: Callable[[Progress], None] | None, rows_total: int | None = None
    ) -> None:
        self._report = report
        self._rows_total = rows_total
        self._passes = 1
        self._number = 0
        self._name = ""
        self._rows = 0
        self._percent = 0.0

    def begin(self, passes: int) -> None:
        self._passes = passes

    def start_pass(self, number: int, name: str) -> None:
        self._number, self._name, self._rows = number, name, 0
        self._tell(0.0)

    def advance(self, rows: int, share: float) -> None:
        """`rows` more are done; `share` of the pass is, 0 to 1."""
        self._rows += rows
        self._tell(min(share, 1.0))

    def _tell(self, share: float) -> None:
        if self._report is None:
            return
        # A pass that began anew stands still until it is where it was.
        percent = min(100 * (self._number + share) / self._passes, NEARLY)
        self._percent = max(self._percent, percent)
        total = self._rows_total
        self._report(
            Progress(
                step=self._name,
                message=f"Pass {self._number + 1} of {self._passes}: {self._rows:,} rows",
                percent=self._percent,
                rows_done=0 if total is None else int(total * self._percent / 100),
                rows_total=total,
            )
        )
