"""The authorisation matrix (tests/cases/authorisation.json), and how each of its operations is
asked for.
"""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from flask import Flask
from werkzeug.test import TestResponse

from tests.security.cast import Things

_MATRIX = json.loads(
    (Path(__file__).resolve().parents[1] / "cases" / "authorisation.json").read_text()
)
#: In the order of the columns.
CALLERS: list[str] = _MATRIX["callers"]
#: "METHOD /rule" -> the status each caller gets. No queue runs here, so that what is pending
#: stays so: hence nobody is told that the server is ready.
OPERATIONS: dict[str, list[int]] = _MATRIX["operations"]
#: Socket.IO event -> "ok" or the code of the problem each caller gets.
EVENTS: dict[str, list[str]] = _MATRIX["events"]

_MODULES = ["trim_spaces"]
_FIXED = {
    "code": "not-found",
    "filename": "problem.css",
    "given_version": "0",
    "name": "js/main.js",
}
#: Which id a rule means, where its name does not say so.
_IDS = {"POST /queue/jobs/<uuid:job_id>/cancel": "pending_id"}
_BODIES: dict[str, Callable[[Things], dict[str, Any]]] = {
    "POST /clean": lambda things: {"json": {"data": " x "}},
    "POST /upload/csv": lambda things: {
        "data": {"file": (io.BytesIO(b"name,city\nAda,London\n"), "table.csv")}
    },
    "POST /pipeline/run": lambda things: _over(things),
    "POST /pipeline/preview": lambda things: _over(things),
    "POST /pipeline/suggest": lambda things: {"json": {"upload_id": things.upload_id}},
    "POST /pipeline/recipes": lambda things: _recipe(things),
    "PUT /pipeline/recipes/<int:recipe_id>": lambda things: {
        **_recipe(things),
        **_knowing(things),
    },
    "DELETE /pipeline/recipes/<int:recipe_id>": lambda things: _knowing(things),
    "POST /queue/submit": lambda things: _over(things),
    "POST /keys": lambda things: {"json": {"name": "new", "scope": "read"}},
    "POST /keys/<key_id>/rotate": lambda things: {"json": {}},
}


def ask(
    app: Flask, operation: str, things: Things, headers: dict[str, str] | None = None
) -> TestResponse:
    """The operation, well formed, over these things."""
    method, rule = operation.split(" ")
    unversioned = f"{method} {rule.removeprefix('/v1')}"
    ids = {**asdict(things), **_FIXED}
    if unversioned in _IDS:
        ids["job_id"] = ids[_IDS[unversioned]]
    path = re.sub(r"<(?:\w+:)?(\w+)>", lambda found: str(ids[found[1]]), rule)
    options = _BODIES[unversioned](things) if unversioned in _BODIES else {}
    headers = {**options.pop("headers", {}), **(headers or {})}
    return app.test_client().open(
        path, method=method, headers=headers, buffered=True, **options
    )


def _over(things: Things) -> dict[str, Any]:
    return {"json": {"upload_id": things.upload_id, "modules": _MODULES}}


def _recipe(things: Things) -> dict[str, Any]:
    body = {"name": "Orders", "upload_id": things.upload_id, "modules": _MODULES}
    return {"json": body}


def _knowing(things: Things) -> dict[str, Any]:
    """With the true ETag of the recipe, should someone have guessed it."""
    return {"headers": {"If-Match": things.recipe_tag}}
