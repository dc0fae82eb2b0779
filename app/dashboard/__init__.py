"""The dashboard: one page, in the browser a client of the REST API like any other."""

from __future__ import annotations

from flask import Blueprint, Flask

bp = Blueprint(
    "dashboard",
    __name__,
    template_folder="templates",
    static_folder="static",
    static_url_path="/static/dashboard",
)


def init_app(app: Flask) -> None:
    app.register_blueprint(bp)
