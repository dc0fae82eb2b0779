"""Whether the service answers."""

from __future__ import annotations

from app import __version__
from app.http.blueprint import Blueprint
from app.schemas.info import HealthSchema

bp = Blueprint("health", __name__, url_prefix="/health", description="Is it up?")


@bp.get("")
@bp.response(200, HealthSchema)
def show_health() -> dict[str, str]:
    """Whether the server answers. It looks at nothing else, and so is quick.

    200 always.
    """
    return {"message": "NeatData is up.", "version": __version__}
