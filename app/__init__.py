"""NeatData: messy tables in, clean ones out, with receipts."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask

    from config import Config

#: The release, as in pyproject.toml and CHANGELOG.md.
__version__ = "1.0.0"


def create_app(config: Config | None = None) -> Flask:
    """The WSGI application. The factory is imported late, so that `import app.engine` loads no
    Flask.
    """
    from app.factory import create_app as build

    return build(config)
