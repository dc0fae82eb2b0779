"""The cleaning engine: a table in, a clean table and its receipt out. No web, no SQL, no
sockets.

Importing the package is cheap; Polars is loaded when one of its two functions is first asked
for, so the web process may import `app.engine.protocol` or `app.engine.errors` and stay small.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from app.engine.pipeline import clean_file
    from app.engine.reading import inspect_file

__all__ = ["clean_file", "inspect_file"]


def __getattr__(name: str) -> Any:
    if name == "clean_file":
        from app.engine.pipeline import clean_file

        return clean_file
    if name == "inspect_file":
        from app.engine.reading import inspect_file

        return inspect_file
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
