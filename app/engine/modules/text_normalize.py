"""Repair and even out text: mojibake, curly quotes, odd blanks, markup."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from html.parser import HTMLParser

import polars as pl
from anyascii import anyascii
from ftfy import fix_encoding

from app.engine.columns import for_each
from app.engine.module import ColumnParams, Meta, Outcome

#: Curly quotes and what they become. Primes, guillemets, dashes and ellipses are not quotes.
QUOTES = {
    **dict.fromkeys("\u2018\u2019\u201a\u201b", "'"),
    **dict.fromkeys("\u201c\u201d\u201e\u201f", '"'),
}
NO_BREAK = {"\u00a0": " ", "\u202f": " ", "\u2007": " "}
ZERO_WIDTH = dict.fromkeys("\u200b\ufeff\u2060\u180e", "")
#: Mojibake of UTF-8 is two characters beyond ASCII side by side, or the lead of a no-break
#: space that has become a plain one, or a C1 control. Nothing else is worth ftfy's look.
SUSPECT = r"[^\x00-\x7f]{2}|[ÃÂŒœ]|[\u0080-\u009f]"
#: White space but for the no-break kinds, and a run of it (or one that is no plain space)
#: between two words.
BLANK = r"[\t\n\x0b\f\r \x85\u1680\u2000-\u2006\u2008-\u200a\u2028\u2029\u205f\u3000]"
CROWDED = rf"\S(?:{BLANK}{{2,}}|[\t\n\x0b\f\r\x85\u1680\u2000-\u200a\u2028-\u205f\u3000])\S"
#: Joiners are part of emoji sequences and of scripts that shape their letters; elsewhere they
#: are debris. Emoji: the joiner follows a pictograph, a variation selector or a skin tone.
#: Scripts: Hebrew to Arabic and Syriac, all of Indic to Khmer and Mongolian.
_JOINER = re.compile(r"[\u200c\u200d]")
_NEEDS_JOINER = re.compile(
    r"[\u0590-\u08ff\u0900-\u0dff\u0e00-\u0fff\u1000-\u109f\u1780-\u18af\ufb1d-\ufdff\ufe70-\ufefc"
    r"\ufe0f\u2190-\u2bff\U0001f000-\U0001faff\u20e3]"
)


@dataclass(frozen=True, kw_only=True)
class Params(ColumnParams):
    #: Repair text that was decoded with the wrong encoding (Ã¼ -> ü).
    fix_mojibake_opt: bool = True
    #: Curly quotes to straight ones, and nothing else.
    normalize_quotes_opt: bool = True
    #: No-break spaces to plain ones.
    replace_nbsp_opt: bool = True
    #: Zero-width characters away, but where emoji and scripts need them.
    remove_zw_opt: bool = True
    #: A run of blanks between words to one space. The ends are the business of trim_spaces.
    collapse_whitespace: bool = True
    #: Every letter to ASCII (ş -> s).
    use_unidecode: bool = False
    #: HTML tags away, entities to what they stand for.
    strip_html: bool = False


def text_normalize(batch: pl.DataFrame, params: Params) -> Outcome:
    """Apply what `params` switch on, in the order of its fields.

    Shape: unchanged. Costly work is done once per distinct text that a cheap look finds
    suspect. Left alone: straight quotes, entities and tags (unless asked for), dashes, primes,
    emoji.

    >>> batch = pl.DataFrame({"a": ["\\u201cMÃ¼ÅŸteri\\u201d  12″"]})
    >>> text_normalize(batch, Params()).frame.item()
    '"Müşteri" 12″'
    """
    columns = params.among(batch.columns)
    changed = for_each(lambda name: _normalised(batch[name], params), columns)
    return Outcome(frame=batch.with_columns(changed))


def _normalised(column: pl.Series, params: Params) -> pl.Series:
    # Most of what this module changes is beyond ASCII, and most cells are not.
    beyond_ascii = (column.str.len_bytes() != column.str.len_chars()).fill_null(False)
    column = _in(column, beyond_ascii, lambda cells: _plainer(cells, params))
    if params.collapse_whitespace:
        column = _where(column, CROWDED, _collapsed)
    if params.strip_html:
        column = _each(column, r"[<&]", _without_markup)
    return column


def _plainer(column: pl.Series, params: Params) -> pl.Series:
    """Cells with characters beyond ASCII, repaired and evened out."""
    if params.fix_mojibake_opt:
        column = _each(column, SUSPECT, fix_encoding)
    if replacements := _replacements(params):
        column = column.str.replace_many(replacements)
    if params.remove_zw_opt:
        column = _each(column, r"[\u200c\u200d]", _without_stray_joiners)
    if params.use_unidecode:
        column = _each(column, r"[^\x00-\x7f]", anyascii)
    return column


def _replacements(params: Params) -> dict[str, str]:
    chosen: dict[str, str] = {}
    if params.normalize_quotes_opt:
        chosen |= QUOTES
    if params.replace_nbsp_opt:
        chosen |= NO_BREAK
    if params.remove_zw_opt:
        chosen |= ZERO_WIDTH
    return chosen


def _in(
    column: pl.Series, cells: pl.Series, change: Callable[[pl.Series], pl.Series]
) -> pl.Series:
    """Apply `change` to the cells that a mask chooses; the others are not touched."""
    if not cells.any():
        return column
    rows = cells.arg_true()
    return column.scatter(rows, change(column.gather(rows)))


def _where(
    column: pl.Series, pattern: str, change: Callable[[pl.Series], pl.Series]
) -> pl.Series:
    """Apply `change` to the cells that `pattern` finds."""
    return _in(column, column.str.contains(pattern).fill_null(False), change)


def _collapsed(column: pl.Series) -> pl.Series:
    """One space for each run of blanks between words; the ends stay as they are."""
    ends = f"^({BLANK}*)(.*?)({BLANK}*)$"
    parts = column.str.extract_groups(f"(?s){ends}").struct
    inside = parts.field("2").str.replace_all(f"{BLANK}+", " ")
    return parts.field("1") + inside + parts.field("3")


def _each(column: pl.Series, pattern: str, change: Callable[[str], str]) -> pl.Series:
    """Apply `change` once to each distinct text that `pattern` finds."""

    def changed(found: pl.Series) -> pl.Series:
        texts = found.unique()
        return found.replace_strict(texts, pl.Series([change(text) for text in texts]))

    return _where(column, pattern, changed)


def _without_stray_joiners(text: str) -> str:
    """Take joiners away that neither an emoji nor a script needs.

    >>> _without_stray_joiners("a\\u200db"), len(_without_stray_joiners("👨\\u200d👩"))
    ('ab', 3)
    """
    return _JOINER.sub(lambda joiner: _kept_joiner(text, joiner.start()), text)


def _kept_joiner(text: str, place: int) -> str:
    needed = _NEEDS_JOINER.match(text[place - 1 : place]) if place else None
    return text[place] if needed else ""


class _TextOnly(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []

    def handle_data(self, data: str) -> None:
        self.parts.append(data)


def _without_markup(text: str) -> str:
    """The text an HTML fragment shows.

    >>> _without_markup("<b>Tom &amp; Jerry</b>"), _without_markup("3 < 4")
    ('Tom & Jerry', '3 < 4')
    """
    parser = _TextOnly()
    parser.feed(text)
    parser.close()
    return "".join(parser.parts)


META = Meta(
    key="text_normalize",
    name="Text Normalize",
    description="Repairs wrongly decoded text, evens out quotes and blanks.",
    order=20,
    params=Params,
)
