"""The service itself."""

from __future__ import annotations

import marshmallow as ma

from app.schemas.common import SuccessSchema


class InfoSchema(SuccessSchema):
    name = ma.fields.String()
    version = ma.fields.String()
    description = ma.fields.String()
    docs = ma.fields.String()
    endpoints = ma.fields.Dict(keys=ma.fields.String(), values=ma.fields.String())


class ReadySchema(SuccessSchema):
    status = ma.fields.String(dump_default="ok")
    checks = ma.fields.Dict(
        keys=ma.fields.String(),
        values=ma.fields.String(),
        metadata={"description": "Each part of the service, and `ok`."},
    )


class HealthSchema(SuccessSchema):
    status = ma.fields.String(dump_default="ok")
    message = ma.fields.String()
    version = ma.fields.String()
