"""Domain errors, one tree, and the problem documents (RFC 9457) they become.

    NeatDataError
    ├── Malformed 400         a body that is not what it says it is
    ├── Unauthenticated 401   no key, or one that does not open: missing, malformed, unknown,
    expired, revoked
    ├── Forbidden 403         the key's scope does not reach
    ├── NotFound 404          there is none, or it is someone else's: nobody can tell which
    ├── Conflict 409          the thing's state does not allow it
    ├── PreconditionFailed 412    the thing has changed since the caller looked
    ├── PreconditionRequired 428  the caller must say which state it means to change
    ├── TooLarge 413          over a limit; carries the limit
    ├── UnsupportedMedia 415  a body or a file of a kind we do not read
    ├── Unprocessable 422     understood, and wrong; carries every fault with its JSON pointer
    ├── TooManyRequests 429   later, perhaps
    ├── Busy 503              the engine has no free place in time; try again
    ├── NotReady 503          a part of the service does not work; carries `checks`
    └── OutOfStorage 507      the disk has no room for another upload

    EngineRefusal             the engine answered with a failure; services translate it
    EngineTimeout             the engine took too long or too much memory, and was ended

Services raise these; the HTTP room and the sockets render them. Text is for the caller: it
names the thing at fault and never holds a path, SQL or a traceback.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, kw_only=True)
class FieldFault:
    """One thing wrong in a body. `pointer` is a JSON pointer from the body's root."""

    pointer: str
    message: str


class NeatDataError(Exception):
    """Base of the tree. `code` is stable; the problem's `type` is made of it."""

    status = 500
    code = "internal-error"
    title = "Internal error"

    def __init__(
        self,
        detail: str,
        *,
        code: str | None = None,
        faults: Sequence[FieldFault] = (),
        **extra: Any,
    ) -> None:
        super().__init__(detail)
        self.detail = detail
        self.code = code or self.code
        self.faults = tuple(faults)
        #: Further members of the problem document, such as `limit_bytes`.
        self.extra = extra

    def problem(self) -> dict[str, Any]:
        """The problem document, without `instance` and `request_id`, which belong to the
        request.
        """
        return problem(
            self.status, self.code, self.title, self.detail, faults=self.faults, **self.extra
        )


class Malformed(NeatDataError):
    status, code, title = 400, "malformed", "Malformed"


class Unauthenticated(NeatDataError):
    status, code, title = 401, "unauthenticated", "Not authenticated"


class Forbidden(NeatDataError):
    status, code, title = 403, "forbidden", "Not allowed"


class NotFound(NeatDataError):
    status, code, title = 404, "not-found", "Not found"


class Conflict(NeatDataError):
    status, code, title = 409, "conflict", "Conflict"


class PreconditionFailed(NeatDataError):
    status, code, title = 412, "precondition-failed", "Changed in between"


class PreconditionRequired(NeatDataError):
    status, code, title = 428, "precondition-required", "If-Match is required"


class TooLarge(NeatDataError):
    status, code, title = 413, "too-large", "Too large"


class UnsupportedMedia(NeatDataError):
    status, code, title = 415, "unsupported-media", "Unsupported media"


class Unprocessable(NeatDataError):
    status, code, title = 422, "unprocessable", "Cannot be processed"


class TooManyRequests(NeatDataError):
    status, code, title = 429, "too-many-requests", "Too many requests"


class Busy(NeatDataError):
    status, code, title = 503, "busy", "Busy"


class NotReady(NeatDataError):
    status, code, title = 503, "not-ready", "Not ready"


class OutOfStorage(NeatDataError):
    status, code, title = 507, "out-of-storage", "Out of storage"


class EngineRefusal(Exception):
    """The engine answered with a failure. `error` is its dict: code, message, faults, ..."""

    def __init__(self, error: dict[str, Any]) -> None:
        super().__init__(error["message"])
        self.error = error


class EngineTimeout(Exception):
    """The engine did not answer in time, or ran over its memory; its process was killed."""


def problem(
    status: int,
    code: str,
    title: str,
    detail: str,
    *,
    faults: Sequence[FieldFault] = (),
    **extra: Any,
) -> dict[str, Any]:
    """A problem document. `type` is a relative reference that the server answers under
    /problems.

    >>> problem(404, "not-found", "Not found", "There is no upload 7.")["type"]
    '/problems/not-found'
    """
    document: dict[str, Any] = {
        "type": f"/problems/{code}",
        "title": title,
        "status": status,
        "detail": detail,
        "code": code,
        **extra,
    }
    if faults:
        document["errors"] = [asdict(fault) for fault in faults]
    return document
