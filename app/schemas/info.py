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


class HealthSchema(SuccessSchema):
    status = ma.fields.String(dump_default="ok")
    message = ma.fields.String()
    version = ma.fields.String()
