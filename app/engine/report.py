"""What changed, counted exactly, with examples: the receipt of a run.

Plain dataclasses; `as_dict` is the JSON that is stored, sent and documented (docs/rest-api.md).
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

#: Examples kept per module and column. Counts are exact, examples are not all; the report says
#: the cap.
EXAMPLES_PER_COLUMN = 5
#: A module's details beyond this, as JSON, are left out of the report, and that is said.
MAX_DETAILS_BYTES = 512 * 1024


@dataclass(kw_only=True)
class Example:
    """One changed cell. `row` is the record number in the source, from 1 below the header."""

    row: int
    before: str | None
    after: str | None


@dataclass(kw_only=True)
class ColumnChanges:
    changed: int = 0
    examples: list[Example] = field(default_factory=list)


@dataclass(kw_only=True)
class ModuleReport:
    """What one module did. rows_in == rows_out + removed + rejected, always."""

    key: str
    params: dict[str, Any]
    origin: str = "core"
    #: "completed", or "skipped" (it failed, and its on_error is "skip": its work was undone).
    status: str = "completed"
    error_message: str | None = None
    execution_time_ms: float = 0.0
    rows_in: int = 0
    rows_out: int = 0
    removed: int = 0
    rejected: int = 0
    cells_changed: int = 0
    columns: dict[str, ColumnChanges] = field(default_factory=dict)
    #: Header names this module changed: old -> new.
    columns_renamed: dict[str, str] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)
    #: What else the module found, such as proposals with their evidence: its docs say what.
    details: dict[str, Any] = field(default_factory=dict)


@dataclass(kw_only=True)
class ColumnState:
    valid: int
    missing: int
    odd: int


@dataclass(kw_only=True)
class ColumnReport:
    """One column of the clean table, before and after. `before` is None for a column a module
    added.
    """

    name: str
    type: str
    before: ColumnState | None
    after: ColumnState


@dataclass(kw_only=True)
class Report:
    """The receipt. Records read = rows_in + source["rejected"], and
    rows_in = rows_out + removed + (rejected - source["rejected"]).
    """

    #: Inspection.as_dict() of what was read: format, encoding, delimiter, header, ...
    source: dict[str, Any]
    rows_in: int
    rows_out: int
    removed: int
    #: Records set aside: while reading and by modules.
    rejected: int
    columns_in: list[str]
    columns_out: list[str]
    modules: list[ModuleReport]
    columns: list[ColumnReport]
    warnings: list[str] = field(default_factory=list)
    #: What "auto" came to: [{"key", "params", "reason"}].
    suggested: list[dict[str, Any]] = field(default_factory=list)
    examples_per_column: int = EXAMPLES_PER_COLUMN
    execution_time_ms: float = 0.0

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)
