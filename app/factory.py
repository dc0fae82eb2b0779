"""How the parts are put together. Wiring only: no thread, no process, no migration starts
here.
"""

from __future__ import annotations

from flask import Flask

import config as settings
from app import blueprints, cli, dashboard, http, realtime
from app.extensions import db, migrate, socketio
from app.queue.lane import Lane
from app.queue.pool import WorkerPool
from app.queue.supervision import Limits
from app.realtime import Live
from app.realtime.acknowledgement import after_acknowledgement
from app.realtime.publisher import RoomPublisher
from app.realtime.rooms import Sockets
from app.realtime.updates import Subscriptions
from app.runtime.housekeeping import Housekeeper
from app.runtime.machinery import Machinery
from app.services import (
    Database,
    IdempotencyService,
    InsightService,
    JobService,
    KeyService,
    PipelineService,
    ReadinessService,
    RecipeService,
    ResultService,
    RetentionService,
    RunService,
    Services,
    ShortRunService,
    UploadService,
)
from app.services.database import prepare_sqlite
from app.services.moves import JobMoves
from app.storage import LocalStorage


def create_app(config: settings.Config | None = None) -> Flask:
    """The WSGI application; `config` defaults to what the environment says. Raises
    ConfigError.
    """
    config = settings.load() if config is None else config
    app = Flask(__name__, static_folder=None, instance_path=str(config.instance_dir))
    app.config["NEATDATA"] = config
    app.config["SQLALCHEMY_DATABASE_URI"] = config.database
    # What a failed statement was given would go to the log with it: digests, texts of callers.
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = {"hide_parameters": True}
    _make_instance_folder(config)

    db.init_app(app)
    migrate.init_app(app, db, directory=str(settings.HERE / "migrations"))
    realtime.init_app(app, config)
    machinery = assemble(app, config)
    app.extensions["neatdata"] = machinery.services
    app.extensions["neatdata-machinery"] = machinery

    http.init_app(app)
    blueprints.register(app, page=dashboard.page)
    dashboard.init_app(app)
    cli.init_app(app)
    return app


def _make_instance_folder(config: settings.Config) -> None:
    try:
        config.instance_dir.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise settings.ConfigError(
            f"NEATDATA_INSTANCE_DIR {config.instance_dir} cannot be used: {error.strerror}"
        ) from None


def assemble(app: Flask, config: settings.Config) -> Machinery:
    """Services, queue and publisher, each handed what it needs."""
    with app.app_context():
        engine = db.engine
    prepare_sqlite(engine)
    database = Database(engine)
    storage = LocalStorage(config.instance_dir / "files")
    keys = KeyService(database)
    sockets = Sockets()
    publisher = RoomPublisher(socketio, sockets, keys)
    moves = JobMoves(publisher)
    runs = RunService(database, storage, moves, running_per_key=config.running_per_key)
    lane = Lane(memory_bytes=config.job_memory_bytes, modules_dir=config.modules_dir)
    pool = WorkerPool(
        runs,
        workers=config.workers,
        limits=Limits(memory_bytes=config.job_memory_bytes, seconds=config.job_timeout_seconds),
        modules_dir=config.modules_dir,
    )
    pipelines = PipelineService(storage, lane)
    jobs = JobService(database, pipelines, pool, moves, pending_per_key=config.pending_per_key)
    uploads = UploadService(database, storage, lane, max_bytes=config.max_upload_bytes)
    services = Services(
        database=database,
        keys=keys,
        idempotency=IdempotencyService(database),
        uploads=uploads,
        pipelines=pipelines,
        insights=InsightService(storage, lane, uploads),
        jobs=jobs,
        recipes=RecipeService(database, pipelines, uploads, jobs),
        short_runs=ShortRunService(uploads, pipelines, jobs),
        results=ResultService(database, storage, lane, jobs),
        runs=runs,
        readiness=ReadinessService(
            database,
            storage,
            {
                "queue": pool.fault,
                "engines": pool.engine_fault,
                "publisher": publisher.fault,
            },
        ),
        retention=RetentionService(database, storage, days=config.retention_days),
    )
    subscriptions = Subscriptions(jobs, publisher)
    after_acknowledgement(socketio.server, subscriptions.acknowledged)
    app.extensions["neatdata-live"] = Live(
        keys=keys, sockets=sockets, publisher=publisher, subscriptions=subscriptions
    )
    return Machinery(
        config=config,
        services=services,
        storage=storage,
        lane=lane,
        pool=pool,
        publisher=publisher,
        housekeeper=Housekeeper(
            {
                "kept answers": services.idempotency.sweep,
                "jobs past their days": services.retention.sweep_jobs,
                "uploads past their days": services.retention.sweep_uploads,
            }
        ),
    )
