"""The lease a worker holds on a job, and what a worker needs from the services."""

from __future__ import annotations

import os
import socket
import uuid
from typing import Any, Protocol

#: A job whose lease is not renewed for this long is taken from its worker.
LEASE_SECONDS = 15.0
#: Three renewals may go missing before the lease is gone.
HEARTBEAT_SECONDS = 4.0
#: How often leases that ran out are looked for.
REAP_SECONDS = 5.0


class Verdict(Protocol):
    @property
    def value(self) -> str:
        """ "go on", "cancel" or "lost"."""


class Claim(Protocol):
    @property
    def job_id(self) -> uuid.UUID: ...
    @property
    def attempt(self) -> int: ...
    @property
    def args(self) -> dict[str, Any]: ...


class Runs(Protocol):
    """The services' side of a job's life; see app.services.runs for what each promises."""

    def claim(self, worker: str, lease_seconds: float) -> Claim | None: ...
    def progress(
        self, claim: Any, *, stored: bool, lease_seconds: float, **state: Any
    ) -> Verdict: ...
    def heartbeat(self, claim: Any, *, lease_seconds: float) -> Verdict: ...
    def complete(self, claim: Any, summary: dict[str, Any]) -> bool: ...
    def fail(self, claim: Any, error: dict[str, Any]) -> bool: ...
    def cancel(self, claim: Any) -> bool: ...
    def engine_died(self, claim: Any, error: dict[str, Any]) -> None: ...
    def release(self, claim: Any) -> None: ...
    def reap(self) -> int: ...


def worker_name() -> str:
    """Host, pid and a fresh number: a pid that comes again is still another worker."""
    return f"{socket.gethostname()[:60]}:{os.getpid()}:{uuid.uuid4().hex[:8]}"
