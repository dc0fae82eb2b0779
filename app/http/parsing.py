"""Bodies and query parameters, read strictly: what is not understood is refused, never
guessed or dropped.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from typing import Any, NoReturn

import marshmallow as ma
from flask import Flask, Request, request
from webargs.core import missing
from webargs.flaskparser import FlaskParser, is_json_request

from app.errors import FieldFault, Malformed, Unprocessable, UnsupportedMedia

#: Nothing sensible is longer, and longer ones take Python quadratic time.
_MAX_NUMBER_DIGITS = 400


def init_app(app: Flask) -> None:
    app.before_request(_refuse_encoded_bodies)


def _refuse_encoded_bodies() -> None:
    """A compressed body would be taken for broken JSON, or for a binary file."""
    encoding = request.headers.get("Content-Encoding", "identity")
    if encoding.lower() != "identity":
        raise UnsupportedMedia(f"Send the body as it is, without Content-Encoding: {encoding}.")


class StrictParser(FlaskParser):  # type: ignore[misc, unused-ignore]
    """webargs' parser, with our errors in the place of its own."""

    DEFAULT_UNKNOWN_BY_LOCATION = {
        **FlaskParser.DEFAULT_UNKNOWN_BY_LOCATION,
        "query": ma.RAISE,
    }

    def _raw_load_json(self, req: Request) -> Any:
        """The JSON body; `missing` when there is no body at all.

        Raises UnsupportedMedia for a body that does not say it is JSON; Malformed.
        """
        body = req.get_data(cache=True)
        if not is_json_request(req):
            if not body:
                return missing
            raise UnsupportedMedia(
                f"Send JSON with Content-Type: application/json, not {req.mimetype or 'none'}."
            )
        return parse_json(body)

    def load_querystring(self, req: Request, schema: ma.Schema) -> Any:
        """The query parameters. One that comes twice is refused: which one counts would be a
        guess.
        """
        repeated = [name for name, values in req.args.lists() if len(values) > 1]
        if repeated:
            raise ma.ValidationError({name: ["Given more than once."] for name in repeated})
        return super().load_querystring(req, schema)

    def handle_error(self, error: ma.ValidationError, *_: Any, **__: Any) -> NoReturn:
        ((location, messages),) = error.normalized_messages().items()
        faults = list(faults_of(messages))
        where = "body" if location == "json" else "query"
        said = "; ".join(f"{fault.pointer or 'body'}: {fault.message}" for fault in faults)
        raise Unprocessable(
            f"The {where} is not right. {said}", code="invalid-input", faults=faults
        ) from None


def faults_of(messages: Any, pointer: str = "") -> Iterator[FieldFault]:
    """Every fault in marshmallow's messages, with its JSON pointer (RFC 6901).

    >>> list(faults_of({"modules": {0: {"key": ["Not a valid string."]}}}))
    [FieldFault(pointer='/modules/0/key', message='Not a valid string.')]
    """
    if isinstance(messages, dict):
        for name, below in messages.items():
            step = str(name).replace("~", "~0").replace("/", "~1")
            yield from faults_of(below, pointer if name == "_schema" else f"{pointer}/{step}")
    else:
        texts = messages if isinstance(messages, list) else [messages]
        yield FieldFault(pointer=pointer, message=" ".join(map(str, texts)))


def parse_json(body: bytes) -> Any:
    """The value in `body`, which is UTF-8 and JSON to the letter (RFC 8259). Raises Malformed.

    Python's own reader takes NaN, keeps the last of two members of one name and lets
    half a character through; none of them would come out as it went in.
    """
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Malformed(
            f"The body is not UTF-8 (byte {error.start}).", code="invalid-json"
        ) from None
    try:
        value = json.loads(
            text,
            parse_constant=_refuse_constant,
            parse_float=_finite,
            parse_int=_whole,
            object_pairs_hook=_unique,
        )
    except json.JSONDecodeError as error:
        raise Malformed(
            f"The body is not JSON: {error.msg} (line {error.lineno}, column {error.colno}).",
            code="invalid-json",
        ) from None
    if "\\u" in text:
        _refuse_half_characters(value)
    return value


def _refuse_constant(name: str) -> NoReturn:
    raise Malformed(f"{name} is not a JSON value; write null.", code="invalid-json")


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise Malformed(f"The number {text[:40]} is too large.", code="invalid-json")
    return number


def _whole(text: str) -> int:
    if len(text) > _MAX_NUMBER_DIGITS:
        raise Malformed(f"A number has {len(text)} digits.", code="invalid-json")
    return int(text)


def _unique(members: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(members)
    if len(result) < len(members):
        names = [name for name, _ in members]
        twice = next(name for name in names if names.count(name) > 1)
        raise Malformed(f"The name {twice!r} comes twice in one object.", code="invalid-json")
    return result


def _refuse_half_characters(value: Any) -> None:
    try:
        json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        raise Malformed(
            "A \\u escape is half of a surrogate pair.", code="invalid-json"
        ) from None
