"""What the tour shows in the terminal."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn
from rich.table import Table

#: Examples shown of each module; the report has more.
EXAMPLES = 3


class Screen:
    def __init__(self) -> None:
        self._out = Console(highlight=False)
        self._err = Console(stderr=True, highlight=False)

    def starting(self) -> None:
        self._out.print("Starting the server ...")

    def messy(self, file: Path) -> None:
        self._title(f"A messy file: {_short(file)}")
        self._out.print(escape(file.read_text(encoding="utf-8")), style="dim")

    def uploaded(self, upload: dict[str, Any]) -> None:
        self._title("Uploaded and read")
        self._out.print(
            f"{upload['encoding']}, delimiter {upload['delimiter']!r}: {upload['rows']} rows, "
            f"{upload['columns']} columns, {upload['rejected']} refused"
        )

    def progress(self, updates: Iterable[dict[str, Any]]) -> None:
        """Show `updates` as they come, until there are no more."""
        self._title("Cleaned by a job, live")
        bar = Progress(
            BarColumn(),
            TaskProgressColumn(),
            TextColumn("{task.description}"),
            console=self._out,
        )
        with bar:
            task = bar.add_task("pending", total=100.0)
            for update in updates:
                text = update["step_message"] or update["current_step"] or update["status"]
                bar.update(task, completed=update["progress_percent"], description=escape(text))

    def changes(self, report: dict[str, Any]) -> None:
        self._title("What changed")
        table = Table(box=None, pad_edge=False, header_style="bold")
        for name, justify in (("module", "left"), ("rows", "right"), ("cells", "right")):
            table.add_column(name, justify=justify, no_wrap=True)  # type: ignore[arg-type]
        table.add_column("examples")
        for module in report["modules"]:
            rows = f"{module['rows_in']} -> {module['rows_out']}"
            examples = "\n".join(_examples(module))
            table.add_row(module["key"], rows, str(module["cells_changed"]), escape(examples))
        self._out.print(table)
        self._out.print(
            f"\n{report['rows_in']} rows in, {report['rows_out']} out, "
            f"{report['removed']} removed, {report['rejected']} set aside"
        )

    def refused(self, rejects: str) -> None:
        for record in csv.DictReader(io.StringIO(rejects)):
            self._out.print(
                f"line {record['line']}, refused: {escape(record['reason'])}\n"
                f"    {escape(record['raw'])}"
            )

    def clean(self, text: str, file: Path, rejects: Path) -> None:
        self._title(f"The clean file: {_short(file)}")
        self._out.print(escape(text), style="green", end="")
        self._out.print(f"\nWhat was set aside: {_short(rejects)}", soft_wrap=True)

    def link(self, url: str, key: str | None, log_file: Path) -> None:
        """The dashboard's link. The key stands behind the #, which browsers never send."""
        self._title("The dashboard, logged in" if key else "The dashboard")
        self._out.print(f"{url}/#key={key}" if key else f"{url}/", style="bold", soft_wrap=True)
        self._out.print(f"\nServing. Log: {_short(log_file)}. Ctrl-C stops.", soft_wrap=True)

    def stopped(self) -> None:
        self._out.print("Stopped.")

    def error(self, text: str) -> None:
        self._err.print(escape(text), style="red", soft_wrap=True)

    def _title(self, text: str) -> None:
        self._out.print(f"\n[bold]{escape(text)}[/bold]", soft_wrap=True)


def _examples(module: dict[str, Any]) -> list[str]:
    """A few changes of one module, as `before -> after`."""
    found = [f"{old} -> {new}" for old, new in module["columns_renamed"].items()]
    for name, changes in module["columns"].items():
        for example in changes["examples"]:
            after = "(missing)" if example["after"] is None else repr(example["after"])
            found.append(f"{name}, row {example['row']}: {example['before']!r} -> {after}")
    shown = found[:EXAMPLES]
    more = len(module["columns_renamed"]) + module["cells_changed"] - len(shown)
    if more:
        shown.append(f"and {more} more")
    if module["removed"]:
        shown.append(f"{module['removed']} rows removed")
    return shown


def _short(path: Path) -> str:
    """The path from here, where that is shorter."""
    here = Path.cwd()
    return str(path.relative_to(here)) if path.is_relative_to(here) else str(path)
