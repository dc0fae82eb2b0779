"""Other tables in the same file: rejects in a row that agree in their number of fields."""

from __future__ import annotations

import re
from dataclasses import dataclass

from app.engine.reading.contract import Rejected

#: So many records in a row are a table rather than an accident.
ENOUGH = 3
#: Tables that are named.
NAMED = 5
FOUND = re.compile(r"found (\d+)$")


@dataclass
class Run:
    fields: int
    first_line: int
    last_record: int
    records: int = 1


class OtherTables:
    """Watches the rejects go by."""

    def __init__(self) -> None:
        self._runs: list[Run] = []
        self._run: Run | None = None

    def see(self, rejected: Rejected) -> None:
        found = FOUND.search(rejected.reason)
        fields = int(found[1]) if found else 0
        run = self._run
        if run and run.fields == fields and run.last_record + 1 == rejected.record:
            run.records += 1
            run.last_record = rejected.record
            return
        self._close()
        if fields > 1 and rejected.line is not None:
            self._run = Run(fields, rejected.line, rejected.record)

    def _close(self) -> None:
        if self._run and self._run.records >= ENOUGH and len(self._runs) < NAMED:
            self._runs.append(self._run)
        self._run = None

    def warnings(self) -> list[str]:
        self._close()
        return [
            f"From line {run.first_line} on, {run.records} records in a row have {run.fields} "
            f"fields: if that is another table, skip_lines={run.first_line - 1} reads it"
            for run in self._runs
        ]
