"""Hide personal data: whole columns, or what is found within texts."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from functools import partial
from typing import Annotated, Literal, get_args

import msgspec
import polars as pl

from app.engine.columns import for_each
from app.engine.module import ColumnParams, Meta, Outcome
from app.engine.values.cells import read_distinct
from app.engine.values.personal import WORTH_A_LOOK, Kind, spans

#: A shorter key can be guessed, and with it every value that was hashed.
SHORTEST_KEY = 16


@dataclass(frozen=True, kw_only=True)
class Params(ColumnParams):
    #: Whole cells of the columns that `columns` names, or what is found within texts.
    what: Literal["found", "cells"] = "found"
    #: Within texts: what to look for.
    kinds: tuple[Kind, ...] = get_args(Kind)
    #: redact writes `replacement`; hash writes HMAC-SHA256 with `key` as 64 hexadecimal digits;
    #: keep_last puts * for every letter and digit but the last `keep`.
    action: Literal["redact", "hash", "keep_last"] = "redact"
    replacement: str = "***"
    #: Equal texts hashed with equal keys are equal. The receipt does not show it.
    key: Annotated[str, msgspec.Meta(extra_json_schema={"format": "password"})] = ""
    keep: Annotated[int, msgspec.Meta(ge=1, le=100)] = 4
    #: Country (TR, US, ...) of phone numbers within texts that are written without its code.
    default_region: str | None = None

    def __post_init__(self) -> None:
        if self.what == "cells" and self.columns is None:
            raise ValueError('what="cells" needs columns: which ones to mask')
        if self.action == "hash" and len(self.key) < SHORTEST_KEY:
            raise ValueError(f"to hash takes a key of {SHORTEST_KEY} characters or more")
        if self.default_region is not None:
            from phonenumbers import SUPPORTED_REGIONS

            if self.default_region.upper() not in SUPPORTED_REGIONS:
                raise ValueError(
                    f'default_region: there is no country "{self.default_region}"; '
                    "give two letters, such as TR"
                )

    def masked(self, text: str) -> str:
        """What is written in place of a text."""
        if self.action == "redact":
            return self.replacement
        if self.action == "hash":
            return hmac.new(self.key.encode(), text.encode(), hashlib.sha256).hexdigest()
        return starred(text, self.keep)

    def mask_found(self, text: str) -> str:
        """The text with what is found in it masked."""
        found = spans(text, self.kinds, self.default_region)
        for start, end in reversed(found):
            text = text[:start] + self.masked(text[start:end]) + text[end:]
        return text


def starred(text: str, keep: int) -> str:
    """A star for every letter and digit but the last `keep`; all of them where there are no
    more than that.

    >>> starred("+90 532 123 45 67", 4), starred("Ada", 4)
    ('+** *** *** 45 67', '***')
    """
    places = [place for place, char in enumerate(text) if char.isalnum()]
    hidden = set(places if len(places) <= keep else places[:-keep])
    return "".join("*" if place in hidden else char for place, char in enumerate(text))


def mask_pii(batch: pl.DataFrame, params: Params) -> Outcome:
    """Put something else where personal data stands.

    Within texts, e-mail addresses, phone numbers, card and account numbers and identity numbers
    are found, by their check digits where they have such; names and places are not. The receipt
    counts what was masked and shows none of it.
    Shape: unchanged. Missing cells stay missing.

    >>> batch = pl.DataFrame({"a": ["write to ada@example.com"]})
    >>> mask_pii(batch, Params()).frame.item()
    'write to ***'
    """
    columns = params.among(batch.columns)
    masked = for_each(lambda name: _mask(batch[name], params), columns)
    return Outcome(frame=batch.with_columns(masked))


def _mask(column: pl.Series, params: Params) -> pl.Series:
    if params.what == "cells":
        return read_distinct(column, params.masked)
    rows = column.str.contains(WORTH_A_LOOK).fill_null(False).arg_true()
    masked = read_distinct(column.gather(rows), partial(Params.mask_found, params))
    return column.clone().scatter(rows, masked)


META = Meta(
    key="mask_pii",
    name="Mask PII",
    description="Personal data redacted, hashed with a key, or cut to its last characters.",
    order=90,
    params=Params,
    hides_cells=True,
    secret_params=frozenset({"key"}),
)
