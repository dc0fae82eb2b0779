"""Recipes: pipelines that are saved, in versions, and run again over other files."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from difflib import get_close_matches
from typing import Any

import sqlalchemy as sa

from app import __version__
from app.engine.errors import EngineError
from app.engine.recipe import Recipe as Content
from app.engine.recipe import read_recipe
from app.errors import FieldFault, NotFound, PreconditionFailed, Unprocessable
from app.models import ApiKey, Job, Recipe, RecipeVersion, Scope
from app.models.types import utc_now
from app.services.database import Database
from app.services.idempotency import made
from app.services.jobs import JobOptions, JobService
from app.services.pipelines import PipelineService, reading_of
from app.services.uploads import UploadService

#: The largest id a row can have; a larger one in a path is one more recipe that there is not.
_MAX_ID = 2**63 - 1


@dataclass(frozen=True, kw_only=True)
class SavedRecipe:
    """One version of a recipe, with the recipe it belongs to."""

    recipe: Recipe
    version: int
    content: dict[str, Any]


class RecipeService:
    def __init__(
        self,
        database: Database,
        pipelines: PipelineService,
        uploads: UploadService,
        jobs: JobService,
    ) -> None:
        self._database = database
        self._pipelines = pipelines
        self._uploads = uploads
        self._jobs = jobs

    def create(self, owner: ApiKey, given: dict[str, Any]) -> SavedRecipe:
        """Save a pipeline. `given`: name, modules and, optionally, description, versions,
        and either upload_id (whose columns and reading settings it takes) or columns and
        reading.

        Raises Unprocessable with every fault at once.
        """
        content = self._content(owner, given)
        recipe = Recipe(owner_id=owner.id, name=content["name"], version=1)
        with self._database.writing() as session:
            session.add(recipe)
            session.flush()
            session.add(RecipeVersion(recipe_id=recipe.id, version=1, content=content))
            made(session, recipe.id)
        return SavedRecipe(recipe=recipe, version=1, content=content)

    def get(self, caller: ApiKey, recipe_id: int, version: int | None = None) -> SavedRecipe:
        """A recipe, in its newest version unless another is named. Raises NotFound, for
        someone else's too.
        """
        with self._database.reading() as session:
            recipe = session.scalar(_one(caller, recipe_id))
            if recipe is None:
                raise _no_recipe(recipe_id)
            wanted = recipe.version if version is None else version
            found = session.get(RecipeVersion, (recipe.id, wanted))
        if found is None:
            raise NotFound(
                f"Recipe {recipe_id} has no version {wanted}.", code="recipe-not-found"
            )
        return SavedRecipe(recipe=recipe, version=found.version, content=found.content)

    def page(
        self, caller: ApiKey, *, before_id: int | None, limit: int
    ) -> tuple[list[SavedRecipe], int]:
        """At most `limit` recipes in their newest versions, the newest recipe first, older than
        `before_id`; and how many there are in all.
        """
        newest_first = (
            sa.select(Recipe, RecipeVersion)
            .join(
                RecipeVersion,
                sa.and_(
                    RecipeVersion.recipe_id == Recipe.id,
                    RecipeVersion.version == Recipe.version,
                ),
            )
            .where(_visible_to(caller))
            .order_by(Recipe.id.desc())
            .limit(limit)
        )
        if before_id is not None:
            newest_first = newest_first.where(Recipe.id < before_id)
        with self._database.reading() as session:
            total = session.scalar(
                sa.select(sa.func.count(Recipe.id)).where(_visible_to(caller))
            )
            rows = [
                SavedRecipe(recipe=recipe, version=found.version, content=found.content)
                for recipe, found in session.execute(newest_first).tuples()
            ]
        return rows, total or 0

    def replace(
        self, caller: ApiKey, recipe_id: int, version: int, given: dict[str, Any]
    ) -> SavedRecipe:
        """Add a version that takes the place of `version`, which stays to be looked at.

        Raises NotFound; PreconditionFailed when `version` is no longer the newest;
        Unprocessable as `create`.
        """
        content = self._content(caller, given)
        with self._database.writing() as session:
            recipe = session.scalar(_one(caller, recipe_id))
            if recipe is None:
                raise _no_recipe(recipe_id)
            _check_newest(recipe, version)
            recipe.version += 1
            recipe.name = content["name"]
            recipe.updated_at = utc_now()
            session.add(
                RecipeVersion(recipe_id=recipe.id, version=recipe.version, content=content)
            )
        return SavedRecipe(recipe=recipe, version=recipe.version, content=content)

    def delete(self, caller: ApiKey, recipe_id: int, version: int) -> None:
        """Delete a recipe in all its versions; jobs that followed it stay. Raises NotFound;
        PreconditionFailed as `replace`.
        """
        with self._database.writing() as session:
            recipe = session.scalar(_one(caller, recipe_id))
            if recipe is None:
                raise _no_recipe(recipe_id)
            _check_newest(recipe, version)
            session.execute(
                sa.delete(RecipeVersion).where(RecipeVersion.recipe_id == recipe.id)
            )
            session.delete(recipe)

    def submit(
        self,
        caller: ApiKey,
        upload_id: int,
        recipe_id: int,
        *,
        version: int | None = None,
        column_map: dict[str, str] | None = None,
        change_log: bool = False,
    ) -> Job:
        """Queue a recipe over an upload, read as the recipe says.

        Raises Unprocessable with every fault of upload, recipe and columns at once.
        """
        try:
            saved = self.get(caller, recipe_id, version)
        except NotFound as error:
            fault = FieldFault(pointer="/recipe_id", message=error.detail)
            raise Unprocessable(error.detail, code=error.code, faults=[fault]) from None
        content = read_recipe(saved.content)
        _check_map(content, column_map or {})
        options = JobOptions(
            change_log=change_log,
            reading=content.reading or None,
            column_map=column_map or {},
            recipe_id=saved.recipe.id,
            recipe_version=saved.version,
            warnings=tuple(content.differences(self._versions())),
        )
        try:
            return self._jobs.submit(caller, upload_id, content.modules, options)
        except Unprocessable as error:
            raise _of_recipe(error, content) from None

    def _content(self, caller: ApiKey, given: dict[str, Any]) -> dict[str, Any]:
        """The portable recipe of what was given, every module checked and written in full."""
        try:
            content = read_recipe(
                {**given, "versions": given.get("versions") or self._versions()}
            )
        except EngineError as error:
            raise Unprocessable(str(error), code="not-a-recipe") from None
        if "upload_id" in given:
            inspection = self._inspection(caller, given["upload_id"])
            content = replace(
                content, reading=reading_of(inspection), columns=list(inspection["columns"])
            )
        modules = self._pipelines.plan(content.modules, content.columns)["modules"]
        used = {module["key"] for module in modules}
        versions = {
            **content.versions,
            "modules": {
                key: version
                for key, version in content.versions.get("modules", {}).items()
                if key in used
            },
        }
        return replace(content, modules=modules, versions=versions).as_dict()

    def _inspection(self, caller: ApiKey, upload_id: int) -> dict[str, Any]:
        try:
            return self._uploads.get(caller, upload_id).inspection
        except NotFound as error:
            fault = FieldFault(pointer="/upload_id", message=error.detail)
            raise Unprocessable(error.detail, code=error.code, faults=[fault]) from None

    def _versions(self) -> dict[str, Any]:
        catalogue = self._pipelines.catalogue()
        modules = [*catalogue["core_modules"], *catalogue["custom_modules"]]
        return {
            "engine": __version__,
            "modules": {module["key"]: module["version"] for module in modules},
        }


def _check_map(content: Content, column_map: dict[str, str]) -> None:
    """Raises Unprocessable for names that the recipe does not know: they would do nothing."""
    known = {*content.columns, *_texts(content.modules)}
    faults = []
    for name in column_map:
        if name not in known:
            near = get_close_matches(name, known, n=1, cutoff=0.5)
            hint = f' Did you mean "{near[0]}"?' if near else ""
            pointer = name.replace("~", "~0").replace("/", "~1")
            faults.append(
                FieldFault(
                    pointer=f"/column_map/{pointer}",
                    message=f'The recipe names no column "{name}".{hint}',
                )
            )
    if faults:
        said = " ".join(fault.message for fault in faults)
        raise Unprocessable(said, code="bad-pipeline", faults=faults)


def _texts(value: Any) -> Iterator[str]:
    """Every text in a JSON value, names of members included."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for item in value:
            yield from _texts(item)
    elif isinstance(value, dict):
        for name, item in value.items():
            yield name
            yield from _texts(item)


def _of_recipe(error: Unprocessable, content: Content) -> Unprocessable:
    """Faults of a recipe's modules, told to somebody who only named the recipe."""
    faults = []
    for fault in error.faults:
        _, place, *rest = fault.pointer.split("/")
        if place != "modules":
            faults.append(fault)
            continue
        module = content.modules[int(rest[0])]
        faults.append(
            FieldFault(pointer="/recipe_id", message=f"{module['key']}: {fault.message}")
        )
    return Unprocessable(error.detail, code=error.code, faults=faults)


def _check_newest(recipe: Recipe, version: int) -> None:
    if recipe.version != version:
        raise PreconditionFailed(
            f"The recipe is at version {recipe.version} by now, not {version}."
        )


def _one(caller: ApiKey, recipe_id: int) -> sa.Select[tuple[Recipe]]:
    return sa.select(Recipe).where(Recipe.id == min(recipe_id, _MAX_ID), _visible_to(caller))


def _no_recipe(recipe_id: int) -> NotFound:
    return NotFound(f"There is no recipe {recipe_id}.", code="recipe-not-found")


def _visible_to(caller: ApiKey) -> sa.ColumnElement[bool]:
    return sa.true() if caller.scope is Scope.ADMIN else Recipe.owner_id == caller.id
