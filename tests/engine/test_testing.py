from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from app.engine.catalogue import BrokenModule
from app.engine.errors import ModuleFailed, PlanError
from app.engine.testing import try_module

HEAD = "import polars as pl\nfrom app.engine.module import Meta, NoParams, Outcome\n"
META = 'META = Meta(key="shout", name="Shout", description="Louder.", order=45)\n'


def module(folder: Path, body: str) -> Path:
    path = folder / "shout.py"
    path.write_text(HEAD + META + body, encoding="utf-8")
    return path


def test_a_file_runs_as_it_would_in_a_job(tmp_path: Path) -> None:
    path = module(
        tmp_path,
        "def shout(batch, params):\n"
        "    return Outcome(frame=batch.with_columns(pl.all().str.to_uppercase()))\n",
    )

    trial = try_module(path, [{"word": "hey"}, {"word": None}], batch_rows=1)

    assert trial.rows == [{"word": "HEY"}, {"word": None}]
    assert trial.report.modules[0].cells_changed == 1
    assert trial.report.modules[0].origin == "custom"


def test_a_file_that_does_not_load_names_file_and_line(tmp_path: Path) -> None:
    path = module(tmp_path, "def shout(batch, params):\n    return nothing_closed(\n")

    with pytest.raises(BrokenModule, match=r"shout\.py, line 5: SyntaxError"):
        try_module(path, [{"word": "hey"}])


def test_a_file_without_the_function_says_so(tmp_path: Path) -> None:
    path = module(tmp_path, "")

    with pytest.raises(BrokenModule, match='no function called "shout"'):
        try_module(path, [{"word": "hey"}])


def test_a_module_that_raises_names_file_and_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = module(tmp_path, "def shout(batch, params):\n    raise KeyError('volume')\n")

    with pytest.raises(ModuleFailed, match=r"shout\.py, line 5: KeyError: 'volume'"):
        try_module(path, [{"word": "hey"}])

    assert "KeyError" in capsys.readouterr().err


def test_params_are_checked_as_in_a_request() -> None:
    with pytest.raises(PlanError, match=r'no param "colums".*"columns"'):
        try_module("trim_spaces", [{"word": " hey"}], {"colums": ["word"]})


def test_a_name_that_is_neither_key_nor_path_is_refused() -> None:
    with pytest.raises(LookupError, match="shuot"):
        try_module("shuot", [{"word": "hey"}])


@pytest.mark.parametrize(
    "table",
    [
        pytest.param([{"a": " x", "b": 1}, {"a": "y"}], id="rows"),
        pytest.param({"a": [" x", "y"], "b": [1, None]}, id="columns"),
        pytest.param(pl.DataFrame({"a": [" x", "y"], "b": ["1", None]}), id="frame"),
    ],
)
def test_a_table_may_be_given_in_three_ways(table: object) -> None:
    trial = try_module("trim_spaces", table)  # type: ignore[arg-type]

    assert trial.rows == [{"a": "x", "b": "1"}, {"a": "y", "b": None}]


def test_a_table_of_one_column_keeps_its_missing_cells() -> None:
    assert try_module("trim_spaces", [{"a": " "}, {"a": "x"}]).rows == [{"a": None}, {"a": "x"}]
