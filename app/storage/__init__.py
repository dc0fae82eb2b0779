"""Where uploads and results lie."""

from __future__ import annotations

from app.storage.local import LocalStorage, Receiver, SizeLimitExceeded

__all__ = ["LocalStorage", "Receiver", "SizeLimitExceeded"]
