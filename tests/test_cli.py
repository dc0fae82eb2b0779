"""Commands: what they print, and that a mistake is one line."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from flask import Flask

from app import create_app
from app.extensions import db
from app.services import Services
from app.services.key_format import parse
from config import Config

Flask_ = Callable[..., Result]


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    folder = tmp_path_factory.mktemp("instance")
    app = create_app(Config(instance_dir=folder, async_mode="threading"))
    yield app
    with app.app_context():
        db.engine.dispose()


@pytest.fixture
def flask(app: Flask) -> Flask_:
    """Runs a `flask` command."""

    def run(*arguments: object) -> Result:
        return app.test_cli_runner().invoke(args=[str(argument) for argument in arguments])

    return run


@pytest.fixture
def services(app: Flask) -> Services:
    found: Services = app.extensions["neatdata"]
    return found


@pytest.fixture
def messy(tmp_path: Path) -> Path:
    file = tmp_path / "messy.csv"
    file.write_text("Name;City\n Ada ;London\nBob;Paris;France\n")
    return file


def error_of(result: Result) -> str:
    """The last line; the command failed, and not with a traceback."""
    assert result.exit_code != 0
    assert result.exception is None or isinstance(result.exception, SystemExit)
    return result.stderr.strip().splitlines()[-1]


def test_a_new_key_is_all_that_is_printed(flask: Flask_, services: Services) -> None:
    result = flask("keys", "create", "script", "--scope", "write", "--expires-in-days", 3)

    assert result.exit_code == 0
    key = services.keys.authenticate(result.stdout.strip())
    assert (key.name, key.scope.value) == ("script", "write")
    assert key.expires_at is not None
    assert result.stdout.count("\n") == 1


def test_a_generated_key_is_not_stored(flask: Flask_, services: Services) -> None:
    before = len(services.keys.all())

    given = parse(flask("keys", "generate").stdout.strip())

    assert given is not None
    assert len(services.keys.all()) == before


def test_the_list_shows_no_secret(flask: Flask_) -> None:
    text = flask("keys", "create", "script", "--scope", "read").stdout.strip()
    given = parse(text)
    assert given is not None

    listed = flask("keys", "list").stdout

    assert given.id in listed
    assert given.secret not in listed


def test_a_rotated_key_has_a_second_secret(flask: Flask_, services: Services) -> None:
    old = flask("keys", "create", "script", "--scope", "read").stdout.strip()
    key_id = services.keys.authenticate(old).id

    new = flask("keys", "rotate", key_id, "--overlap-days", 1).stdout.strip()

    assert services.keys.authenticate(new).id == services.keys.authenticate(old).id == key_id


def test_a_revoked_key_is_said_to_be(flask: Flask_, services: Services) -> None:
    text = flask("keys", "create", "script", "--scope", "read").stdout.strip()
    key_id = services.keys.authenticate(text).id

    assert flask("keys", "revoke", key_id).exit_code == 0

    assert "cannot be rotated" in error_of(flask("keys", "rotate", key_id))
    assert "revoked" in flask("keys", "list").stdout


def test_an_unknown_key_is_one_line(flask: Flask_) -> None:
    assert error_of(flask("keys", "revoke", "nobody")) == "Error: There is no key nobody."


def test_no_job_is_an_empty_list(flask: Flask_) -> None:
    result = flask("jobs", "list")

    assert (result.exit_code, result.stdout) == (0, "")


def test_a_file_is_cleaned_without_a_server(flask: Flask_, messy: Path, tmp_path: Path) -> None:
    result = flask(
        *(
            "clean",
            messy,
            tmp_path / "clean.csv",
            "--modules",
            "standardize_headers, trim_spaces",
        ),
        *("--rejects", tmp_path / "rejects.csv", "--report", tmp_path / "report.json"),
    )

    assert result.exit_code == 0, result.stderr
    assert (tmp_path / "clean.csv").read_text() == "name,city\nAda,London\n"
    assert "Bob;Paris;France" in (tmp_path / "rejects.csv").read_text()
    assert json.loads((tmp_path / "report.json").read_text())["rejected"] == 1
    assert "1 rows in, 1 out, 0 removed, 1 set aside" in result.stderr


def test_a_recipe_brings_its_own_reading(flask: Flask_, messy: Path, tmp_path: Path) -> None:
    recipe = tmp_path / "recipe.json"
    recipe.write_text(json.dumps({"modules": ["trim_spaces"], "reading": {"header": False}}))

    result = flask("clean", messy, tmp_path / "clean.csv", "--recipe", recipe)

    assert result.exit_code == 0, result.stderr
    assert (tmp_path / "clean.csv").read_text().splitlines()[0] == "column_1,column_2"


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        pytest.param(["--modules", "trim_spacs"], "trim_spacs", id="unknown-module"),
        pytest.param([], "Give either --modules or --recipe.", id="neither"),
        pytest.param(
            ["--modules", "trim_spaces", "--recipe", __file__],
            "Give either --modules or --recipe.",
            id="both",
        ),
        pytest.param(["--recipe", __file__], "is not a recipe", id="no-recipe"),
    ],
)
def test_a_mistake_is_one_line_and_makes_no_file(
    flask: Flask_, messy: Path, tmp_path: Path, arguments: list[str], line: str
) -> None:
    result = flask("clean", messy, tmp_path / "clean.csv", *arguments)

    assert line in error_of(result)
    assert not (tmp_path / "clean.csv").exists()


@pytest.mark.parametrize(
    "content",
    [
        pytest.param({"modules": "trim_spaces"}, id="modules"),
        pytest.param({"modules": ["trim_spaces"], "reading": []}, id="reading"),
        pytest.param(["trim_spaces"], id="list"),
    ],
)
def test_a_recipe_of_another_shape_is_refused(
    flask: Flask_, messy: Path, tmp_path: Path, content: Any
) -> None:
    recipe = tmp_path / "recipe.json"
    recipe.write_text(json.dumps(content))

    result = flask("clean", messy, tmp_path / "clean.csv", "--recipe", recipe)

    assert "is not a recipe" in error_of(result)


def test_a_recipe_fits_other_columns_by_a_map(
    flask: Flask_, messy: Path, tmp_path: Path
) -> None:
    recipe = tmp_path / "recipe.json"
    modules = [{"key": "change_case", "params": {"case": "upper", "columns": ["who"]}}]
    recipe.write_text(json.dumps({"modules": modules}))
    clean = ("clean", messy, tmp_path / "clean.csv", "--recipe", recipe)
    header = messy.read_text().splitlines()[0].split(";")

    assert 'There is no column "who"' in error_of(flask(*clean))
    assert "--map takes NAME=COLUMN" in error_of(flask(*clean, "--map", "who"))
    assert flask(*clean, "--map", f"who={header[0]}").exit_code == 0
    assert "ADA" in (tmp_path / "clean.csv").read_text()


def test_a_recipe_made_with_other_versions_is_warned_of(
    flask: Flask_, messy: Path, tmp_path: Path
) -> None:
    recipe = tmp_path / "recipe.json"
    versions = {"modules": {"trim_spaces": 0}}
    recipe.write_text(json.dumps({"modules": ["trim_spaces"], "versions": versions}))

    result = flask("clean", messy, tmp_path / "clean.csv", "--recipe", recipe)

    assert result.exit_code == 0
    assert "Warning: trim_spaces is version 1 here and was 0" in result.stderr


def test_every_change_is_written_down_on_request(
    flask: Flask_, messy: Path, tmp_path: Path
) -> None:
    changes = tmp_path / "changes.parquet"

    result = flask(
        *("clean", messy, tmp_path / "clean.csv", "--modules", "trim_spaces"),
        *("--change-log", changes),
    )

    assert result.exit_code == 0
    assert changes.read_bytes()[:4] == b"PAR1"


def test_a_recipe_with_an_unknown_reading_setting_names_it(
    flask: Flask_, messy: Path, tmp_path: Path
) -> None:
    recipe = tmp_path / "recipe.json"
    recipe.write_text(json.dumps({"modules": ["trim_spaces"], "reading": {"encodng": "utf-8"}}))

    result = flask("clean", messy, tmp_path / "clean.csv", "--recipe", recipe)

    assert "encodng" in error_of(result)


def test_the_messy_file_is_never_written_over(flask: Flask_, messy: Path) -> None:
    before = messy.read_bytes()

    result = flask("clean", messy, messy, "--modules", "trim_spaces")

    assert "TARGET is SOURCE" in error_of(result)
    assert messy.read_bytes() == before


def test_a_target_that_cannot_be_written_is_one_line(
    flask: Flask_, messy: Path, tmp_path: Path
) -> None:
    result = flask("clean", messy, tmp_path / "none" / "clean.csv", "--modules", "trim_spaces")

    assert "No such file or directory" in error_of(result)
