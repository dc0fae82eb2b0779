"""What the shapes share."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import marshmallow as ma

from app.models.types import iso, utc_now

#: Integers above this lose digits in JavaScript, so no id is larger.
MAX_INTEGER = 2**53 - 1
MAX_PAGE = 1000


def counted(number: int, thing: str) -> str:
    """A number of things, in words.

    >>> counted(1, "row"), counted(12000, "row")
    ('1 row', '12,000 rows')
    """
    return f"{number:,} {thing}{'' if number == 1 else 's'}"


class Moment(ma.fields.AwareDateTime):
    """A time, the one way times leave the server: ISO 8601 in UTC, milliseconds, `Z`."""

    def _serialize(
        self, value: datetime | None, attr: str | None, obj: Any, **kwargs: Any
    ) -> str | None:
        return iso(value)


class OutSchema(ma.Schema):
    """What goes out. More members may be added to it any time, and the OpenAPI document says
    so.
    """

    class Meta:
        unknown = ma.INCLUDE


class SuccessSchema(OutSchema):
    """What every success body has."""

    status: ma.fields.Field[Any] = ma.fields.String(dump_default="success")
    timestamp = Moment(dump_default=utc_now, metadata={"description": "When it was answered."})


class PageQuerySchema(ma.Schema):
    limit = ma.fields.Integer(
        load_default=100,
        validate=ma.validate.Range(min=1, max=MAX_PAGE),
        metadata={"description": "How many at most."},
    )
    cursor = ma.fields.String(
        metadata={"description": "`next_cursor` of the page before."},
    )


class PageSchema(SuccessSchema):
    next_cursor = ma.fields.String(
        allow_none=True,
        metadata={"description": "Where the next page begins; null on the last one."},
    )


class ProblemSchema(OutSchema):
    """An error, as a problem document (RFC 9457)."""

    class FaultSchema(OutSchema):
        pointer = ma.fields.String(metadata={"description": "JSON pointer (RFC 6901)."})
        message = ma.fields.String()

    type = ma.fields.String(metadata={"format": "uri-reference"})
    title = ma.fields.String()
    status = ma.fields.Integer()
    detail = ma.fields.String()
    code = ma.fields.String(metadata={"description": "The last part of `type`; stable."})
    instance = ma.fields.String(metadata={"format": "uri-reference"})
    request_id = ma.fields.String()
    errors = ma.fields.List(ma.fields.Nested(FaultSchema))
