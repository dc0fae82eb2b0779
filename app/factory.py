"""How the parts are put together. Wiring only: no thread, no process, no migration starts here."""

from __future__ import annotations

import contextlib

import config as settings
from flask import Flask

from app import blueprints, http, realtime
from app.extensions import api, db, migrate, socketio
from app.queue.lane import Lane
from app.queue.pool import WorkerPool
from app.realtime.publisher import RoomPublisher
from app.services import (
    Database,
    JobService,
    KeyService,
    PipelineService,
    ResultService,
    RunService,
    Services,
    UploadService,
)
from app.services.database import prepare_sqlite
from app.storage import LocalStorage
