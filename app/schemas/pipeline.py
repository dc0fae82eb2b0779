"""Modules, and runs that are answered at once."""

from __future__ import annotations

from typing import Any

import marshmallow as ma

from app.schemas.common import MAX_INTEGER, OutSchema, SuccessSchema

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
    def __init__(self, *, required: bool = True, **kwargs: Any) -> None:
        super().__init__(
            ModuleField(),
            required=required,
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


class TableSchema(ma.Schema):
    """A table, given as `data` or as an upload."""

    data = TableField()
    upload_id = UploadId()

    # The body as it came: a member that is wrong is there all the same.
    @ma.validates_schema(skip_on_field_errors=False, pass_original=True)
    def _one_source(self, _loaded: Any, given: Any, **_: Any) -> None:
        if not isinstance(given, dict):
            return
        if "data" in given and "upload_id" in given:
            raise ma.ValidationError("Give `data` or `upload_id`, not both.")
        if "data" not in given and "upload_id" not in given:
            raise ma.ValidationError("Give `data` or `upload_id`.")


class RunSchema(TableSchema):
    modules = ModulesField()


class SuggestSchema(TableSchema):
    modules = ModulesField(
        required=False,
        load_default=list,
        metadata={"description": "What is to run before; by default nothing."},
    )


class SuggestedStepSchema(OutSchema):
    module = ma.fields.Dict(metadata={"description": "As /queue/submit takes it."})
    name = ma.fields.String()
    reason = ma.fields.String()
    cells_changed = ma.fields.Integer()
    rows_removed = ma.fields.Integer()
    columns = ma.fields.Dict(
        metadata={"description": "By column: `changed` cells, and `examples`."}
    )
    types = ma.fields.Dict(
        keys=ma.fields.String(),
        values=ma.fields.String(),
        metadata={"description": "What columns are proven to hold afterwards."},
    )


class SuggestedSchema(SuccessSchema):
    modules = ma.fields.List(
        ma.fields.Dict(), metadata={"description": "All of it, ready to be sent."}
    )
    steps = ma.fields.List(ma.fields.Nested(SuggestedStepSchema))
    rows_examined = ma.fields.Integer()
    is_whole = ma.fields.Boolean(
        metadata={"description": "False: the table goes on behind what was looked at."}
    )
    left_alone = ma.fields.List(
        ma.fields.String(),
        metadata={"description": "What was seen and left, since the data does not settle it."},
    )


class PreviewedRowSchema(OutSchema):
    record = ma.fields.Integer(metadata={"description": "Its number in the file, from 1."})
    shown_for = ma.fields.List(
        ma.fields.String(),
        metadata={"description": "`head`, `tail`, or keys of modules that touched it."},
    )
    outcome = ma.fields.String(metadata={"enum": ["kept", "removed", "rejected"]})
    outcome_module = ma.fields.String(allow_none=True)
    outcome_reason = ma.fields.String(allow_none=True)
    before = ma.fields.Dict()
    after = ma.fields.Dict(allow_none=True)
    changes = ma.fields.List(
        ma.fields.Dict(),
        metadata={"description": "In order: `module`, `column`, `before`, `after`."},
    )


class PreviewedSchema(SuccessSchema):
    """Before and after of some rows. A sample, as `is_sample` says."""

    is_sample = ma.fields.Boolean()
    learned_from = ma.fields.String(
        metadata={
            "enum": ["table", "excerpt"],
            "description": "Of what the counts are, and what modules learned from.",
        }
    )
    rows_examined = ma.fields.Integer()
    rows_out = ma.fields.Integer()
    removed = ma.fields.Integer()
    rejected = ma.fields.Integer()
    columns_before = ma.fields.List(ma.fields.String())
    columns_after = ma.fields.List(ma.fields.String())
    modules = ma.fields.List(ma.fields.Dict())
    rows = ma.fields.List(ma.fields.Nested(PreviewedRowSchema))
    suggested = ma.fields.List(
        ma.fields.Dict(), metadata={"description": "What `auto` came to, with reasons."}
    )
    warnings = ma.fields.List(ma.fields.String())


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
