"""What this service is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Flask, Response, current_app, request

from app import __version__
from app.http.blueprint import Blueprint
from app.http.reference import operations
from app.schemas.info import InfoSchema

bp = Blueprint("info", __name__, description="What this service is.")


@bp.route("", strict_slashes=False)
@bp.response(200, InfoSchema)
def describe_service() -> dict[str, Any]:
    """Name, version, where the documentation is, and every endpoint by its name.

    200 always.
    """
    return {
        "name": "NeatData",
        "version": __version__,
        "description": "Messy tables in, clean ones out, with receipts.",
        "docs": "/docs",
        "endpoints": operations(current_app),
    }


def add_root(app: Flask, page: Callable[[], Response]) -> None:
    """Let `/` be `page`, the dashboard, for a browser, and `describe_service` for others."""

    def show_root() -> Response:
        wanted = request.accept_mimetypes.best_match(["application/json", "text/html"])
        if wanted == "text/html":
            response = page()
        else:
            response = current_app.make_response(describe_service())
        response.vary.add("Accept")
        return response

    app.add_url_rule("/", view_func=show_root)
