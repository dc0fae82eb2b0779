"""The decorators that routes are written with: flask-smorest's, with our parser, our problems
and our OpenAPI details.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from copy import deepcopy
from http import HTTPStatus
from typing import Any

import flask_smorest

from app.http import idempotency
from app.http.parsing import StrictParser
from app.http.problems import MEDIA_TYPE

View = Callable[..., Any]


class Blueprint(flask_smorest.Blueprint):  # type: ignore[misc, unused-ignore]
    ARGUMENTS_PARSER = StrictParser()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._prepare_doc_cbks.append(_document_auth_and_problems)

    def problems(self, *statuses: int) -> Callable[[View], View]:
        """Say in the OpenAPI document which problems a view answers with, beyond those its
        other decorators bring.
        """

        def decorate(view: View) -> View:
            @functools.wraps(view)
            def same(*args: Any, **kwargs: Any) -> Any:
                return view(*args, **kwargs)

            same._apidoc = deepcopy(getattr(view, "_apidoc", {}))  # type: ignore[attr-defined]
            same._apidoc["problems"] = statuses  # type: ignore[attr-defined]
            return same

        return decorate

    def _store_endpoint_docs(self, endpoint: str, view: Any, *args: Any, **kwargs: Any) -> None:
        super()._store_endpoint_docs(endpoint, view, *args, **kwargs)
        for method, info in self._docs[endpoint].items():
            if method != "parameters":
                info.setdefault("manual_doc", {})["operationId"] = endpoint
                info["docstring"]["summary"] = " ".join(info["docstring"]["summary"].split())


def _document_auth_and_problems(
    doc: dict[str, Any], info: dict[str, Any], **_: Any
) -> dict[str, Any]:
    responses = doc.setdefault("responses", {})
    # What flask-smorest says of errors is its own format, which nobody will ever see.
    statuses = {int(key) for key in responses if str(key).isdigit() and int(key) >= 400}
    responses.pop("default", None)
    statuses |= set(info.get("problems", ()))
    if "scope" in info:
        statuses |= {401, 403}
        doc["security"] = [{"api_key": []}, {"bearer": []}]
        doc["x-required-scope"] = info["scope"].value
    if "idempotent" in info:
        statuses |= {400, 409, 422}
        idempotency.document(doc)
    if "requestBody" in doc:
        statuses |= {400, 413, 415}
    for status in sorted(statuses):
        responses[str(status)] = {
            "description": HTTPStatus(status).phrase,
            "content": {MEDIA_TYPE: {"schema": "Problem"}},
        }
        responses.pop(status, None)
    return doc
