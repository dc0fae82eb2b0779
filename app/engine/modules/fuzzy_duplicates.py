"""Find rows that speak of the same thing though they are not the same to the letter."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, Literal

import msgspec
import polars as pl

from app.engine.likeness.duplicates import Matches, as_dicts, find_matches, to_drop
from app.engine.module import ColumnParams, Meta, Outcome

#: The columns to compare are held while the table is learned; more than this is refused.
MAX_BYTES = 256 * 1024 * 1024
#: Pairs listed in the report, the surest first.
LISTED = 200


@dataclass(frozen=True, kw_only=True)
class Params(ColumnParams):
    """`columns` are those to compare. Leave out what two records of one thing never share, such
    as a running number.
    """

    #: Pairs are proposed from this score on: how likely both rows speak of the same thing.
    min_score: Annotated[float, msgspec.Meta(gt=0, le=1)] = 0.9
    #: Rows are dropped from this score on; by default none is.
    drop_from: Annotated[float, msgspec.Meta(ge=0.5, le=1)] | None = None
    #: A row is dropped only where it differs from the one that stays in at most so many
    #: columns. Slips and missing cells are no differences.
    max_differing: Annotated[int, msgspec.Meta(ge=0)] = 1
    #: Which of two rows stays: the first, the last, or the one with fewer missing cells (of
    #: equals the first).
    keep: Literal["first", "last", "most_complete"] = "first"

    def __post_init__(self) -> None:
        if self.drop_from is not None and self.drop_from < self.min_score:
            raise ValueError("drop_from is below min_score: what is dropped must be proposed")


class Rows:
    """Learns the cells to compare, and of every row its record number and missing cells."""

    def __init__(self, params: Params, columns: list[str]) -> None:
        self._params = params
        self._columns = params.among(columns)
        self._frames: list[pl.DataFrame] = []
        self._about: list[pl.DataFrame] = []
        self._bytes = 0

    def observe(self, batch: pl.DataFrame, records: pl.Series) -> None:
        frame = batch.select(self._columns)
        self._bytes += int(frame.estimated_size())
        if self._bytes > MAX_BYTES:
            raise ValueError(
                f"the columns to compare hold over {MAX_BYTES // 2**20} MB: name fewer columns"
            )
        self._frames.append(frame)
        missing = pl.sum_horizontal(pl.all().is_null().cast(pl.UInt32))
        self._about.append(batch.select(record=pl.Series(records), missing=missing))

    def finish(self) -> Duplicates:
        if not self._frames:
            return Duplicates()
        table, about = pl.concat(self._frames), pl.concat(self._about)
        self._frames = []
        matches = find_matches(table, self._params.min_score)
        dropped: dict[int, int] = {}
        if self._params.drop_from is not None:
            dropped = to_drop(
                matches,
                _rank(about, self._params.keep),
                drop_from=self._params.drop_from,
                max_differing=self._params.max_differing,
            )
        return Duplicates(matches, dropped, table, about["record"])


def _rank(about: pl.DataFrame, keep: str) -> list[int]:
    """The place of each row in the order in which they are kept."""
    rows = about.with_row_index("row")
    if keep == "most_complete":
        rows = rows.sort("missing", maintain_order=True)
    elif keep == "last":
        rows = rows.reverse()
    return rows["row"].arg_sort().to_list()


class Duplicates:
    """What was found, and why rows go; handed out batch by batch in order."""

    def __init__(
        self,
        matches: Matches | None = None,
        dropped: dict[int, int] | None = None,
        table: pl.DataFrame | None = None,
        records: pl.Series | None = None,
    ) -> None:
        self._cursor = 0
        self._reasons: dict[int, str] = {}
        self.details: dict[str, Any] = {"pairs": [], "pairs_total": 0}
        self.warnings: list[str] = []
        if matches is None or dropped is None or table is None or records is None:
            return
        self.details = {
            "pairs": as_dicts(matches, table, records, set(dropped), LISTED),
            "pairs_total": len(matches.pairs),
        }
        self._reasons = {
            place: _reason(matches, number, place, records) for place, number in dropped.items()
        }
        left = sum(
            not ({left, right} & dropped.keys()) for left, right in matches.pairs.tolist()
        )
        if left:
            self.warnings = [
                f"{left:,} pairs of rows may be duplicates. They are proposed in the report; "
                "both rows were kept."
            ]

    def reasons(self, height: int) -> pl.Series | None:
        """Why each of the next rows is set aside, null where it stays; None when all stay."""
        start, self._cursor = self._cursor, self._cursor + height
        if not self._reasons:
            return None
        mine = [self._reasons.get(place) for place in range(start, self._cursor)]
        return pl.Series(mine, dtype=pl.String)


def _reason(matches: Matches, number: int, place: int, records: pl.Series) -> str:
    [other] = [one for one in matches.pairs[number].tolist() if one != place]
    differs = ", ".join(matches.differing(number))
    return f"duplicate of record {records[other]}, score {matches.score[number]:.4f}" + (
        f"; differs in {differs}" if differs else ""
    )


def fuzzy_duplicates(batch: pl.DataFrame, params: Params, duplicates: Duplicates) -> Outcome:
    """Propose pairs of rows that speak of the same thing; set aside one of each if asked to.

    How sure a pair is comes from the table (engine/likeness/matching.py). The report lists
    pairs with their score and what differs. A row that is dropped goes to the rejects, whole,
    with the record number of the one that stays. Left alone: everything, unless drop_from is
    given; a row that matches only rows that go. Shape: columns unchanged; the rows that stay
    keep their order.
    """
    reasons = duplicates.reasons(batch.height)
    frame = batch if reasons is None else batch.filter(reasons.is_null())
    return Outcome(
        frame=frame,
        rejected=reasons,
        warnings=duplicates.warnings,
        details=duplicates.details,
    )


META = Meta(
    key="fuzzy_duplicates",
    name="Fuzzy Duplicates",
    description="Pairs of rows that speak of the same thing, with scores; dropped if asked.",
    order=45,
    params=Params,
    learn=Rows,
    numbered=True,
    better_after={
        "handle_missing": "a token such as N/A counts as something two rows agree in",
        "drop_duplicates": "rows that are the same to the letter are dropped cheaper there",
    },
)
