"""The API's documentation, served by the API: /openapi.json, /docs and /problems."""

from __future__ import annotations

import hashlib
from typing import Any

from flask import Blueprint, Flask, Response, current_app, jsonify, render_template, request

from app import __version__
from app.errors import NotFound
from app.extensions import api
from app.http.auth import SECURITY_SCHEMES
from app.http.conditional import tag
from app.http.problem_types import PROBLEM_TYPES
from app.schemas.common import ProblemSchema

#: Nothing but what this server itself serves. Swagger UI sets styles on elements and draws its
#: icons from data: URLs.
DOCS_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'"
)
PROBLEM_POLICY = (
    "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'"
)

_DESCRIPTION = """\
Messy tables in, clean ones out, with receipts.

Send a file (`POST /v1/upload/csv`), queue a pipeline over it (`POST /v1/queue/submit`), watch \
the job (`GET /v1/queue/jobs/{job_id}?wait=30`, or live over Socket.IO), fetch the clean file, \
the records that were set aside, and the report. Every error is a problem document (RFC 9457).
"""

#: What flask-smorest puts into every document, for conventions that are not ours.
_UNUSED = {
    "schemas": ("Error", "PaginationMetadata"),
    "responses": ("UNPROCESSABLE_ENTITY", "UNPROCESSABLE_CONTENT", "DEFAULT_ERROR"),
}

bp = Blueprint(
    "reference",
    __name__,
    static_folder="static",
    static_url_path="/static/reference",
    template_folder="templates",
)


def init_app(app: Flask) -> None:
    """Begin the OpenAPI document; the routes fill it as they are registered."""
    app.config["API_TITLE"] = "NeatData"
    app.config["API_VERSION"] = __version__
    app.config["OPENAPI_VERSION"] = "3.1.0"
    api.init_app(app, spec_kwargs={"info": {"description": _DESCRIPTION}})
    api.spec.components.schema("Problem", schema=ProblemSchema)
    for name, scheme in SECURITY_SCHEMES.items():
        api.spec.components.security_scheme(name, scheme)


def publish(app: Flask) -> None:
    """Keep the finished document and register the pages. To be called after every route."""
    document = api.spec.to_dict()
    for kind, names in _UNUSED.items():
        for name in names:
            document["components"].get(kind, {}).pop(name, None)
    app.extensions["neatdata-openapi"] = document
    app.register_blueprint(bp)


def operations(app: Flask) -> dict[str, str]:
    """Every operation of the API: its name -> method and path."""
    paths: dict[str, dict[str, Any]] = app.extensions["neatdata-openapi"]["paths"]
    return {
        operation["operationId"]: f"{method.upper()} {path}"
        for path, item in paths.items()
        for method, operation in item.items()
        if method != "parameters"
    }


@bp.get("/openapi.json")
def show_openapi() -> Response:
    """The OpenAPI 3.1 document. 200; 304."""
    response = jsonify(current_app.extensions["neatdata-openapi"])
    tag("openapi", hashlib.sha256(response.get_data()).hexdigest())
    return response


@bp.get("/docs")
def show_docs() -> Response:
    """Swagger UI over the document above. 200."""
    response = current_app.make_response(render_template("docs.html"))
    response.headers["Content-Security-Policy"] = DOCS_POLICY
    return response


@bp.get("/problems")
def list_problems() -> Response:
    """Every type of problem there is. 200."""
    return jsonify({"problems": [_described(code) for code in PROBLEM_TYPES]})


@bp.get("/problems/<code>")
def show_problem(code: str) -> Response:
    """What a problem's `type` means, as a page for a browser. 200; 404."""
    if code not in PROBLEM_TYPES:
        raise NotFound(f"There is no type of problem called {code}.")
    wanted = request.accept_mimetypes.best_match(["application/json", "text/html"])
    if wanted == "text/html":
        response = current_app.make_response(
            render_template("problem.html", problem=_described(code))
        )
        response.headers["Content-Security-Policy"] = PROBLEM_POLICY
    else:
        response = jsonify(_described(code))
    response.vary.add("Accept")
    return response


def _described(code: str) -> dict[str, Any]:
    status, meaning, remedy = PROBLEM_TYPES[code]
    return {
        "type": f"/problems/{code}",
        "code": code,
        "status": status,
        "meaning": meaning,
        "remedy": remedy,
    }
