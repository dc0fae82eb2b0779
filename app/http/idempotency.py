"""`Idempotency-Key` (draft-ietf-httpapi-idempotency-key-header-07): a POST that is sent again
makes nothing twice, and is answered as the first one was.
"""

from __future__ import annotations

import functools
import hashlib
import json
import re
from collections.abc import Callable
from typing import Any

from flask import Flask, Response, g, request

from app.errors import Malformed
from app.http.auth import caller, services
from app.http.versions import successor_endpoint
from app.services.idempotency import Attempt

View = Callable[..., Any]

HEADER = "Idempotency-Key"
REPLAYED = "Idempotent-Replayed"

#: What of an answer is kept beside its body.
_KEPT_HEADERS = ("Content-Type", "Location", "ETag", "Cache-Control")
_KEY = re.compile(r"[\x21-\x7e]{1,255}")


class _Known(Exception):
    """The very same request was answered before."""


def init_app(app: Flask) -> None:
    """To be called before whatever else changes answers: it then sees them last."""
    app.after_request(_settle)
    app.teardown_request(_leave)


def idempotent(
    again: Callable[[str], Any], *, secret: str | None = None, file: bool = False
) -> Callable[[View], View]:
    """A view that makes something, made safe to be asked twice. It stands lowest, so that what
    is refused before the view takes no key.

    `again` answers, as the view would, for what was made under that id: for a server that died
    between making and answering. `secret` is a member of the answer that is not kept. A
    `file` is read by the view, which then calls `identify` itself.
    """

    def decorate(view: View) -> View:
        @functools.wraps(view)
        def once(*args: Any, **kwargs: Any) -> Any:
            key = _given()
            if key is None:
                return view(*args, **kwargs)
            operation = successor_endpoint(request.endpoint or "")
            g.attempt = services().idempotency.begin(caller(), key, operation)
            g.secret = secret
            try:
                if not file:
                    identify(request.view_args, request.get_data(cache=True))
                return view(*args, **kwargs)
            except _Known:
                return _same(g.attempt, again)

        once._apidoc = {"idempotent": True}  # type: ignore[attr-defined]
        return once

    return decorate


def identify(*parts: object) -> None:
    """Say what was sent; without an Idempotency-Key nothing happens. Does not return when this
    was answered before.
    """
    attempt: Attempt | None = g.get("attempt")
    if attempt is None:
        return
    sent = repr((request.query_string, *parts))
    attempt.identify(hashlib.sha256(sent.encode()).hexdigest())
    if attempt.known is not None:
        raise _Known


def document(operation: dict[str, Any]) -> None:
    """What the OpenAPI document says of an operation with a key."""
    operation.setdefault("parameters", []).append(
        {
            "in": "header",
            "name": HEADER,
            "required": False,
            "description": "Your own id for this request: sent again within 24 hours with the "
            "same body, it is answered as the first time and makes nothing twice.",
            "schema": {"type": "string", "minLength": 1, "maxLength": 255},
        }
    )


def _given() -> str | None:
    """The caller's key; the draft has it in quotes, and most send it without. Raises
    Malformed.
    """
    text = request.headers.get(HEADER)
    if text is None:
        return None
    key = text[1:-1] if len(text) > 1 and text[0] == text[-1] == '"' else text
    if _KEY.fullmatch(key) is None:
        raise Malformed(
            f"{HEADER} is 1 to 255 printable ASCII characters without spaces.",
            code="bad-idempotency-key",
        )
    return key


def _same(attempt: Attempt, again: Callable[[str], Any]) -> Any:
    assert attempt.known is not None
    answer = attempt.known.answer
    if answer is None:
        assert attempt.known.made is not None
        return again(attempt.known.made)
    return Response(answer["body"], answer["status"], answer["headers"])


def _settle(response: Response) -> Response:
    attempt: Attempt | None = g.get("attempt")
    if attempt is None or response.status_code >= 400:
        return response
    if attempt.known is not None:
        response.headers[REPLAYED] = "true"
    if attempt.known is None or attempt.known.answer is None:
        services().idempotency.keep(attempt, _kept(response))
    return response


def _kept(response: Response) -> dict[str, Any]:
    body = response.get_data(as_text=True)
    if g.secret is not None:
        body = json.dumps({**json.loads(body), g.secret: None}, ensure_ascii=False)
    headers = {
        name: response.headers[name] for name in _KEPT_HEADERS if name in response.headers
    }
    return {"status": response.status_code, "headers": headers, "body": body}


def _leave(_: BaseException | None) -> None:
    attempt: Attempt | None = g.pop("attempt", None)
    if attempt is not None:
        services().idempotency.leave(attempt)
