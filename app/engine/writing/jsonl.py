"""JSON lines: one object a record, typed; a missing cell is null."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from app.engine.module import ColumnType
from app.engine.writing.typed import scan_clean


def write_jsonl(source: Path, target: Path, types: Mapping[str, ColumnType]) -> None:
    scan_clean(source, types).sink_ndjson(target)
