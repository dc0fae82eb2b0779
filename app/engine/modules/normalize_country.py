"""Countries by one name or code."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import polars as pl

from app.engine.looking.recognising import Recogniser
from app.engine.module import ColumnParams, Meta, Outcome
from app.engine.values.cells import Invalid, Rewriting, rewritten
from app.engine.values.countries import Form, country_of, is_language, named_country, written


@dataclass(frozen=True, kw_only=True)
class Params(ColumnParams):
    #: What is written: two or three letters or digits of ISO 3166, or the name.
    to: Form = "alpha2"
    #: Language of names that are written, and of names that are read besides the fifty known.
    language: str = "en"
    #: What becomes of a cell that is no country in a column that is worked on.
    invalid: Invalid = "keep"

    def __post_init__(self) -> None:
        if not is_language(self.language):
            raise ValueError(f'there is no language "{self.language}"; one is "tr"')


def country_columns(params: Params, columns: list[str]) -> Recogniser:
    return Recogniser(params, columns, partial(_is_named, params.language))


def _is_named(language: str, text: str) -> bool:
    return named_country(text, language) is not None


def normalize_country(batch: pl.DataFrame, params: Params, columns: tuple[str, ...]) -> Outcome:
    """Write every country in one way, whatever name, code or flag it is given by.

    Names are read in fifty languages, with or without accents. A column that the caller does
    not name must be one of names: two letters may be states, languages or anything.
    Left alone: names of two countries (Congo, Korea), parts of the world, cities,
    misspellings. England, Scotland and Wales are GB.
    Shape: columns unchanged; rows fewer only with invalid="reject".

    >>> batch = pl.DataFrame({"a": ["Almanya", "USA", "Türkiye"]})
    >>> normalize_country(batch, Params(to="alpha3"), ("a",)).frame["a"].to_list()
    ['DEU', 'USA', 'TUR']
    """
    rewriting = Rewriting(batch, params.invalid)
    for name in columns:
        new, unread = rewritten(batch[name], partial(_read, params))
        rewriting.put(name, new, unread, "a country")
    return rewriting.outcome()


def _read(params: Params, text: str) -> str | None:
    code = country_of(text, params.language)
    return None if code is None else written(code, params.to, params.language)


META = Meta(
    key="normalize_country",
    name="Normalize Country",
    description="Countries by one name or ISO 3166 code, read in fifty languages.",
    order=65,
    params=Params,
    learn=country_columns,
)
