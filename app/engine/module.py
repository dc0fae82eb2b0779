"""What a cleaning module is: the public API that core and custom modules share.

A module is one Python file with `META` and one function named like its key. Row-wise:

    META = Meta(key="shout", name="Shout", description="Upper-case every text.", order=45)

    def shout(batch: pl.DataFrame, params: NoParams) -> Outcome:
        return Outcome(frame=batch.with_columns(pl.all().str.to_uppercase()))

A batch is a DataFrame of text: every column is pl.String, a cell that holds nothing is null (an
empty string never reaches a module and is made null when a module returns one). The pipeline
compares the batch with the outcome to count changes, so a module never counts its own.

A module that must know the whole table first names a `learn` in its META. It is asked for a
`Learner`, which is shown every batch, in order; what it `finish`es with is handed to the
function as its third argument, and the function is then called with the very same batches in
the very same order (so it may keep a cursor). One that finishes with a `RowOrder` is given
the rows in that order instead.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated, Any, Literal, Protocol, get_args, runtime_checkable

import msgspec

if TYPE_CHECKING:
    import polars as pl

#: The name of a column, in a module's params: checked against the header before anything runs,
#: and a column picker wherever forms are made of the schema.
Column = Annotated[str, msgspec.Meta(extra_json_schema={"x-column": True})]

#: What a whole column holds. Cells stay text throughout the engine; writers of typed formats
#: cast by this.
ColumnType = Literal["text", "integer", "number", "boolean", "date", "datetime"]
ALL_TYPES: tuple[ColumnType, ...] = get_args(ColumnType)


@dataclass(frozen=True, kw_only=True)
class NoParams:
    """For a module without any setting."""


@dataclass(frozen=True, kw_only=True)
class ColumnParams:
    """For a module that works on the columns it is told to, else on all of them."""

    columns: tuple[Column, ...] | None = None

    def among(self, header: Sequence[str]) -> list[str]:
        """The columns to work on, in the header's order."""
        return [name for name in header if self.columns is None or name in self.columns]


class Learner(Protocol):
    """Sees the whole table, batch by batch, before the module works on it."""

    def observe(self, batch: pl.DataFrame) -> None:
        """Take from one batch what must be known; keep no batch."""
        ...

    def finish(self) -> Any:
        """What was learned: the third argument of the module's function."""
        ...


class NumberedLearner(Protocol):
    """A Learner that must name rows: of a module whose META says `numbered`."""

    def observe(self, batch: pl.DataFrame, records: pl.Series) -> None:
        """`records`: the number of each row's record in the source."""
        ...

    def finish(self) -> Any: ...


@runtime_checkable
class LookingAgain(Protocol):
    """What a learner has besides, that must see the whole table more than once."""

    def look_again(self) -> bool:
        """Asked at the end of the table: whether to be shown every batch once more."""
        ...


@dataclass(frozen=True, kw_only=True)
class RowOrder:
    """What a learner finishes with whose module is to be given the rows in another order.

    The run puts the table in that order, whatever its size, before the module is called with
    it. Each row keeps its record number.
    """

    #: Batch -> sort keys: a column each, the weightiest first, one row per row. The same row
    #: must get the same keys in every batch; rows with equal keys stay as they are.
    keys: Callable[[pl.DataFrame], pl.DataFrame]
    #: Of each key: whether large ones come first.
    descending: Sequence[bool]
    #: Of each key: whether null comes behind all others.
    nulls_last: Sequence[bool]


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What a module made of one batch.

    Shape: `frame` has the rows that stay, in their order: batch.height - removed - rejected
    rows.
    """

    frame: pl.DataFrame
    #: Boolean, one per row of the batch: true where the module took the row out on purpose.
    removed: pl.Series | None = None
    #: String, one per row of the batch: why the row is set aside, null where it stays.
    rejected: pl.Series | None = None
    #: Columns of which the module has proven what they hold, over the whole table.
    types: Mapping[str, ColumnType] = field(default_factory=dict)
    #: Of columns the module changed: the types they still have, if they were proven before. A
    #: column that changed without this is text again.
    keeps: Mapping[str, Collection[ColumnType]] = field(default_factory=dict)
    #: Cells per column that were looked at, found not to fit and left as they were.
    odd: Mapping[str, int] = field(default_factory=dict)
    #: Sentences for the report; the same one from many batches is said once.
    warnings: Sequence[str] = ()
    #: What else the report should carry, as JSON has it: proposals with their evidence, say. A
    #: name given again, by a later batch, replaces the earlier.
    details: Mapping[str, Any] = field(default_factory=dict)
    #: What was counted, by name; added up over the batches, and reported as details.counts.
    counts: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Meta:
    """Who a module is and what it needs."""

    #: Stable, snake_case; also the name of the module's function.
    key: str
    #: For people; accepted in requests in any case.
    name: str
    description: str
    #: Where it stands in a good pipeline; lower is earlier. A suggestion, never enforced.
    order: int
    #: Raised when the same params may come to another result; recipes note it.
    version: int = 1
    #: Frozen, keyword-only dataclass: field types and msgspec.Meta constraints are the schema,
    #: defaults the defaults.
    params: type = NoParams
    #: (params, columns) -> Learner, or None when these params need nothing known first.
    learn: Callable[[Any, list[str]], Learner | NumberedLearner | None] | None = None
    #: `learn` makes a NumberedLearner: for modules that must name rows.
    numbered: bool = False
    #: (params, columns) -> the columns the table has afterwards. Asked while planning, without
    #: data. A list goes by place where it is as long as before, else by name; a mapping says of
    #: each column which one it was, None of a new one. Raises ValueError where the params do
    #: not go with the columns.
    header: Callable[[Any, list[str]], list[str] | Mapping[str, str | None]] | None = None
    #: Its learner finishes with a RowOrder: sorting is shown as a pass of its own.
    reorders: bool = False
    #: (what was learned) -> columns that turned out to be of no use: the run takes them out of
    #: the table behind the module, but for those that a later step names.
    drops: Callable[[Any], Collection[str]] | None = None
    #: What it changes is not for everyone's eyes: the receipt counts it without examples, and
    #: the log of changes has no cell as it was.
    hides_cells: bool = False
    #: Params that the receipt does not show.
    secret_params: frozenset[str] = frozenset()
    #: Keys of modules that had better run before this one, each with the reason: said as a
    #: warning where one of them comes later.
    better_after: Mapping[str, str] = field(default_factory=dict)
