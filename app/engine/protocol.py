"""The lines an engine process speaks: one JSON object a line, UTF-8, requests in, replies out.

Stdlib only, so the supervising side loads no data library. A process works on one request at a
time and answers it with any number of `progress` lines and then exactly one `result` or
`failure`. The line `{"op": "cancel"}` may come at any time. When stdin closes the process ends
at once.

Operations and their arguments (all paths are absolute):

    catalogue {}
        -> {core_modules, custom_modules, broken}
    inspect   {path, filename, reading}
        -> Inspection as a dict; the file is fsynced first
    plan      {columns | source, filename, reading; modules, column_map}
        -> {modules: [normalised], warnings: [..], columns: [after]}; "auto" stays as it is
    clean     {source, filename, reading, modules, target, format, rejects, report, rows_total,
               changes}
        -> {rows_in, rows_out, removed, rejected, columns, types,
            modules: [ModuleReport without examples], files: {target: {size, sha256}, ...}}
    run       {source | data, filename, reading, modules}
        -> {original_shape, cleaned_shape, result_data, modules_executed, report}
    convert   {source, target, format, types}
        -> {size}
    make_safe {source, target, format, types}
        -> {marked}
    rows      {source, filename, reading, offset, limit}
        -> {columns, records, rows: [[cells]], has_more}
    profile   {source, filename, reading, columns}
        -> {rows, rejected, columns: [..], columns_left_out}
    suggest   {source | data, filename, reading, modules}
        -> Suggestions as a dict: what the table needs once `modules` have run
    preview   {source | data, filename, reading, modules}
        -> {is_sample, learned_from, modules: [counts], rows: [before and after], ...}

`clean` writes target, rejects and report under the very names given and fsyncs them; renaming
them to their final place is the caller's, once it has the result line.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Request:
    op: str
    args: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Progress:
    """Where the run is: measured in rows, over all passes; never goes back within a run."""

    #: Keys of the modules working in this pass, joined with ", "; "reading" where none does.
    step: str
    message: str
    percent: float
    rows_done: int
    rows_total: int | None


@dataclass(frozen=True, kw_only=True)
class Result:
    value: dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Failure:
    """EngineError.as_dict(), or code "internal_error" for what nobody foresaw (its traceback
    went to stderr).
    """

    error: dict[str, Any]


Reply = Progress | Result | Failure

_REPLIES: dict[str, type[Progress] | type[Result] | type[Failure]] = {
    "progress": Progress,
    "result": Result,
    "failure": Failure,
}


def encode_request(request: Request) -> bytes:
    return json.dumps({"op": request.op, "args": request.args}).encode() + b"\n"


def decode_request(line: bytes) -> Request:
    """Raises ValueError when the line is not a request."""
    message = json.loads(line)
    return Request(op=message["op"], args=message.get("args", {}))


def encode_reply(reply: Reply) -> bytes:
    kind = type(reply).__name__.lower()
    return json.dumps({"kind": kind, **vars(reply)}, ensure_ascii=False).encode() + b"\n"


def decode_reply(line: bytes) -> Reply:
    """Raises ValueError when the line is not a reply."""
    message = json.loads(line)
    try:
        return _REPLIES[message.pop("kind")](**message)
    except (KeyError, TypeError) as error:
        raise ValueError(f"not a reply: {line[:200]!r}") from error
