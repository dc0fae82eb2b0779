"""A short storm over each runtime. `make chaos` has the long one."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from tests.acceptance.conftest import RUNTIMES
from tests.chaos.run import storm

SECONDS = 8.0


@pytest.mark.parametrize("runtime", RUNTIMES)
def test_nothing_is_lost_in_a_storm(tmp_path: Path, node: str, runtime: str) -> None:
    seed = random.randrange(10**6)
    print(f"seed {seed}")  # shown when it fails; `--seed` of `python -m tests.chaos` repeats it

    figures = storm(tmp_path, runtime, node, seed=seed, seconds=SECONDS, long_freezes=False)

    print(figures)
    assert sum(figures.faults.values()) > 0
