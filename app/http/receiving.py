"""A file out of a multipart body, as a stream: what comes off the wire goes to the receiver in
pieces, once. No piece is kept, and the file is never spooled.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import IO, TYPE_CHECKING

from flask import request
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.sansio.multipart import Data, Epilogue, Field, File, MultipartDecoder, NeedData

from app.errors import FieldFault, Malformed, TooLarge, Unprocessable, UnsupportedMedia

if TYPE_CHECKING:
    from app.storage import Receiver

#: What a body may hold beside its file: boundaries, headers, reading settings.
FORM_BYTES = 256 * 1024

_CHUNK = 64 * 1024  # bytes
_MAX_FIELDS = 20
_MAX_VALUE_BYTES = 4096
_MAX_NAME = 200  # characters; the column holds 255, and downloads add an ending


@dataclass(kw_only=True)
class Form:
    """What came with the file: its name, made safe, and the other fields."""

    filename: str = ""
    fields: dict[str, str] = field(default_factory=dict)


def announced_bytes() -> int | None:
    """How large the file is at least, by the body's length; None when that was not said."""
    length = request.content_length
    return None if length is None else max(0, length - FORM_BYTES)


def receive_form(receiver: Receiver, max_bytes: int) -> Form:
    """Read the body: the file in the field `file` into `receiver`, the rest into the Form.

    Raises UnsupportedMedia when the body is no form; Malformed; Unprocessable for a
    missing, second or misplaced file; TooLarge; what the receiver raises.
    """
    if request.mimetype != "multipart/form-data":
        raise UnsupportedMedia(
            "Send the file as multipart/form-data, in the field `file`, "
            f"not as {request.mimetype or 'a body without a Content-Type'}."
        )
    request.max_content_length = max_bytes + FORM_BYTES
    try:
        return _read_parts(request.stream, receiver)
    except RequestEntityTooLarge:
        raise TooLarge(
            f"The body is larger than a file of {max_bytes} bytes and its form can be.",
            code="file-too-large",
            limit_bytes=max_bytes,
        ) from None


def _read_parts(stream: IO[bytes], receiver: Receiver) -> Form:
    form = Form()
    part: Field | File | None = None
    value = bytearray()
    try:
        for event in _events(stream):
            if isinstance(event, Field | File):
                part, value = event, bytearray()
                _expect(part, form)
            elif isinstance(event, Data) and isinstance(part, File):
                receiver.write(event.data)
            elif isinstance(event, Data) and part is not None:
                value += event.data
                _check_value(part, value)
                if not event.more_data:
                    form.fields[part.name] = value.decode()
    except UnicodeDecodeError:
        raise Malformed("A name or a value in the form is not UTF-8.") from None
    except ValueError as error:
        raise Malformed(f"The body is not a multipart form: {error}") from None
    if not form.filename:
        raise _fault("file", "There is no file in the field `file`.", "missing-file")
    return form


def _events(stream: IO[bytes]) -> Iterator[Field | File | Data]:
    """The parts of the body, as they come."""
    boundary = request.mimetype_params.get("boundary", "")
    if not boundary or not boundary.isascii():
        raise Malformed("The Content-Type names no boundary.")
    decoder = MultipartDecoder(boundary.encode())
    missing = request.content_length or 0
    while True:
        chunk = stream.read(_CHUNK)
        missing -= len(chunk)
        if not chunk and missing > 0:
            raise Malformed("The body ended early.", code="incomplete-body")
        decoder.receive_data(chunk or None)
        while not isinstance(event := decoder.next_event(), NeedData | Epilogue):
            if isinstance(event, Field | File | Data):
                yield event
        if isinstance(event, Epilogue):
            return
        # A sender faster than the disk never makes us wait, and eventlet only lets others run
        # where something waits.
        time.sleep(0)


def _expect(part: Field | File, form: Form) -> None:
    """Check a part's name, and take note of the file's."""
    name = part.name or ""
    if len(form.fields) >= _MAX_FIELDS:
        raise _fault(name, "The form has too many fields.", "invalid-input")
    if isinstance(part, Field):
        if name == "file":
            raise _fault("file", "`file` has no file name: send it as a file.", "missing-file")
        if name in form.fields:
            raise _fault(name, "Given more than once.", "invalid-input")
        return
    if name != "file":
        raise _fault(name, "Files are read from the field `file` only.", "unexpected-file")
    if form.filename:
        raise _fault("file", "Send one file at a time.", "several-files")
    if not part.filename:
        raise _fault("file", "No file was chosen.", "missing-file")
    form.filename = safe_name(part.filename)


def _check_value(part: Field | File, value: bytearray) -> None:
    if len(value) > _MAX_VALUE_BYTES:
        raise _fault(part.name, f"Longer than {_MAX_VALUE_BYTES} bytes.", "invalid-input")


def _fault(name: str, message: str, code: str) -> Unprocessable:
    return Unprocessable(
        message, code=code, faults=[FieldFault(pointer=f"/{name}", message=message)]
    )


def safe_name(name: str) -> str:
    """The file's name alone: no folder, nothing that could break out of a header or a page.

    >>> safe_name("C:\\\\data\\\\müşteriler.csv")
    'müşteriler.csv'
    >>> safe_name('../a"b\\r\\nX-Evil: 1.csv')
    'a"bX-Evil: 1.csv'
    """
    name = name.replace("\\", "/").rpartition("/")[2]
    # Not printable: control characters, line ends, and the marks that turn a name's direction
    # around so that `exe` looks like `csv`.
    name = "".join(letter for letter in name if letter.isprintable()).strip(" .")
    stem, dot, ending = name.rpartition(".")
    if len(name) > _MAX_NAME:
        name = (stem[: _MAX_NAME - len(ending) - 1] + dot + ending)[-_MAX_NAME:]
    return name or "table"
