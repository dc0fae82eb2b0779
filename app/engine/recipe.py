"""A recipe: how a table is read and cleaned, as JSON that replays.

    {
      "neatdata_recipe": 1,
      "name": "Monthly orders",
      "description": "",
      "reading": {"encoding": "windows-1254", "delimiter": ";"},
      "modules": [{"key": "trim_spaces", "params": {...}, "on_error": "fail"}],
      "columns": ["Müşteri No", "Tutar"],
      "versions": {"engine": "1.0.0", "modules": {"trim_spaces": 1}}
    }

Only `modules` is needed. The standard library alone, so that services may read it too.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from app.engine.errors import EngineError

FORMAT = 1


class NotARecipe(EngineError):
    """The text says which part of the JSON is at fault."""

    code = "not_a_recipe"


@dataclass(frozen=True, kw_only=True)
class Recipe:
    modules: list[Any]
    name: str = ""
    description: str = ""
    #: What ReadingOptions take; what is not here is found out.
    reading: dict[str, Any] = field(default_factory=dict)
    #: The header it was made for; none means that it is not known.
    columns: list[str] = field(default_factory=list)
    #: {"engine": .., "modules": {key: ..}}: what it was made with.
    versions: dict[str, Any] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        return {"neatdata_recipe": FORMAT, **vars(self)}

    def differences(self, versions: Mapping[str, Any]) -> list[str]:
        """What works otherwise, perhaps, than when the recipe was made: sentences for people.

        >>> made = {"engine": "1.0.0", "modules": {"trim_spaces": 1}}
        >>> now = {"engine": "1.1.0", "modules": {"trim_spaces": 2}}
        >>> Recipe(modules=["trim_spaces"], versions=made).differences(now)
        ['trim_spaces is version 2 here and was 1 in the recipe: it may do otherwise.']
        """
        here = versions.get("modules", {})
        return [
            f"{key} is version {here[key]} here and was {version} in the recipe: it may do "
            "otherwise."
            for key, version in self.versions.get("modules", {}).items()
            if key in here and here[key] != version
        ]


def read_recipe(content: Any) -> Recipe:
    """The recipe in a JSON value, or in the `recipe` of the REST API's answer about one.

    Raises NotARecipe.
    """
    if isinstance(content, dict) and isinstance(content.get("recipe"), dict):
        content = content["recipe"]
    if not isinstance(content, dict) or not isinstance(content.get("modules"), list):
        raise NotARecipe('A recipe is a JSON object with a list "modules".')
    if content.get("neatdata_recipe", FORMAT) != FORMAT:
        raise NotARecipe(
            f"The recipe is of format {content['neatdata_recipe']}; {FORMAT} can be read."
        )
    parts: dict[str, Any] = {}
    for name, kind in _PARTS.items():
        if name in content:
            if not isinstance(content[name], kind):
                raise NotARecipe(f'"{name}" of the recipe must be {_KINDS[kind]}.')
            parts[name] = content[name]
    return Recipe(modules=content["modules"], **parts)


_PARTS = {"name": str, "description": str, "reading": dict, "columns": list, "versions": dict}
_KINDS = {str: "a text", dict: "an object", list: "a list"}
