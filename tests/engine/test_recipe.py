"""Recipes: the format, and that they replay."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from app.engine import clean_file
from app.engine.errors import PlanError
from app.engine.recipe import NotARecipe, Recipe, read_recipe


def test_a_recipe_comes_back_as_it_was_written() -> None:
    recipe = Recipe(modules=["trim_spaces"], name="Orders", reading={"delimiter": ";"})

    assert read_recipe(json.loads(json.dumps(recipe.as_dict()))) == recipe


def test_only_modules_are_needed() -> None:
    assert read_recipe({"modules": ["auto"]}) == Recipe(modules=["auto"])


def test_the_answer_of_the_rest_api_is_read_too() -> None:
    assert read_recipe({"id": 7, "recipe": {"modules": []}}) == Recipe(modules=[])


@pytest.mark.parametrize(
    "content, says",
    [
        pytest.param([], 'a list "modules"', id="a-list"),
        pytest.param({}, 'a list "modules"', id="no-modules"),
        pytest.param({"modules": "trim_spaces"}, 'a list "modules"', id="modules-no-list"),
        pytest.param({"modules": [], "neatdata_recipe": 2}, "format 2", id="later-format"),
        pytest.param({"modules": [], "reading": []}, '"reading"', id="reading-no-object"),
        pytest.param(
            {"modules": [], "name": 3}, '"name" of the recipe must be a text', id="name"
        ),
    ],
)
def test_what_is_no_recipe_is_refused_with_the_part_at_fault(content: Any, says: str) -> None:
    with pytest.raises(NotARecipe, match=says):
        read_recipe(content)


def test_modules_of_another_version_are_told() -> None:
    recipe = Recipe(modules=[], versions={"modules": {"trim_spaces": 1, "gone": 1}})

    assert recipe.differences({"modules": {"trim_spaces": 1}}) == []
    (said,) = recipe.differences({"modules": {"trim_spaces": 3}})
    assert said.startswith("trim_spaces is version 3 here and was 1")


def test_columns_called_otherwise_can_be_mapped(tmp_path: Path) -> None:
    source, target = tmp_path / "in.csv", tmp_path / "out.csv"
    source.write_text("Name;Amount;Tutar\nAda;1,5;x\nBob;2,5;y\n")
    modules = [{"key": "convert_types", "columns": ["Tutar"]}]

    clean_file(source, target, modules, column_map={"Tutar": "Amount"})

    assert target.read_text() == "Name,Amount,Tutar\nAda,1.5,x\nBob,2.5,y\n"


def test_a_mapped_column_is_followed_when_it_is_renamed(tmp_path: Path) -> None:
    source, target = tmp_path / "in.csv", tmp_path / "out.csv"
    source.write_text("Der Betrag;Wer\n1,5;Ada\n2,5;Bob\n")
    modules = ["standardize_headers", {"key": "convert_types", "columns": ["Tutar"]}]

    clean_file(source, target, modules, column_map={"Tutar": "Der Betrag"})

    assert target.read_text() == "der_betrag,wer\n1.5,Ada\n2.5,Bob\n"


def test_every_column_that_does_not_match_is_named_at_once(tmp_path: Path) -> None:
    source = tmp_path / "in.csv"
    source.write_text("Name,Amount\nAda,1\n")
    modules = [{"key": "trim_spaces", "columns": ["Nam", "City"]}]

    with pytest.raises(PlanError) as refusal:
        clean_file(source, tmp_path / "out.csv", modules, column_map={"a/b": "Amout"})

    assert [(fault.pointer, fault.message) for fault in refusal.value.faults] == [
        ("/column_map/a~1b", 'There is no column "Amout". Did you mean "Amount"?'),
        ("/0/columns/0", 'There is no column "Nam". Did you mean "Name"?'),
        ("/0/columns/1", 'There is no column "City".'),
    ]
