"""Holds every answer against the OpenAPI document."""

from __future__ import annotations

import re
from typing import Any

from flask import Flask
from openapi_schema_validator import OAS31Validator
from werkzeug.exceptions import HTTPException
from werkzeug.test import TestResponse

#: Statuses that any address may answer with, documented once and not per operation.
EVERYWHERE = {304, 405, 500}


def check(app: Flask, method: str, answer: TestResponse) -> None:
    """Fail when the answer's status, type or body is not what the document says."""
    document = app.extensions["neatdata-openapi"]
    path = template(app, method, answer.request.path)
    operation = document["paths"].get(path, {}).get(method)
    if operation is None or answer.status_code in EVERYWHERE:
        return
    described = operation["responses"].get(str(answer.status_code))
    assert described is not None, f"{method} {path}: {answer.status_code} is undocumented"
    content = described.get("content", {})
    if not content:
        assert answer.data == b""
        return
    assert answer.mimetype in content, f"{method} {path}: {answer.mimetype} is undocumented"
    schema = content[answer.mimetype].get("schema")
    if schema is not None and answer.is_json:
        validate(document, schema, answer.get_json())


def template(app: Flask, method: str, path: str) -> str | None:
    """The document's path for a path, the old ones included; None where there is none."""
    adapter = app.url_map.bind("localhost")
    try:
        rule, _ = adapter.match(path, method=method.upper(), return_rule=True)
    except HTTPException:
        return None
    found = re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule)
    return found if found.startswith("/v1") else "/v1" + found


def validate(document: dict[str, Any], schema: dict[str, Any], body: Any) -> None:
    whole = {**schema, "components": document["components"]}
    errors = [error.message for error in OAS31Validator(whole).iter_errors(body)]
    assert errors == []
