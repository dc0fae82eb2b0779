"""A short run, and every input that once broke a claim. `make fuzz` has the long one."""

from __future__ import annotations

import importlib.util
import os
import re
from pathlib import Path

import pytest

from tests.fuzz.claims import TooSlow, bounded, holds
from tests.fuzz.run import fuzz
from tests.fuzz.seeds import SEEDS

SECONDS = 15.0
SEED = 7
ONCE_BROKEN = sorted((Path(__file__).parents[1] / "cases" / "fuzz").iterdir())


@pytest.mark.skipif(
    importlib.util.find_spec("atheris") is None and "CI" not in os.environ,
    reason="atheris is not made for this machine",
)
@pytest.mark.parametrize("kind", SEEDS)
def test_no_input_breaks_a_claim(kind: str) -> None:
    outcome = fuzz(kind, seconds=SECONDS, seed=SEED)

    assert outcome.crash is None, outcome.story
    tried = re.search(r"Done (\d+) runs", outcome.log)
    assert tried is not None and int(tried[1]) > len(SEEDS[kind]()), outcome.story


@pytest.mark.parametrize("kind", SEEDS)
def test_the_seeds_are_tables(kind: str, tmp_path: Path) -> None:
    """A run that starts from files that are refused would reach next to nothing."""
    source = tmp_path / "source"
    read = 0
    for content in SEEDS[kind]():
        source.write_bytes(content)
        read += holds(source, tmp_path) is not None

    assert read == len(SEEDS[kind]())


@pytest.mark.parametrize("path", ONCE_BROKEN, ids=lambda path: path.name)
def test_what_once_broke_a_claim_does_so_no_more(path: Path, tmp_path: Path) -> None:
    holds(path, tmp_path)


def test_what_takes_too_long_is_stopped() -> None:
    with pytest.raises(TooSlow), bounded(0.05):
        while True:
            pass
