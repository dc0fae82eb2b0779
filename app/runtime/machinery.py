"""The parts that run: what a worker process starts and stops."""

from __future__ import annotations

from dataclasses import dataclass

import config as settings
from app.queue.lane import Lane
from app.queue.pool import WorkerPool
from app.realtime.publisher import RoomPublisher
from app.runtime.housekeeping import Housekeeper
from app.services import Services
from app.storage import LocalStorage


@dataclass(frozen=True, kw_only=True)
class Machinery:
    """Wired by the factory, started by a runtime; `app.extensions["neatdata-machinery"]`."""

    config: settings.Config
    services: Services
    storage: LocalStorage
    lane: Lane
    pool: WorkerPool
    publisher: RoomPublisher
    housekeeper: Housekeeper
