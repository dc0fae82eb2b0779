"""Recipes."""

from __future__ import annotations

from typing import Any

import marshmallow as ma

from app.schemas.common import MAX_INTEGER, Moment, OutSchema, PageSchema, SuccessSchema
from app.schemas.pipeline import ModulesField, UploadId
from app.schemas.uploads import ReadingSchema


class NewRecipeSchema(ma.Schema):
    """A recipe to save; also one that was saved elsewhere, as it stands in its file."""

    name = ma.fields.String(required=True, validate=ma.validate.Length(min=1, max=100))
    description = ma.fields.String(validate=ma.validate.Length(max=2000))
    modules = ModulesField()
    upload_id = UploadId(
        metadata={"description": "Take columns and reading settings from this upload."}
    )
    columns = ma.fields.List(
        ma.fields.String(), metadata={"description": "The header it is for, without an upload."}
    )
    reading = ma.fields.Nested(ReadingSchema)
    versions = ma.fields.Dict(metadata={"description": "As a saved recipe has it."})
    neatdata_recipe = ma.fields.Integer(
        strict=True, metadata={"description": "The format of a saved recipe."}
    )

    @ma.pre_load
    def _some_columns(self, given: Any, **_: Any) -> Any:
        if not isinstance(given, dict):
            return given
        # A reading setting that is null is one that is to be found out.
        reading = given.get("reading")
        if isinstance(reading, dict):
            known = {name: value for name, value in reading.items() if value is not None}
            given = {**given, "reading": known}
        if "upload_id" in given and given.keys() & {"columns", "reading"}:
            raise ma.ValidationError(
                "Give `upload_id`, or `columns` with `reading`; not both.", "upload_id"
            )
        if "upload_id" not in given and "columns" not in given:
            raise ma.ValidationError("Give `upload_id` or `columns`.")
        return given


class PortableRecipeSchema(OutSchema):
    """A recipe as a file has it: it runs on any server, and on the command line."""

    neatdata_recipe = ma.fields.Integer(metadata={"description": "Of what format this is."})
    name = ma.fields.String()
    description = ma.fields.String()
    reading = ma.fields.Dict()
    modules = ma.fields.List(ma.fields.Dict())
    columns = ma.fields.List(ma.fields.String())
    versions = ma.fields.Dict(
        metadata={"description": "`engine` and `modules`: what it was made with."}
    )


class RecipeSchema(OutSchema):
    id = ma.fields.Integer(attribute="recipe.id")
    name = ma.fields.String(attribute="content.name")
    version = ma.fields.Integer()
    latest_version = ma.fields.Integer(attribute="recipe.version")
    created_at = Moment(attribute="recipe.created_at")
    updated_at = Moment(attribute="recipe.updated_at")
    recipe = ma.fields.Nested(PortableRecipeSchema, attribute="content")


class RecipeAnswerSchema(SuccessSchema, RecipeSchema):
    """One version of a recipe."""


class RecipeQuerySchema(ma.Schema):
    version = ma.fields.Integer(
        validate=ma.validate.Range(min=1, max=MAX_INTEGER),
        metadata={"description": "By default the newest."},
    )


class RecipesSchema(PageSchema):
    total_recipes = ma.fields.Integer()
    recipes = ma.fields.List(ma.fields.Nested(RecipeSchema))
