"""Give columns other names: one by one, or by a pattern."""

from __future__ import annotations

from dataclasses import dataclass, field

import polars as pl

from app.engine.module import Column, ColumnParams, Meta, Outcome
from app.engine.values.regex import check_replacement


@dataclass(frozen=True, kw_only=True)
class Params(ColumnParams):
    """`columns` are those whose names the pattern changes; all of them by default."""

    #: Name now -> name to be.
    names: dict[Column, str] = field(default_factory=dict)
    #: A regular expression, instead of names; each place of a name it fits is replaced.
    pattern: str | None = None
    #: What comes there: ${1} is what the first group found, $$ a dollar.
    replacement: str = ""

    def __post_init__(self) -> None:
        if self.names and self.pattern is not None:
            raise ValueError("names and pattern are two ways to rename: give one of them")
        if self.pattern is None and (self.replacement or self.columns is not None):
            raise ValueError("columns and replacement go with a pattern")
        if self.pattern is not None:
            check_replacement(self.pattern, self.replacement)


def rename_columns(batch: pl.DataFrame, params: Params) -> Outcome:
    """Rename columns; no cell is looked at, and no other column is renamed.

    Two columns may swap their names.
    Shape: rows, cells and the order of columns unchanged.

    >>> rename_columns(pl.DataFrame({"Ad": ["x"]}), Params(names={"Ad": "name"})).frame.columns
    ['name']
    """
    names = new_names(params, batch.columns)
    warnings = []
    if not params.names and params.pattern is None:
        warnings = ["Nothing to rename: no names, no pattern."]
    elif list(names) == batch.columns:
        warnings = ["No column was renamed: the pattern fits no name."]
    renamed = batch.rename({old: new for new, old in names.items()})
    return Outcome(frame=renamed, warnings=warnings)


def new_names(params: Params, columns: list[str]) -> dict[str, str]:
    """Name to be -> name now, of every column. Raises ValueError for a name that is none, or
    that two columns would have.

    >>> new_names(Params(pattern="^Q_"), ["id", "Q_1"])
    {'id': 'id', '1': 'Q_1'}
    """
    names: dict[str, str] = {}
    for old in columns:
        new = _new_name(params, old)
        if not new.strip():
            raise ValueError(f'nothing would be left of the name "{old}"')
        if new in names:
            raise ValueError(f'"{names[new]}" and "{old}" would both be called "{new}"')
        names[new] = old
    return names


def _new_name(params: Params, old: str) -> str:
    if params.pattern is None:
        return params.names.get(old, old)
    if params.columns is not None and old not in params.columns:
        return old
    replaced: str = pl.Series([old]).str.replace_all(params.pattern, params.replacement).item()
    return replaced


META = Meta(
    key="rename_columns",
    name="Rename Columns",
    description="Other names for columns, one by one or by a pattern.",
    order=12,
    params=Params,
    header=new_names,
)
