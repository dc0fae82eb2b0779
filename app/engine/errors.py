"""What can go wrong in the engine, as one tree.

    EngineError
    ├── SourceError          the file cannot be read as a table; `code` says why
    ├── PlanError            modules, params or columns do not fit; carries every fault at once
    ├── ModuleFailed         a module raised while it worked
    ├── CannotWrite          the format cannot hold the table; says which limit
    ├── AccountingError      rows in are not rows out + removed + rejected: the run is void
    └── Cancelled            the caller asked the run to stop

Every one can be sent over the pipe: `as_dict` is what `protocol.Failure` carries.
"""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass
from typing import Any

#: An absolute path with a folder in it; an address (https://...) is none.
_PATH = re.compile(r"(?<![\w.:/<])/(?:[^\s/'\"<>|:]+/)+([^\s/'\"<>|:]*)")


def described(error: BaseException) -> str:
    """What someone else's code raised, in a line for the caller. Of a file it names the name
    alone: where things lie on this machine is nobody's business.

    >>> described(ValueError("no rates in /srv/shop/rates.csv, see https://example.com/a/b"))
    'ValueError: no rates in rates.csv, see https://example.com/a/b'
    """
    text = _PATH.sub(r"\1", str(error))
    return f"{type(error).__name__}: {text}"


class EngineError(Exception):
    """Base of the tree. `code` is stable and machine-readable, the text is for people."""

    code = "engine_error"

    def as_dict(self) -> dict[str, Any]:
        return {"code": self.code, "message": str(self)}


class SourceError(EngineError):
    """The file cannot be read as a table.

    `code` is one of: empty_file, binary_file, unreadable_file (it cannot be opened),
    broken_file, broken_workbook, encrypted_workbook, workbook_too_large, broken_archive,
    encrypted_archive, archive_too_large, no_such_sheet, unsupported_format, too_many_columns,
    bad_reading_option, bad_data (a table in a request). A header without rows is a table.
    """

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True, kw_only=True)
class Fault:
    """One thing wrong with a request. `pointer` is a JSON pointer into the list of modules,
    such as `/0/params/case`.
    """

    pointer: str
    message: str


class PlanError(EngineError):
    """The modules cannot run over this table. Every fault is found before anything runs."""

    code = "bad_pipeline"

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__(" ".join(fault.message for fault in faults))
        self.faults = faults

    def as_dict(self) -> dict[str, Any]:
        return {**super().as_dict(), "faults": [asdict(fault) for fault in self.faults]}


class ModuleFailed(EngineError):
    """A module raised while it worked. Its traceback goes to stderr, never to the caller."""

    code = "module_failed"

    def __init__(self, module: str, message: str, origin: str) -> None:
        super().__init__(f"Module {module}: {message}")
        self.module = module
        self.origin = origin

    def as_dict(self) -> dict[str, Any]:
        return {**super().as_dict(), "module": self.module, "origin": self.origin}


class CannotWrite(EngineError):
    """The target format cannot hold the table, such as more rows than a worksheet has."""

    code = "does_not_fit_format"


class AccountingError(EngineError):
    """Rows were lost or made up: rows_in is not rows_out + removed + rejected."""

    code = "rows_do_not_add_up"


class Cancelled(EngineError):
    """The caller asked the run to stop; nothing it wrote counts."""

    code = "cancelled"

    def __init__(self) -> None:
        super().__init__("The run was cancelled.")
