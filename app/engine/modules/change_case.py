"""Large and small letters, as the language of the text has them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Literal

import msgspec
import polars as pl

from app.engine.columns import for_each
from app.engine.module import ColumnParams, Meta, Outcome
from app.engine.values.casing import is_dotless, sentence, title


@dataclass(frozen=True, kw_only=True)
class Params(ColumnParams):
    #: title gives every word a capital, sentence the first one.
    case: Literal["lower", "upper", "title", "sentence"] = "lower"
    #: Language of the text, as in "tr" or "nl-BE": Turkish and Azerbaijani have i as the small
    #: letter of İ and ı as that of I; Dutch has IJsland.
    locale: Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z]{2,3}([-_][A-Za-z0-9]+)*$")] = "en"


def change_case(batch: pl.DataFrame, params: Params) -> Outcome:
    """Write every text in one case.

    İ becomes a plain i in every language, not i and a combining dot. title and sentence leave
    words alone that have digits in them (3D, A4) or mix their letters already (McDonald).
    Shape: unchanged. Doing it twice does no more than doing it once.

    >>> batch = pl.DataFrame({"city": ["İSTANBUL", "IĞDIR"]})
    >>> change_case(batch, Params(case="lower", locale="tr")).frame["city"].to_list()
    ['istanbul', 'ığdır']
    """
    columns = params.among(batch.columns)
    change = _changer(params)
    return Outcome(
        frame=batch.with_columns(for_each(lambda name: change(batch[name]), columns))
    )


def _changer(params: Params) -> Callable[[pl.Series], pl.Series]:
    dotless = is_dotless(params.locale)
    if params.case == "lower":
        return lambda column: _lower(column, dotless=dotless)
    if params.case == "upper":
        return lambda column: _upper(column, dotless=dotless)
    write = title if params.case == "title" else sentence
    return lambda column: _each_distinct(column, lambda text: write(text, params.locale))


def _lower(column: pl.Series, *, dotless: bool) -> pl.Series:
    if dotless:
        column = column.str.replace_all("I", "ı", literal=True)
    return column.str.replace_all("İ", "i", literal=True).str.to_lowercase()


def _upper(column: pl.Series, *, dotless: bool) -> pl.Series:
    if dotless:
        column = column.str.replace_all("i", "İ", literal=True)
    return column.str.to_uppercase()


def _each_distinct(column: pl.Series, change: Callable[[str], str]) -> pl.Series:
    rows = column.str.contains(r"\p{L}").fill_null(False).arg_true()
    if rows.is_empty():
        return column
    cells = column.gather(rows)
    texts = cells.unique()
    changed = pl.Series([change(text) for text in texts], dtype=pl.String)
    return column.scatter(rows, cells.replace_strict(texts, changed))


META = Meta(
    key="change_case",
    name="Change Case",
    description="Texts in lower, upper, title or sentence case, as their language has it.",
    order=34,
    params=Params,
)
