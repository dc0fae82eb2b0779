"""What Socket.IO clients send."""

from __future__ import annotations

import marshmallow as ma


class SubscribeSchema(ma.Schema):
    job_id = ma.fields.UUID(required=True)
    after_seq = ma.fields.Integer(
        strict=True,
        load_default=None,
        allow_none=True,
        validate=ma.validate.Range(min=0, max=2**53),
    )


class UnsubscribeSchema(ma.Schema):
    job_id = ma.fields.UUID(required=True)


class SubscribeAllSchema(ma.Schema):
    since = ma.fields.AwareDateTime(load_default=None, allow_none=True)


class NothingSchema(ma.Schema):
    """No field at all."""
