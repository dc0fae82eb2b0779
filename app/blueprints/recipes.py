"""Saved pipelines."""

from __future__ import annotations

from typing import Any

from app.http.auth import caller, requires, services
from app.http.blueprint import Blueprint
from app.http.conditional import require_match, tag, tag_exactly
from app.http.idempotency import idempotent
from app.http.pagination import Page, row_id
from app.schemas.common import PageQuerySchema
from app.schemas.recipes import (
    NewRecipeSchema,
    RecipeAnswerSchema,
    RecipeQuerySchema,
    RecipesSchema,
)
from app.services.recipes import SavedRecipe

bp = Blueprint(
    "recipes", __name__, url_prefix="/pipeline/recipes", description="Saved pipelines."
)


def _state(saved: SavedRecipe) -> tuple[object, ...]:
    return "recipe", saved.recipe.id, saved.version


def _created(saved: SavedRecipe) -> tuple[SavedRecipe, dict[str, str]]:
    tag_exactly(*_state(saved))
    return saved, {"Location": f"/v1/pipeline/recipes/{saved.recipe.id}"}


def _again(recipe_id: str) -> tuple[SavedRecipe, dict[str, str]]:
    return _created(services().recipes.get(caller(), int(recipe_id), 1))


@bp.get("")
@requires("read")
@bp.arguments(PageQuerySchema, location="query")
@bp.response(200, RecipesSchema)
def list_recipes(asked: dict[str, Any]) -> dict[str, Any]:
    """The recipes of this key (an admin's: all), the newest first.

    200 with `next_cursor`, and a `Link` to the next page; 304; 422 for a bad parameter.
    """
    page: Page[SavedRecipe] = Page(asked, row_id)
    rows, total = services().recipes.page(caller(), before_id=page.position, limit=page.fetch)
    recipes, cursor = page.cut(rows, lambda saved: [saved.recipe.id])
    tag("recipes", total, [_state(saved) for saved in recipes])
    return {"total_recipes": total, "recipes": recipes, "next_cursor": cursor}


@bp.post("")
@requires("write")
@bp.arguments(NewRecipeSchema)
@bp.response(201, RecipeAnswerSchema)
@bp.problems(503)
@idempotent(_again)
def create_recipe(given: dict[str, Any]) -> tuple[SavedRecipe, dict[str, str]]:
    """Save a pipeline: modules with all their parameters, how the file is read, and what it was
    made with.

    201 with its `Location` and `ETag`; 409 while the first request with this `Idempotency-Key`
    is running; 422 with every fault at once; 503 when no engine is free
    in time to check the modules.
    """
    return _created(services().recipes.create(caller(), given))


@bp.get("/<int:recipe_id>")
@requires("read")
@bp.arguments(RecipeQuerySchema, location="query")
@bp.response(200, RecipeAnswerSchema)
@bp.problems(404)
def show_recipe(asked: dict[str, Any], recipe_id: int) -> SavedRecipe:
    """A recipe, in its newest version or in `version`.

    200 with its `ETag`; 304; 404; 422 for a bad parameter.
    """
    saved = services().recipes.get(caller(), recipe_id, asked.get("version"))
    tag_exactly(*_state(saved))
    return saved


@bp.put("/<int:recipe_id>")
@requires("write")
@bp.arguments(NewRecipeSchema)
@bp.response(200, RecipeAnswerSchema)
@bp.problems(404, 412, 428, 503)
def replace_recipe(given: dict[str, Any], recipe_id: int) -> SavedRecipe:
    """Add a new version; the earlier ones can still be looked at and run.

    200 with the new version; 404; 412 when `If-Match` is not the newest version's ETag; 422
    with every fault at once; 428 without `If-Match`; 503 when no engine is free in time to
    check the modules.
    """
    newest = services().recipes.get(caller(), recipe_id)
    require_match(*_state(newest))
    saved = services().recipes.replace(caller(), recipe_id, newest.version, given)
    tag_exactly(*_state(saved))
    return saved


@bp.delete("/<int:recipe_id>")
@requires("write")
@bp.response(204)
@bp.problems(404, 412, 428)
def delete_recipe(recipe_id: int) -> None:
    """Delete a recipe with all its versions. Jobs that followed it stay.

    204; 404; 412 when `If-Match` is not the newest version's ETag; 428 without `If-Match`.
    """
    newest = services().recipes.get(caller(), recipe_id)
    require_match(*_state(newest))
    services().recipes.delete(caller(), recipe_id, newest.version)
