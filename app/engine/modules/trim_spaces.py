"""Take blanks from both ends of a text: spaces, no-break and zero-width ones too."""

from __future__ import annotations

import polars as pl

from app.engine.module import ColumnParams, Meta, Outcome

#: White space by Unicode, and what has no width: nothing a reader would miss at an end.
BLANKS = (
    "\t\n\v\f\r \x1c\x1d\x1e\x1f\x85\xa0\u1680\u180e\u2000\u2001\u2002\u2003\u2004\u2005\u2006"
    "\u2007\u2008\u2009\u200a\u200b\u2028\u2029\u202f\u205f\u2060\u3000\ufeff"
)


def trim_spaces(batch: pl.DataFrame, params: ColumnParams) -> Outcome:
    """Strip BLANKS from both ends. A cell of nothing else becomes missing.

    Blanks inside a text stay as they are. So do joiners (U+200C, U+200D) at an end: scripts
    that use them mean something by them. Shape: unchanged.

    >>> trim_spaces(pl.DataFrame({"a": ["\\u00a0Ada \\u200b"]}), ColumnParams()).frame.item()
    'Ada'
    """
    columns = params.among(batch.columns)
    return Outcome(frame=batch.with_columns(pl.col(columns).str.strip_chars(BLANKS)))


META = Meta(
    key="trim_spaces",
    name="Trim Spaces",
    description="No blanks at the ends of texts, no-break and zero-width ones included.",
    order=30,
    params=ColumnParams,
)
