"""Keys under which spellings of the same thing collide: texts with one key may mean one thing.

The first two are OpenRefine's, the phonetic ones Metaphone for English and one of our own for
Turkish. A text of which no letter or digit is left has no key: null.
Source: https://openrefine.org/docs/technical-reference/clustering-in-depth
"""

from __future__ import annotations

import re
from collections.abc import Callable

import polars as pl
from anyascii import anyascii

#: Letters of an n-gram. OpenRefine's default.
NGRAM = 2
#: Marks that part words; every other mark just goes.
_PARTS_WORDS = r"[-\s_,;:/|+&()]+"

#: Accented Latin letters in plain ones. Others are rarer, and looked up text by text.
_LATIN = {chr(code): anyascii(chr(code)) for code in range(0xA0, 0x250)}

#: Turkish by ear, over folded text (ı is i, ş is s). First what only foreign spellings have.
_FOREIGN = {
    "sch": "s", "sh": "s", "tch": "c", "ch": "c", "ph": "f", "th": "t", "ck": "k", "x": "ks",
}  # fmt: skip
_FOREIGN_SPELLING = re.compile("|".join(_FOREIGN))
#: Soft g, also where it is typed as g (Doğan, Dogan, Doan); h inside a word (Mehmet, Memet);
#: y beside i (Seyit, Seit).
_SILENT = re.compile("(?<=[aeiou])g|(?<=.)h|y+(?=i)|(?<=i)y+")
#: Final consonants lose their voice (Mehmed, Recep), vowels give way to each other.
_HEARD = str.maketrans("wqjbdgzeo", "vkcptksau")
_DOUBLED = re.compile(r"(.)\1+")


def fold(texts: pl.Series) -> pl.Series:
    """Lower case, letters of plain ASCII, one blank between words and no other marks.

    Every i, dotted or not, is one: a fold for comparing, not for writing.

    >>> fold(pl.Series(["  IŞIK,  Ayşe", "T-Shirt", "A.B.C.", "!?"])).to_list()
    ['isik ayse', 't shirt', 'abc', None]
    """
    texts = texts.str.replace_many(_LATIN)
    beyond = texts.str.contains(r"[^\x00-\x7f]").fill_null(False)
    if beyond.any():
        rows = beyond.arg_true()
        texts = texts.scatter(rows, [anyascii(text) for text in texts.gather(rows)])
    plain = (
        texts.str.to_lowercase()
        .str.replace_all(_PARTS_WORDS, " ")
        .str.replace_all("[^a-z0-9 ]", "")
        .str.replace_all(" +", " ")
        .str.strip_chars(" ")
    )
    return plain.set(plain == "", None)


def fingerprint(texts: pl.Series) -> pl.Series:
    """Each word once, in the alphabet's order.

    >>> fingerprint(pl.Series(["Lovelace, Ada", "ADA  lovelace"])).to_list()
    ['ada lovelace', 'ada lovelace']
    """
    words = fold(texts).str.split(" ")
    return words.list.unique().list.sort().list.join(" ")


def ngram_fingerprint(texts: pl.Series) -> pl.Series:
    """Each pair of neighbouring letters once, in order: blind to blanks and to doubled pairs.

    >>> ngram_fingerprint(pl.Series(["New York", "newyork"])).n_unique()
    1
    """
    return _each(fold(texts).str.replace_all(" ", ""), _ngrams)


def metaphone(texts: pl.Series) -> pl.Series:
    """How English words sound.

    >>> metaphone(pl.Series(["Catherine Smith", "Smyth, Katherine"])).to_list()
    ['K0RN SM0', 'K0RN SM0']
    """
    from jellyfish import metaphone as sound  # only here: half a megabyte of tables

    return _each(fold(texts), lambda text: _by_word(text, sound))


def turkish_phonetic(texts: pl.Series) -> pl.Series:
    """How Turkish words sound: typed without their dots and hooks, with soft g, silent h,
    final consonants and doubled letters as they come.

    >>> turkish_phonetic(pl.Series(["Doğan Mehmet", "Mehmed Dogan", "Memet Doan"])).n_unique()
    1
    """
    return _each(fold(texts), lambda text: _by_word(text, _turkish_sound))


KEYS: dict[str, Callable[[pl.Series], pl.Series]] = {
    key.__name__: key for key in (fingerprint, ngram_fingerprint, metaphone, turkish_phonetic)
}


def _ngrams(text: str) -> str:
    return "".join(sorted({text[i : i + NGRAM] for i in range(max(1, len(text) - NGRAM + 1))}))


def _by_word(text: str, sound: Callable[[str], str]) -> str:
    # A number sounds like nothing, and must not be lost.
    return " ".join(sorted({sound(word) or word for word in text.split(" ")}))


def _turkish_sound(word: str) -> str:
    """The sound of a word, its double letters first made one.

    >>> _turkish_sound("muhammed"), _turkish_sound("muhamet"), _turkish_sound("gul")
    ('muamat', 'muamat', 'kul')
    """
    word = _FOREIGN_SPELLING.sub(lambda found: _FOREIGN[found[0]], word)
    return _DOUBLED.sub(r"\1", _SILENT.sub("", word).translate(_HEARD))


def _each(texts: pl.Series, key: Callable[[str], str]) -> pl.Series:
    made = [None if text is None else key(text) for text in texts]
    return pl.Series(texts.name, made, dtype=pl.String)
