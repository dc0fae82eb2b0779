"""Make column names plain and unique: letters transliterated, blanks replaced, one case."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Annotated, Literal

import msgspec
import polars as pl
from anyascii import anyascii

from app.engine.module import Meta, Outcome
from app.engine.values.casing import lower, upper


@dataclass(frozen=True, kw_only=True)
class Params:
    case: Literal["lower", "upper", "title", "keep"] = "lower"
    whitespace_replacement: Annotated[str, msgspec.Meta(max_length=8)] = "_"
    #: Keep letters of every script instead of transliterating them.
    allow_unicode: bool = False
    #: Characters a name may have.
    max_length: Annotated[int, msgspec.Meta(ge=8, le=1024)] = 128
    #: Language of the names, for casing where allow_unicode keeps letters as they are.
    locale: str = "en"


def standardize_headers(batch: pl.DataFrame, params: Params) -> Outcome:
    """Rename every column; no cell is looked at.

    Shape: rows, cells and the order of columns unchanged.
    """
    names = standard_names(params, batch.columns)
    renamed = batch.rename(dict(zip(batch.columns, names, strict=True)))
    plain = [standard_name(name, params) for name in batch.columns]
    warnings = [
        f'"{old}" became "{new}": the name "{wish}" was taken.'
        for old, new, wish in zip(batch.columns, names, plain, strict=True)
        if new != wish and wish
    ]
    return Outcome(frame=renamed, warnings=warnings)


def standard_names(params: Params, columns: list[str]) -> list[str]:
    """Unique names for all columns. A name that is taken gets _2, _3, ...; one of which nothing
    is left becomes column_N.

    >>> standard_names(Params(), ["Price ($)", "Price (€)", "ŞEHİR", "%"])
    ['price', 'price_2', 'sehir', 'column_4']
    """
    taken: set[str] = set()
    names = []
    for position, column in enumerate(columns, start=1):
        wish = standard_name(column, params) or f"column_{position}"
        name, number = wish, 1
        while name in taken:
            number += 1
            ending = f"_{number}"
            name = wish[: params.max_length - len(ending)] + ending
        taken.add(name)
        names.append(name)
    return names


def standard_name(name: str, params: Params) -> str:
    """One name by itself; "" where it has neither letter nor digit.

    Signs are dropped before letters are transliterated, else € would come out as EUR.

    >>> standard_name("  Ürün Adı ", Params())
    'urun_adi'
    """
    text = unicodedata.normalize("NFC", name)
    text = "".join(char if _belongs(char) else " " for char in text)
    if not params.allow_unicode:
        text = re.sub(r"[^A-Za-z0-9_]+", " ", anyascii(text))
    text = _cased(re.sub(r"[\s_]+", " ", text).strip(), params)
    text = text.replace(" ", params.whitespace_replacement)[: params.max_length]
    return text.rstrip(params.whitespace_replacement or None)


def _belongs(char: str) -> bool:
    return char == "_" or unicodedata.category(char)[0] in "LNM"


def _cased(text: str, params: Params) -> str:
    if params.case == "lower":
        return lower(text, params.locale)
    if params.case == "upper":
        return upper(text, params.locale)
    if params.case == "title":
        return " ".join(
            upper(word[:1], params.locale) + lower(word[1:], params.locale)
            for word in text.split(" ")
        )
    return text


META = Meta(
    key="standardize_headers",
    name="Standardize Headers",
    description="Column names in plain letters, one case, without blanks, each unique.",
    order=10,
    params=Params,
    header=standard_names,
)
