"""API keys."""

from __future__ import annotations

import marshmallow as ma

from app.models import Scope
from app.schemas.common import Moment, OutSchema, PageSchema, SuccessSchema

MAX_DAYS = 36_500


def _readable(name: str) -> None:
    if not name.isprintable() or name != name.strip():
        raise ma.ValidationError("Must be plain text, without spaces around it.")


class NewKeySchema(ma.Schema):
    name = ma.fields.String(
        required=True, validate=[ma.validate.Length(min=1, max=100), _readable]
    )
    scope = ma.fields.Enum(Scope, by_value=True, required=True)
    expires_in_days = ma.fields.Integer(
        strict=True,
        load_default=None,
        allow_none=True,
        validate=ma.validate.Range(min=1, max=MAX_DAYS),
    )


class RotateSchema(ma.Schema):
    overlap_days = ma.fields.Integer(
        strict=True,
        load_default=7,
        validate=ma.validate.Range(min=0, max=365),
        metadata={"description": "How long the old secret still opens."},
    )


class KeySchema(OutSchema):
    """A key, without its secret, which nobody can show any more."""

    id = ma.fields.String()
    name = ma.fields.String()
    scope = ma.fields.Enum(Scope, by_value=True)
    created_at = Moment()
    expires_at = Moment(allow_none=True)
    revoked_at = Moment(allow_none=True)
    last_used_at = Moment(allow_none=True)


class KeyAnswerSchema(KeySchema, SuccessSchema):
    pass


class IssuedKeySchema(KeyAnswerSchema):
    key = ma.fields.String(
        allow_none=True,
        metadata={"description": "The key itself, shown this once; null in a repeated answer."},
    )


class KeysSchema(PageSchema):
    total_keys = ma.fields.Integer()
    keys = ma.fields.List(ma.fields.Nested(KeySchema))
