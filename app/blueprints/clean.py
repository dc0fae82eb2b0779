"""Small clean-ups of texts in the request."""

from __future__ import annotations

from typing import Any

from app.http.auth import requires
from app.http.blueprint import Blueprint
from app.schemas.clean import CleanedSchema, CleanSchema
from app.schemas.common import counted
from app.services.texts import clean_texts

bp = Blueprint("clean", __name__, url_prefix="/clean", description="Clean texts at once.")


@bp.post("")
@requires("read")
@bp.arguments(CleanSchema)
@bp.response(200, CleanedSchema)
def clean_data(asked: dict[str, Any]) -> dict[str, Any]:
    """Apply operations to every text in `data`, in the order given.

    There are trim, lowercase, uppercase, titlecase, collapse_whitespace, remove_digits and
    remove_punctuation. 200; 422 for an operation there is not, with the nearest names.
    """
    operations = asked["operations"]
    return {
        "original_data": asked["data"],
        "cleaned_data": clean_texts(asked["data"], operations),
        "operations_applied": operations,
        "message": f"Applied {counted(len(operations), 'operation')}.",
    }
