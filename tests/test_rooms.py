"""What import-linter cannot see of the table in docs/architecture.md: names, not modules."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

APP = Path(__file__).resolve().parents[1] / "app"


def imported_names(module: str) -> Iterator[tuple[Path, str]]:
    """Each file of app/ and what it takes from `module` by name."""
    for path in sorted(APP.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.module == module:
                yield from ((path.relative_to(APP), alias.name) for alias in node.names)


def test_only_wiring_and_migrations_hold_the_database() -> None:
    holders = {str(path) for path, name in imported_names("app.extensions") if name == "db"}

    assert holders == {"factory.py", "runtime/schema.py"}


def test_requests_end_at_the_blueprints() -> None:
    rooms = {
        path.parts[0]
        for path, name in imported_names("flask")
        if name in ("request", "g", "session")
    }

    assert rooms <= {"http", "blueprints", "dashboard"}


@pytest.mark.parametrize("module", ["app.engine", "app.engine.protocol", "app.queue.pool"])
def test_the_supervising_side_loads_neither_the_web_nor_data_libraries(module: str) -> None:
    """`import app.engine` is cheap: nothing is loaded that the importer does not use."""
    heavy = {"flask", "sqlalchemy", "polars", "numpy", "eventlet", "socketio"}
    code = f"import sys, {module}; print(*(set(sys.modules) & {heavy!r}))"

    loaded = subprocess.run(
        [sys.executable, "-c", code], cwd=APP.parent, capture_output=True, text=True, check=True
    )

    assert loaded.stdout.split() == []
