"""Which modules there are: custom ones come in by the same door, broken ones are named."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.engine.catalogue import load

GOOD = """
import polars as pl
from app.engine.module import Meta, NoParams, Outcome

META = Meta(key="shout", name="Shout", description="Upper-case every text.", order=45)

def shout(batch, params: NoParams) -> Outcome:
    return Outcome(frame=batch.with_columns(pl.all().str.to_uppercase()))
"""


def test_core_modules_are_described_in_their_order() -> None:
    described = load().describe()

    keys = [module["key"] for module in described["core_modules"]]
    orders = [module["order"] for module in described["core_modules"]]
    assert orders == sorted(orders)
    assert keys[0] == "standardize_headers"
    assert described["custom_modules"] == []


def test_every_core_module_has_defaults_that_its_schema_allows() -> None:
    for module in load().describe()["core_modules"]:
        assert set(module["defaults"]) == set(module["params"].get("properties", {}))
        assert module["description"].endswith(".")


def test_a_custom_module_is_found(tmp_path: Path) -> None:
    (tmp_path / "anything.py").write_text(GOOD)

    (module,) = load(tmp_path).describe()["custom_modules"]

    assert (module["key"], module["origin"]) == ("shout", "custom")


@pytest.mark.parametrize(
    ("code", "line", "reason"),
    [
        pytest.param("def broken(:\n", 1, "SyntaxError", id="syntax"),
        pytest.param("\nimport no_such_package\n", 2, "no_such_package", id="import"),
        pytest.param("x = 1\n", None, "no META", id="no-meta"),
        pytest.param(GOOD.replace("def shout", "def whisper"), None, '"shout"', id="function"),
        pytest.param(GOOD.replace('"shout"', '"Shout Loud"'), None, "snake_case", id="key"),
        pytest.param(GOOD.replace('"shout"', '"trim_spaces"'), None, "", id="core-key"),
        pytest.param(GOOD.replace("batch, params: NoParams", "batch"), None, "2", id="arity"),
        pytest.param("raise SystemExit(3)\n", 1, "SystemExit", id="exit"),
    ],
)
def test_a_broken_file_is_named_and_takes_no_other_down(
    tmp_path: Path, code: str, line: int | None, reason: str
) -> None:
    (tmp_path / "a_broken.py").write_text(code)
    (tmp_path / "good.py").write_text(GOOD.replace("shout", "fine"))

    catalogue = load(tmp_path)

    (broken,) = catalogue.broken
    assert (broken["file"], broken["line"]) == ("a_broken.py", line)
    assert reason in broken["reason"]
    assert "fine" in catalogue.modules
    assert catalogue.modules["trim_spaces"].origin == "core"
