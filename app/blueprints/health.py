"""Whether the service answers."""

from __future__ import annotations

from app import __version__
from app.http.auth import services
from app.http.blueprint import Blueprint
from app.schemas.info import HealthSchema, ReadySchema

bp = Blueprint("health", __name__, url_prefix="/health", description="Is it up?")


@bp.get("")
@bp.response(200, HealthSchema)
def show_health() -> dict[str, str]:
    """Whether the server answers. It looks at nothing else, and so is quick.

    200 always.
    """
    return {"message": "NeatData is up.", "version": __version__}


@bp.get("/ready")
@bp.response(200, ReadySchema)
@bp.problems(503)
def show_readiness() -> dict[str, dict[str, str]]:
    """Whether every part of the service works: database, disk, queue, engines, publisher.

    200 with `checks`; 503 with `checks` when one of them does not, or not yet.
    """
    return {"checks": services().readiness.check()}
