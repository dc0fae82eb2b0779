"""A new module to begin with: one file that runs as it is, and a test of it."""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path

from anyascii import anyascii

from app.engine.catalogue import KEY, Catalogue

_ROW_WISE = '''\
"""What {name} is for, in a sentence."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from app.engine.module import ColumnParams, Meta, Outcome


@dataclass(frozen=True, kw_only=True)
class Params(ColumnParams):
    """`columns`, which comes with ColumnParams: the columns to work on, by default all."""

    #: What a param means. Its type and default make the form, and the check of requests.
    ending: str = "!"


def {key}(batch: pl.DataFrame, params: Params) -> Outcome:
    """What becomes of which cells, and what is left alone.

    Every column is text, and a cell that holds nothing is null. A table comes in many batches:
    what one batch shows is not the whole.
    """
    columns = params.among(batch.columns)
    return Outcome(frame=batch.with_columns(pl.col(columns).str.strip_suffix(params.ending)))


META = Meta(
    key="{key}",
    name="{name}",
    description="What it does, for people who choose it from a list.",
    order=60,
    params=Params,
)
'''
_ROW_WISE_TEST = '''\
"""Run with: python -m pytest {test}"""

from pathlib import Path

import pytest

from app.engine.testing import try_module

MODULE = Path(__file__).parents[1] / "{key}.py"


@pytest.mark.parametrize("batch_rows", [1, None])
def test_changes_what_it_should(batch_rows):
    trial = try_module(MODULE, [{{"word": "hey!"}}, {{"word": None}}], batch_rows=batch_rows)

    assert trial.rows == [{{"word": "hey"}}, {{"word": None}}]
    assert trial.report.modules[0].cells_changed == 1


def test_leaves_the_rest_alone():
    trial = try_module(MODULE, [{{"word": "wh!ch"}}])

    assert trial.report.modules[0].cells_changed == 0
'''
_LEARNING = '''\
"""What {name} is for, in a sentence."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Annotated

import msgspec
import polars as pl

from app.engine.module import ColumnParams, Meta, Outcome


@dataclass(frozen=True, kw_only=True)
class Params(ColumnParams):
    """`columns`, which comes with ColumnParams: the columns to work on, by default all."""

    #: Texts that occur less often in the whole column are taken for rare.
    least: Annotated[int, msgspec.Meta(ge=2)] = 2
    #: What is written in their place.
    instead: str = "other"


class Learner:
    """Is shown every batch before the function works on the first one."""

    def __init__(self, params: Params, columns: list[str]) -> None:
        self._params = params
        self._counts: dict[str, Counter[str]] = {{
            name: Counter() for name in params.among(columns)
        }}

    def observe(self, batch: pl.DataFrame) -> None:
        """Take from a batch what must be known; keep no batch."""
        for name, counts in self._counts.items():
            counts.update(dict(batch[name].drop_nulls().alias("text").value_counts().iter_rows()))

    def finish(self) -> dict[str, list[str]]:
        """What the function is given as its third argument."""
        return {{
            name: [text for text, count in counts.items() if count < self._params.least]
            for name, counts in self._counts.items()
        }}


def {key}(batch: pl.DataFrame, params: Params, rare: dict[str, list[str]]) -> Outcome:
    """What becomes of which cells, and what is left alone.

    Every column is text, and a cell that holds nothing is null.
    """
    return Outcome(
        frame=batch.with_columns(
            pl.when(pl.col(name).is_in(texts)).then(pl.lit(params.instead)).otherwise(name)
            .alias(name)
            for name, texts in rare.items()
        )
    )


META = Meta(
    key="{key}",
    name="{name}",
    description="What it does, for people who choose it from a list.",
    order=60,
    params=Params,
    learn=Learner,
)
'''
_LEARNING_TEST = '''\
"""Run with: python -m pytest {test}"""

from pathlib import Path

import pytest

from app.engine.testing import try_module

MODULE = Path(__file__).parents[1] / "{key}.py"


@pytest.mark.parametrize("batch_rows", [1, None])
def test_knows_the_whole_table_however_it_is_cut(batch_rows):
    rows = [{{"city": "Ankara"}}, {{"city": "Bursa"}}, {{"city": None}}, {{"city": "Ankara"}}]

    trial = try_module(MODULE, rows, batch_rows=batch_rows)

    assert [row["city"] for row in trial.rows] == ["Ankara", "other", None, "Ankara"]
    assert trial.report.modules[0].cells_changed == 1


def test_leaves_the_rest_alone():
    trial = try_module(MODULE, [{{"city": "Ankara"}}, {{"city": "Ankara"}}], {{"least": 2}})

    assert trial.report.modules[0].cells_changed == 0
'''


class CannotBegin(Exception):
    """There can be no new module of that name; the text says why."""


def new_module(name: str, folder: Path, catalogue: Catalogue, *, learns: bool) -> list[Path]:
    """Write FOLDER/KEY.py and FOLDER/tests/test_KEY.py. `learns`: begin with a module that must
    know the whole table first.

    Raises CannotBegin: the name makes no key, or the key or one of the files is there already.
    """
    key = key_of(name)
    if not KEY.fullmatch(key):
        raise CannotBegin(f'"{name}" makes no key: it must begin with a letter')
    taken = catalogue.find(key) or catalogue.find(name)
    if taken is not None:
        raise CannotBegin(f'there is a module "{taken.meta.key}" already ({taken.origin})')
    module, test = folder / f"{key}.py", folder / "tests" / f"test_{key}.py"
    for path in (module, test):
        if path.exists():
            raise CannotBegin(f"{path} is there already")
    # A test beside the module would be taken for one.
    test.parent.mkdir(parents=True, exist_ok=True)
    shown = name if name != key else key.replace("_", " ").capitalize()
    source, checks = (_LEARNING, _LEARNING_TEST) if learns else (_ROW_WISE, _ROW_WISE_TEST)
    for path, text in ((module, source), (test, checks)):
        path.write_text(text.format(key=key, name=shown, test=test), encoding="utf-8")
    return [module, test]


def key_of(name: str) -> str:
    """The key that a name makes.

    >>> key_of("Shop prices"), key_of("Sipariş düzelt"), key_of("shop_prices")
    ('shop_prices', 'siparis_duzelt', 'shop_prices')
    """
    plain = anyascii(unicodedata.normalize("NFC", name)).lower()
    return re.sub(r"[^a-z0-9]+", "_", plain).strip("_")
