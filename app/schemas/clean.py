"""POST /clean."""

from __future__ import annotations

import marshmallow as ma

from app.schemas.common import SuccessSchema


class CleanSchema(ma.Schema):
    data = ma.fields.Raw(
        required=True,
        metadata={"description": "A text, or lists and objects that hold texts."},
    )
    operations = ma.fields.List(
        ma.fields.String(), load_default=lambda: ["trim"], metadata={"default": ["trim"]}
    )


class CleanedSchema(SuccessSchema):
    original_data = ma.fields.Raw()
    cleaned_data = ma.fields.Raw()
    operations_applied = ma.fields.List(ma.fields.String())
    message = ma.fields.String()
