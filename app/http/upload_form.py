"""Reading settings that come with an upload, as form fields or in the query."""

from __future__ import annotations

from typing import Any

import marshmallow as ma

from app.errors import FieldFault, Unprocessable
from app.http.parsing import faults_of
from app.http.receiving import Form
from app.schemas.uploads import ReadingSchema


def reading_settings(query: dict[str, Any], form: Form) -> dict[str, Any]:
    """The settings of both places. Raises Unprocessable for a bad one, or one in both."""
    both = sorted(query.keys() & form.fields.keys())
    if both:
        raise _refused(
            [FieldFault(pointer=f"/{name}", message="Given twice.") for name in both]
        )
    try:
        return {**query, **ReadingSchema().load(form.fields)}
    except ma.ValidationError as error:
        raise _refused(list(faults_of(error.normalized_messages()))) from None


def _refused(faults: list[FieldFault]) -> Unprocessable:
    said = "; ".join(f"{fault.pointer}: {fault.message}" for fault in faults)
    return Unprocessable(f"The form is not right. {said}", code="invalid-input", faults=faults)
