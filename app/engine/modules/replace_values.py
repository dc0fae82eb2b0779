"""Put one text in the place of another: whole cells by a mapping, parts by a pattern."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

import polars as pl

from app.engine.columns import for_each
from app.engine.module import ColumnParams, Meta, Outcome
from app.engine.values.casing import fold
from app.engine.values.regex import check_replacement


@dataclass(frozen=True, kw_only=True)
class Params(ColumnParams):
    #: What is written -> what shall be written. Nothing (null) makes the cell missing.
    mapping: dict[str, str | None] = field(default_factory=dict)
    #: Whether a text of the mapping must be the whole cell, or may stand anywhere in it.
    match: Literal["cell", "part"] = "cell"
    #: Take large and small letters for the same; for whole cells and patterns.
    ignore_case: bool = False
    #: A regular expression, instead of a mapping; each place it fits is replaced.
    pattern: str | None = None
    #: What comes there: ${1} or ${name} is what a group of the pattern found, $$ a dollar.
    replacement: str = ""

    def __post_init__(self) -> None:
        if self.mapping and self.pattern is not None:
            raise ValueError("mapping and pattern are two ways to replace: give one of them")
        if "" in self.mapping:
            raise ValueError(
                'a missing cell is not replaced ("" in mapping); fill_missing does'
            )
        if self.pattern is None and self.replacement:
            raise ValueError("replacement goes with a pattern")
        if self.pattern is not None:
            check_replacement(self.pattern, self.replacement)
        if self.ignore_case and self.match == "part":
            raise ValueError('ignore_case goes with match="cell", or with a pattern')
        self.folded()

    def folded(self) -> dict[str, str | None]:
        """The mapping by its texts in small letters. Raises ValueError where two of them say
        different things.
        """
        if not self.ignore_case:
            return self.mapping
        texts = list(self.mapping)
        folded: dict[str, str | None] = {}
        for text, small in zip(texts, fold(pl.Series(texts, dtype=pl.String)), strict=True):
            if folded.setdefault(small, self.mapping[text]) != self.mapping[text]:
                raise ValueError(f'"{text}" is mapped twice, when case is ignored')
        return folded


def replace_values(batch: pl.DataFrame, params: Params) -> Outcome:
    """Replace what the mapping names, or what the pattern finds.

    All texts of a mapping are replaced at once: {"a": "b", "b": "a"} swaps them. Where parts
    overlap, the leftmost is replaced, and of several there the longest.
    Shape: unchanged. Left alone: missing cells, and every cell that holds no such text.

    >>> batch = pl.DataFrame({"city": ["Ist.", "Ankara"]})
    >>> replace_values(batch, Params(mapping={"Ist.": "İstanbul"})).frame["city"].to_list()
    ['İstanbul', 'Ankara']
    """
    if not params.mapping and params.pattern is None:
        return Outcome(frame=batch, warnings=["Nothing to replace: no mapping, no pattern."])
    columns = params.among(batch.columns)
    return Outcome(
        frame=batch.with_columns(for_each(lambda name: _replaced(batch[name], params), columns))
    )


def _replaced(column: pl.Series, params: Params) -> pl.Series:
    if params.pattern is not None:
        flag = "(?i)" if params.ignore_case else ""
        return column.str.replace_all(flag + params.pattern, params.replacement)
    if params.match == "part":
        return _parts_replaced(column, params.mapping)
    if not params.ignore_case:
        return column.replace(params.mapping)
    small, mapping = fold(column), params.folded()
    found = small.is_in(list(mapping))
    return small.replace(mapping).zip_with(found, column).alias(column.name)


def _parts_replaced(column: pl.Series, mapping: Mapping[str, str | None]) -> pl.Series:
    longest_first = sorted(mapping, key=len, reverse=True)
    return column.str.replace_many(
        longest_first, [mapping[text] or "" for text in longest_first], leftmost=True
    )


META = Meta(
    key="replace_values",
    name="Replace Values",
    description="One text for another: whole cells or parts, by a mapping or a pattern.",
    order=32,
    params=Params,
    better_after={"trim_spaces": "a cell with a blank beside its text is not found"},
)
