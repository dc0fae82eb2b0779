"""`flask modules`: a new module runs as it is; a broken one is named with file and line."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask

from app import create_app
from app.engine.catalogue import load
from app.engine.testing import try_module
from app.extensions import db
from config import Config

ROOT = Path(__file__).resolve().parents[1]
Flask_ = Callable[..., Result]


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    place = tmp_path_factory.mktemp("server")
    (place / "configured").mkdir()
    app = create_app(
        Config(
            instance_dir=place / "instance",
            async_mode="threading",
            modules_dir=place / "configured",
        )
    )
    yield app
    with app.app_context():
        db.engine.dispose()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "modules"
    folder.mkdir()
    return folder


@pytest.fixture
def flask(app: Flask, folder: Path) -> Flask_:
    """Runs a `flask modules` command on `folder`."""
    return lambda *arguments: app.test_cli_runner().invoke(
        args=["modules", *map(str, arguments), "--folder", str(folder)]
    )


@pytest.mark.parametrize("options", [(), ("--learns",)], ids=["row-wise", "learning"])
def test_a_new_module_loads_and_passes_its_own_test(
    flask: Flask_, folder: Path, options: tuple[str, ...]
) -> None:
    result = flask("new", "Sipariş düzelt", *options)

    assert result.exit_code == 0, result.output
    module = load(folder).modules["siparis_duzelt"]
    assert module.meta.name == "Sipariş düzelt"
    test = folder / "tests" / "test_siparis_duzelt.py"
    assert str(test) in result.stdout
    tested = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", test],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert tested.returncode == 0, tested.stdout
    assert " passed" in tested.stdout


def test_a_module_is_never_written_over(flask: Flask_, folder: Path) -> None:
    flask("new", "mine")
    (folder / "mine.py").write_text("# my work\n")

    result = flask("new", "mine")

    assert result.exit_code != 0
    assert "mine.py is there already" in result.stderr
    assert (folder / "mine.py").read_text() == "# my work\n"


@pytest.mark.parametrize(
    ("name", "said"),
    [
        pytest.param("Trim spaces", 'a module "trim_spaces" already (core)', id="taken"),
        pytest.param("7 wonders", "must begin with a letter", id="no-key"),
        pytest.param("!!!", "makes no key", id="no-letters"),
    ],
)
def test_a_name_that_cannot_be_is_refused_in_one_line(
    flask: Flask_, folder: Path, name: str, said: str
) -> None:
    result = flask("new", name)

    assert result.exit_code != 0
    assert said in result.stderr
    assert list(folder.iterdir()) == []


def test_check_names_file_and_line_of_what_is_broken(flask: Flask_, folder: Path) -> None:
    flask("new", "sound")
    (folder / "unsound.py").write_text("import polars\n\nnothing_of_that_name\n")
    (folder / "other.py").write_text("x = 1\n")

    result = flask("check")

    assert result.exit_code != 0
    assert "sound: What it does" in result.stdout
    assert "unsound.py, line 3: NameError: name 'nothing_of_that_name'" in result.stderr
    assert "other.py: there is no META = Meta(...)" in result.stderr
    assert "2 cannot be loaded" in result.stderr


def test_check_is_content_with_what_loads(flask: Flask_) -> None:
    flask("new", "sound")

    result = flask("check")

    assert (result.exit_code, result.stderr) == (0, "")


def test_a_server_that_does_not_look_there_is_told_how_to(flask: Flask_, folder: Path) -> None:
    result = flask("new", "mine")

    assert f"NEATDATA_MODULES_DIR={folder}" in result.stdout
    assert try_module(folder / "mine.py", [{"a": "x!"}]).rows == [{"a": "x"}]


def test_without_a_folder_it_is_the_one_the_server_looks_into(app: Flask) -> None:
    result = app.test_cli_runner().invoke(args=["modules", "new", "mine"])

    assert (app.config["NEATDATA"].modules_dir / "mine.py").exists()
    assert "NEATDATA_MODULES_DIR" not in result.stdout
