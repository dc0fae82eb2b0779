"""Whose key it is, and what it may do.

A key comes as `X-API-Key: <key>` or as `Authorization: Bearer <key>`; the former counts when
both are there.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from copy import deepcopy
from typing import Any

from flask import current_app, g, request

from app.errors import Forbidden
from app.models import ApiKey, Scope
from app.services import Services

View = Callable[..., Any]

#: How the OpenAPI document names the two headers.
SECURITY_SCHEMES = {
    "api_key": {"type": "apiKey", "in": "header", "name": "X-API-Key"},
    "bearer": {"type": "http", "scheme": "bearer"},
}


def services() -> Services:
    found: Services = current_app.extensions["neatdata"]
    return found


def caller() -> ApiKey:
    """The key of the request under way; there is one in every view that `requires` a scope."""
    key: ApiKey = g.caller
    return key


def requires(scope: str) -> Callable[[View], View]:
    """A view only for keys of at least this scope. It stands above what reads the body, so
    that nobody without a key is listened to at length.

    401 without a key that opens; 403 when its scope does not reach.
    """
    needed = Scope(scope)

    def decorate(view: View) -> View:
        @functools.wraps(view)
        def checked(*args: Any, **kwargs: Any) -> Any:
            g.caller = services().keys.authenticate(_given())
            if not g.caller.scope.includes(needed):
                raise Forbidden(
                    f"This needs a key of scope {needed}, and this one has {g.caller.scope}.",
                    code="scope-too-small",
                    required_scope=needed.value,
                )
            return view(*args, **kwargs)

        checked._apidoc = deepcopy(getattr(view, "_apidoc", {}))  # type: ignore[attr-defined]
        checked._apidoc["scope"] = needed  # type: ignore[attr-defined]
        return checked

    return decorate


def _given() -> str | None:
    if "X-API-Key" in request.headers:
        return request.headers["X-API-Key"]
    scheme, _, key = request.headers.get("Authorization", "").partition(" ")
    return key if scheme.lower() == "bearer" else None
