"""Modules, and runs that are answered at once."""

from __future__ import annotations

from typing import Any

import marshmallow as ma

from app.schemas.common import MAX_INTEGER, SuccessSchema

MAX_MODULES = 100


class ModuleField(ma.fields.Raw):
    """A module in a request: a key, a display name, or an object. What it means is for the
    plan to say, which finds all faults at once.
    """

    default_error_messages = {"invalid": "Must be a module's key or name, or an object."}

    def __init__(self, **kwargs: Any) -> None:
        shape = {
            "oneOf": [
                {"type": "string", "description": "Key or display name, in any case."},
                {
                    "type": "object",
                    "required": ["key"],
                    "properties": {
                        "key": {"type": "string"},
                        "params": {"type": "object"},
                        "columns": {"type": "array", "items": {"type": "string"}},
                        "on_error": {"enum": ["fail", "skip"], "default": "fail"},
                    },
                },
            ]
        }
        super().__init__(metadata=shape, **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        if not isinstance(value, str | dict):
            raise self.make_error("invalid")
        return value


class ModulesField(ma.fields.List[Any]):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            ModuleField(),
            required=True,
            validate=ma.validate.Length(max=MAX_MODULES),
            **kwargs,
        )


class UploadId(ma.fields.Integer):
    """An upload's id in a body. A number that cannot be an id is an unknown upload."""

    default_error_messages = {"unknown": "There is no upload {input}."}

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(strict=True, **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        if isinstance(value, str | bool):
            raise self.make_error("invalid", input=value)
        number = super()._deserialize(value, attr, data, **kwargs)
        if not 0 < number <= MAX_INTEGER:
            raise self.make_error("unknown", input=value)
        return number


class TableField(ma.fields.Raw):
    """A small table: {column: [cells]}, every column of the same length."""

    def __init__(self, **kwargs: Any) -> None:
        shape = {
            "type": "object",
            "additionalProperties": {
                "type": "array",
                "items": {"type": ["string", "number", "boolean", "null"]},
            },
            "description": "The table by columns, all of one length.",
        }
        super().__init__(metadata=shape, **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        if not isinstance(value, dict) or not value:
            raise ma.ValidationError("Must be an object: column names, each with its cells.")
        faults = {name: fault for name, cells in value.items() if (fault := _fault(cells))}
        if faults:
            raise ma.ValidationError(faults)
        rows = len(next(iter(value.values())))
        uneven = {
            name: [f"Has {len(cells)} cells where the first column has {rows}."]
            for name, cells in value.items()
            if len(cells) != rows
        }
        if uneven:
            raise ma.ValidationError(uneven)
        return value


def _fault(cells: Any) -> list[str] | dict[int, list[str]] | None:
    if not isinstance(cells, list):
        return ["Must be a list of cells."]
    for row, cell in enumerate(cells):
        if not isinstance(cell, str | int | float | None):
            return {row: ["A cell is a text, a number, true, false or null."]}
    return None


class RunSchema(ma.Schema):
    data = TableField()
    upload_id = UploadId()
    modules = ModulesField()

    @ma.validates_schema(skip_on_field_errors=False)
    def _one_source(self, given: dict[str, Any], **_: Any) -> None:
        if "data" in given and "upload_id" in given:
            raise ma.ValidationError("Give `data` or `upload_id`, not both.")

    @ma.pre_load
    def _some_source(self, given: Any, **_: Any) -> Any:
        if isinstance(given, dict) and "data" not in given and "upload_id" not in given:
            raise ma.ValidationError("Give `data` or `upload_id`.")
        return given


class RanSchema(SuccessSchema):
    original_shape = ma.fields.List(
        ma.fields.Integer(), metadata={"description": "Rows and columns."}
    )
    cleaned_shape = ma.fields.List(ma.fields.Integer())
    result_data = ma.fields.Raw(metadata={"type": "object"})
    modules_executed = ma.fields.List(ma.fields.String())
    report = ma.fields.Raw(metadata={"type": "object"})
    message = ma.fields.String()


class CatalogueSchema(SuccessSchema):
    core_modules = ma.fields.List(ma.fields.Dict())
    custom_modules = ma.fields.List(ma.fields.Dict())
    broken = ma.fields.List(
        ma.fields.Dict(),
        metadata={"description": "Custom modules that do not load, each with its reason."},
    )
