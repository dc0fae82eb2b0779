"""Uploads, and what was done to them."""

from __future__ import annotations

from typing import Any

import marshmallow as ma

from app.models import Upload
from app.schemas.common import (
    MAX_INTEGER,
    MAX_PAGE,
    Moment,
    OutSchema,
    PageSchema,
    SuccessSchema,
    counted,
)


class DelimiterField(ma.fields.String):
    """What stands between cells; a tab may be written `tab` or `\\t`, easier to type."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        text: str = super()._deserialize(value, attr, data, **kwargs)
        return "\t" if text in ("tab", "\\t") else text


class ReadingSchema(ma.Schema):
    """How to read a file, where the caller knows better than detection."""

    encoding = ma.fields.String(validate=ma.validate.Length(min=1, max=40))
    delimiter = DelimiterField(
        validate=ma.validate.Length(max=10),
        metadata={"description": "Empty: every line is one cell. `tab` is a tab."},
    )
    quotechar = ma.fields.String(
        validate=ma.validate.Length(max=1), metadata={"description": "Empty: none."}
    )
    escapechar = ma.fields.String(
        validate=ma.validate.Length(max=1), metadata={"description": "Empty: none."}
    )
    skip_space = ma.fields.Boolean(
        metadata={"description": "Whether spaces after a delimiter are not part of the cell."}
    )
    header = ma.fields.Boolean(
        metadata={"description": "Whether the first record names the columns."}
    )
    header_rows = ma.fields.Integer(
        validate=ma.validate.Range(min=1, max=10),
        metadata={"description": "How many records make the header."},
    )
    skip_lines = ma.fields.Integer(
        validate=ma.validate.Range(min=0, max=100_000),
        metadata={"description": "Lines above the table to pass over."},
    )
    pad_short = ma.fields.Boolean(
        metadata={"description": "Whether a record that is too short ends in blank cells."}
    )
    sheet = ma.fields.String(validate=ma.validate.Length(min=1, max=255))


class UploadFormSchema(ReadingSchema):
    """The body of an upload, for the OpenAPI document: it is read as a stream, not by this."""

    file = ma.fields.Raw(
        required=True,
        metadata={"type": "string", "contentMediaType": "application/octet-stream"},
    )


class UploadSchema(OutSchema):
    id = ma.fields.Integer()
    filename = ma.fields.String()
    file_size = ma.fields.Integer(metadata={"description": "Bytes."})
    rows = ma.fields.Integer()
    columns = ma.fields.Integer()
    rejected = ma.fields.Integer(metadata={"description": "Records that could not be placed."})
    status = ma.fields.String()
    uploaded_at = Moment()
    sha256 = ma.fields.String()


class ReadAsSchema(OutSchema):
    """How a file was read."""

    format = ma.fields.String(attribute="inspection.format")
    encoding = ma.fields.String(attribute="inspection.encoding", allow_none=True)
    delimiter = ma.fields.String(attribute="inspection.delimiter", allow_none=True)
    quotechar = ma.fields.String(attribute="inspection.quotechar", allow_none=True)
    escapechar = ma.fields.String(attribute="inspection.escapechar", allow_none=True)
    skip_space = ma.fields.Boolean(attribute="inspection.skip_space")
    header = ma.fields.Boolean(attribute="inspection.header")
    header_rows = ma.fields.Integer(attribute="inspection.header_rows")
    skip_lines = ma.fields.Integer(attribute="inspection.skip_lines")
    sheet = ma.fields.String(attribute="inspection.sheet", allow_none=True)
    sheets = ma.fields.List(ma.fields.String(), attribute="inspection.sheets")
    column_names = ma.fields.List(ma.fields.String(), attribute="inspection.columns")
    confidence = ma.fields.Float(
        attribute="inspection.confidence", metadata={"minimum": 0, "maximum": 1}
    )
    alternatives = ma.fields.List(
        ma.fields.Dict(),
        attribute="inspection.alternatives",
        metadata={"description": "The next best readings."},
    )
    warnings = ma.fields.List(ma.fields.String(), attribute="inspection.warnings")


class UploadDetailsSchema(ReadAsSchema, UploadSchema):
    """An upload and how it was read."""


class UploadAnswerSchema(SuccessSchema):
    data = ma.fields.Nested(UploadDetailsSchema)


class UploadedSchema(ReadAsSchema, SuccessSchema):
    """A file that has just been received."""

    upload_id = ma.fields.Integer(attribute="id")
    filename = ma.fields.String()
    file_size = ma.fields.Integer(metadata={"description": "Bytes."})
    rows = ma.fields.Integer()
    columns = ma.fields.Integer()
    rejected = ma.fields.Integer(metadata={"description": "Records that could not be placed."})
    sha256 = ma.fields.String()
    message = ma.fields.Function(lambda upload: _message(upload), metadata={"type": "string"})
    # The upload's own status is not the answer's.
    status = ma.fields.Constant("success", metadata={"type": "string"})


def _message(upload: Upload) -> str:
    counts = [counted(upload.rows, "row"), counted(upload.columns, "column")]
    if upload.rejected:
        counts.append(f"{counted(upload.rejected, 'record')} set aside")
    return f"{upload.filename}: {', '.join(counts)}."


class UploadsSchema(PageSchema):
    total_uploads = ma.fields.Integer()
    uploads = ma.fields.List(ma.fields.Nested(UploadSchema))


class LogSchema(OutSchema):
    """What one module of one job did."""

    id = ma.fields.Integer()
    upload_id = ma.fields.Integer()
    job_id = ma.fields.UUID()
    module_name = ma.fields.String(metadata={"description": "The module's key."})
    module_origin = ma.fields.String(metadata={"enum": ["core", "custom"]})
    status = ma.fields.String(metadata={"enum": ["completed", "skipped", "failed"]})
    execution_time_ms = ma.fields.Float()
    error_message = ma.fields.String(allow_none=True)
    rows_in = ma.fields.Integer()
    rows_out = ma.fields.Integer()
    cells_changed = ma.fields.Integer()
    processed_at = Moment()


class LogsSchema(PageSchema):
    total_logs = ma.fields.Integer()
    logs = ma.fields.List(ma.fields.Nested(LogSchema))


class RowsQuerySchema(ma.Schema):
    offset = ma.fields.Integer(
        load_default=0,
        validate=ma.validate.Range(min=0, max=MAX_INTEGER),
        metadata={"description": "Rows to pass over."},
    )
    limit = ma.fields.Integer(
        load_default=100,
        validate=ma.validate.Range(min=1, max=MAX_PAGE),
        metadata={"description": "How many at most; fewer of a very wide table."},
    )


class RowsSchema(SuccessSchema):
    """Rows of an upload, as they stand in the file."""

    upload_id = ma.fields.Integer()
    columns = ma.fields.List(ma.fields.String())
    records = ma.fields.List(
        ma.fields.Integer(),
        metadata={"description": "The record number of each row; rejects leave gaps."},
    )
    rows = ma.fields.List(ma.fields.List(ma.fields.String(allow_none=True)))
    total_rows = ma.fields.Integer()
    offset = ma.fields.Integer()
    next_offset = ma.fields.Integer(
        allow_none=True, metadata={"description": "Where to go on; null at the end."}
    )


class ProfileSchema(SuccessSchema):
    """What each column of an upload holds."""

    upload_id = ma.fields.Integer()
    rows = ma.fields.Integer()
    rejected = ma.fields.Integer(metadata={"description": "Records that could not be placed."})
    columns = ma.fields.List(ma.fields.Dict())
    columns_left_out = ma.fields.Integer()
