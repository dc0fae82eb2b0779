"""Make several columns of one: by a separator, or by the groups of a pattern."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

import msgspec
import polars as pl

from app.engine.module import ColumnParams, Meta, Outcome
from app.engine.modules.trim_spaces import BLANKS
from app.engine.values.regex import groups


@dataclass(frozen=True, kw_only=True)
class Params(ColumnParams):
    """`columns`: the ones to split."""

    #: What stands between the parts, to the letter.
    separator: Annotated[str, msgspec.Meta(min_length=1)] | None = None
    #: A regular expression, instead of a separator; each of its groups is a part.
    pattern: str | None = None
    #: How many columns to make, where neither `into` nor a pattern says it.
    parts: Annotated[int, msgspec.Meta(ge=2, le=100)] = 2
    #: What to call the parts of one column; else they are called NAME_1, NAME_2, ...
    into: tuple[Annotated[str, msgspec.Meta(min_length=1)], ...] = ()
    #: Count the parts from the end of the text, so that what is too much lies in the first.
    from_end: bool = False
    #: Whether the column that was split stays.
    keep: bool = True
    #: What becomes of a text with more or fewer parts: what is too much stays in the last part
    #: and what lacks is missing (keep); no part of it is taken (null); the row is set aside.
    invalid: Literal["keep", "null", "reject"] = "keep"

    def __post_init__(self) -> None:
        if self.separator is not None and self.pattern is not None:
            raise ValueError("separator and pattern are two ways to split: give one of them")
        if self.pattern is not None and self.from_end:
            raise ValueError("from_end goes with a separator")
        if self.into and self.width != len(self.into):
            raise ValueError(f"into names {len(self.into)} parts, there are {self.width}")
        if self.width == 0:
            raise ValueError(f'"{self.pattern}" has no group, and each group is a part')
        if len(set(self.into)) < len(self.into):
            raise ValueError("into has one name twice")

    @property
    def width(self) -> int:
        """How many parts there are."""
        if self.pattern is not None:
            return len(groups(self.pattern))
        return len(self.into) or self.parts

    @property
    def splits(self) -> bool:
        return bool(self.columns) and not (self.separator is None and self.pattern is None)

    def names(self, column: str) -> list[str]:
        """What the parts of a column are called."""
        return list(self.into) or [f"{column}_{place}" for place in range(1, self.width + 1)]


def split_column(batch: pl.DataFrame, params: Params) -> Outcome:
    """Put the parts of a text into columns of their own, beside the one they come from.

    Blanks around a part that a separator cuts off are not part of it. A text that does not have
    just as many parts is counted as odd in the first of them, and nothing of it is lost unless
    `invalid` says so.

    >>> batch = pl.DataFrame({"name": ["Lovelace, Ada", "Plato"]})
    >>> params = Params(columns=("name",), separator=",", into=("last", "first"), keep=False)
    >>> split_column(batch, params).frame.rows()
    [('Lovelace', 'Ada'), ('Plato', None)]
    """
    if not params.splits:
        said = "Nothing to split: name columns, and a separator or a pattern."
        return Outcome(frame=batch, warnings=[said])
    work = _Splitting(params)
    for name in params.among(batch.columns):
        work.split(batch[name])
    frame = batch.with_columns(work.made).select(list(header(params, batch.columns)))
    if work.reasons is None:
        return Outcome(frame=frame, odd=work.odd)
    stays = work.reasons.is_null()
    return Outcome(frame=frame.filter(stays), rejected=work.reasons, odd=work.odd)


class _Splitting:
    def __init__(self, params: Params) -> None:
        self.made: list[pl.Series] = []
        self.odd: dict[str, int] = {}
        self.reasons: pl.Series | None = None
        self._params = params

    def split(self, column: pl.Series) -> None:
        params, names = self._params, self._params.names(column.name)
        parts, fits = _by_pattern(column, params) if params.pattern else _cut(column, params)
        misfits = ~fits & column.is_not_null()
        if misfits.any():
            if params.invalid == "reject":
                self._refuse(column, misfits)
            else:
                self.odd[names[0]] = int(misfits.sum())
            if params.invalid == "null":
                parts = [part.zip_with(fits, _nothing(part)) for part in parts]
        self.made += [part.alias(name) for part, name in zip(parts, names, strict=True)]

    def _refuse(self, column: pl.Series, misfits: pl.Series) -> None:
        said = pl.format(
            '{}: "{}" does not have {} parts', pl.lit(column.name), pl.lit(column),
            pl.lit(self._params.width),
        )  # fmt: skip
        reason = pl.select(pl.when(misfits).then(said)).to_series()
        if self.reasons is not None:
            reason = pl.select(
                pl.concat_str([self.reasons, reason], separator="; ", ignore_nulls=True)
            ).to_series().replace("", None)  # fmt: skip
        self.reasons = reason


def _cut(column: pl.Series, params: Params) -> tuple[list[pl.Series], pl.Series]:
    """The parts between separators, and which cells have just as many."""
    separator, width = params.separator or "", params.width
    fits = column.str.count_matches(separator, literal=True) == width - 1
    if params.from_end:
        parts = _last_parts(column, separator, width)
    else:
        fields = column.str.splitn(separator, width).struct
        parts = [fields.field(name) for name in fields.fields]
    return [part.str.strip_chars(BLANKS) for part in parts], fits.fill_null(False)


def _last_parts(column: pl.Series, separator: str, width: int) -> list[pl.Series]:
    lists = pl.lit(column).str.split(separator).list
    surplus = (lists.len().cast(pl.Int64) - (width - 1)).clip(lower_bound=0)
    tail = [lists.get(-place, null_on_oob=True) for place in range(width - 1, 0, -1)]
    parts = [lists.head(surplus).list.join(separator), *tail]
    return pl.select(part.alias(str(place)) for place, part in enumerate(parts)).get_columns()


def _by_pattern(column: pl.Series, params: Params) -> tuple[list[pl.Series], pl.Series]:
    """What each group finds; a text that the pattern does not fit is all in the first part."""
    assert params.pattern is not None
    fits = column.str.contains(params.pattern).fill_null(False)
    fields = column.str.extract_groups(params.pattern).struct
    parts = [fields.field(name) for name in fields.fields]
    return [parts[0].zip_with(fits, column), *parts[1:]], fits


def _nothing(column: pl.Series) -> pl.Series:
    return pl.repeat(None, column.len(), dtype=pl.String, eager=True)


def header(params: Params, columns: list[str]) -> dict[str, str | None]:
    """The parts stand where the column they come from stands. Raises ValueError where a name is
    taken, or where `into` names the parts of several columns.
    """
    if not params.splits:
        return {name: name for name in columns}
    split = params.among(columns)
    if params.into and len(split) > 1:
        raise ValueError(f"into names the parts of one column, columns are {len(split)}")
    names: dict[str, str | None] = {}
    for name in columns:
        stays = name not in split or params.keep
        for made in [
            *([name] if stays else []),
            *(params.names(name) if name in split else []),
        ]:
            if made in names:
                raise ValueError(f'there would be two columns called "{made}"')
            names[made] = made if made == name else None
    return names


META = Meta(
    key="split_column",
    name="Split Column",
    description="Several columns of one, by a separator or a pattern.",
    order=70,
    params=Params,
    header=header,
    better_after={"text_normalize": "two blanks between words make a part of nothing"},
)
