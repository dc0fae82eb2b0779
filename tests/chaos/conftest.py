"""Node, as the acceptance tests have it."""

from __future__ import annotations

from tests.acceptance.conftest import node

__all__ = ["node"]
