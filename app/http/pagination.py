"""Lists in pages. A cursor is opaque, says where the next page begins, and stays right while
rows come and go.
"""

from __future__ import annotations

import base64
import json
import uuid
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any, Generic, TypeVar
from urllib.parse import urlencode

from flask import after_this_request, request
from flask.wrappers import Response

from app.errors import FieldFault, Unprocessable

Row = TypeVar("Row")


class Page(Generic[Row]):
    """One page of a list: how many rows to fetch, from where, and what became of them.

    `asked` is what PageQuerySchema read. `parse` turns a cursor's values, as they came out of
    JSON, into what the service wants; it may raise ValueError or TypeError.
    """

    def __init__(self, asked: dict[str, Any], parse: Callable[..., Any]) -> None:
        self.limit: int = asked["limit"]
        self.position = _decode(asked["cursor"], parse) if "cursor" in asked else None

    @property
    def fetch(self) -> int:
        """One row more than is shown, to know whether there is another page."""
        return self.limit + 1

    def cut(
        self, rows: Sequence[Row], place: Callable[[Row], list[Any]]
    ) -> tuple[Sequence[Row], str | None]:
        """The rows to show, and the cursor of the next page, which also becomes a Link header.

        `place`: a row's values for the cursor.
        """
        if len(rows) <= self.limit:
            return rows, None
        shown = rows[: self.limit]
        cursor = _encode(place(shown[-1]))
        link_next(cursor=cursor)
        return shown, cursor


def link_next(**parameters: Any) -> None:
    """Have the answer link the same address with these parameters as its next page."""
    query = urlencode({**request.args.to_dict(), **parameters})
    link = f'<{request.path}?{query}>; rel="next"'

    @after_this_request
    def add(response: Response) -> Response:
        response.headers.add("Link", link)
        return response


def _encode(values: list[Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(values).encode()).decode().rstrip("=")


def _decode(cursor: str, parse: Callable[..., Any]) -> Any:
    try:
        padded = cursor.encode("ascii") + b"=" * (-len(cursor) % 4)
        return parse(*json.loads(base64.b64decode(padded, altchars=b"-_", validate=True)))
    except (ValueError, TypeError, OverflowError, RecursionError):
        message = "This is not a cursor that an answer of this list held."
        raise Unprocessable(
            message,
            code="invalid-cursor",
            faults=[FieldFault(pointer="/cursor", message=message)],
        ) from None


def row_id(value: Any) -> int:
    """A cursor's place in a list ordered by integer ids."""
    if type(value) is not int or not 0 < value < 2**63:
        raise ValueError("not an id")
    return value


def moment_and_uuid(moment: str, identifier: str) -> tuple[datetime, uuid.UUID]:
    """A cursor's place in a list ordered by time and UUID."""
    return _moment(moment), uuid.UUID(identifier)


def moment_and_text(moment: str, identifier: str) -> tuple[datetime, str]:
    """A cursor's place in a list ordered by time and text."""
    return _moment(moment), str(identifier)


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)
