"""Following jobs: what a socket is told when it subscribes, and what it catches up on."""

from __future__ import annotations

import threading
import uuid
from datetime import datetime
from typing import Any

from app.models import ApiKey, Job
from app.models.types import iso, utc_now
from app.realtime.publisher import RoomPublisher
from app.services import JobService
from app.services.jobs import REPLAY_LIMIT


class Subscriptions:
    """A subscription has two halves: the acknowledgement, and what is sent right after it.

    The ack holds everything up to its `seq`. The socket joins the room only once the ack is on
    its way, after it was sent what happened in between; so whatever comes later also arrives
    later.
    """

    def __init__(self, jobs: JobService, publisher: RoomPublisher) -> None:
        self._jobs = jobs
        self._publisher = publisher
        self._acknowledged: dict[str, list[tuple[ApiKey, uuid.UUID, int]]] = {}
        self._lock = threading.Lock()

    def subscribe(
        self, sid: str, caller: ApiKey, job_id: uuid.UUID, after_seq: int | None
    ) -> dict[str, Any]:
        """The acknowledgement. Raises NotFound, for someone else's job too."""
        job, missed = self._missed(caller, job_id, after_seq)
        with self._lock:
            self._acknowledged.setdefault(sid, []).append((caller, job_id, job.seq))
        return {
            "ok": True,
            "job": job.snapshot(),
            "seq": job.seq,
            "missed": missed or [],
            "resync": missed is None,
        }

    def acknowledged(self, sid: str) -> None:
        """The ack is on its way: now the socket catches up and joins."""
        with self._lock:
            waiting = self._acknowledged.pop(sid, [])
        for caller, job_id, seq in waiting:
            self._publisher.join(sid, job_id, seq, self._since(caller, job_id, seq))

    def forget(self, sid: str) -> None:
        with self._lock:
            self._acknowledged.pop(sid, None)
        self._publisher.forget(sid)

    def all_moved(self, caller: ApiKey, since: datetime | None) -> dict[str, Any]:
        """The acknowledgement of `subscribe_all`."""
        now = iso(utc_now())
        jobs = [job.snapshot() for job in self._jobs.moved(caller, since)]
        return {"ok": True, "jobs": jobs, "timestamp": now}

    def _missed(
        self, caller: ApiKey, job_id: uuid.UUID, after_seq: int | None
    ) -> tuple[Job, list[dict[str, Any]] | None]:
        """The job, and the stored updates after `after_seq`; None when they cannot be replayed
        whole.
        """
        if after_seq is None:
            return self._jobs.get(caller, job_id), []
        job, missed = self._jobs.events(
            caller, job_id, after_seq=after_seq, limit=REPLAY_LIMIT + 1
        )
        from_elsewhere = after_seq > job.seq
        return job, None if from_elsewhere or len(missed) > REPLAY_LIMIT else missed

    def _since(self, caller: ApiKey, job_id: uuid.UUID, seq: int) -> Any:
        def missed() -> list[dict[str, Any]]:
            job, updates = self._jobs.events(caller, job_id, after_seq=seq)
            newest = updates[-1]["seq"] if updates else seq
            # A percentage is not stored; the row has the newest.
            return [*updates, job.snapshot()] if job.seq > newest else updates

        return missed
