"""The way of `make run`: server, job, link, and on."""

from __future__ import annotations

import signal
from pathlib import Path
from types import FrameType
from typing import Any

import requests
import socketio

import config as settings
from app.welcome.client import Client, Refused
from app.welcome.screen import Screen
from app.welcome.server import CannotServe, ServerProcess

MESSY = settings.HERE / "examples" / "siparisler.csv"
PIPELINE = [
    "standardize_headers",
    "text_normalize",
    "trim_spaces",
    "drop_duplicates",
    "handle_missing",
    "convert_types",
]


def run(config: settings.Config, *, once: bool) -> int:
    """The exit status: 0 when all went well, a Ctrl-C while serving included."""
    screen = Screen()
    # Closing the terminal or `kill` stops the server as gracefully as Ctrl-C does.
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _interrupt)
    try:
        with ServerProcess(config) as server:
            screen.starting()
            server.start()
            return _tour(config, server, screen, once=once)
    except CannotServe as error:
        screen.error(f"NeatData cannot start: {error}")
        return 1
    except KeyboardInterrupt:
        screen.stopped()
        return 1 if once else 0


def _tour(config: settings.Config, server: ServerProcess, screen: Screen, *, once: bool) -> int:
    key = _admin_key(config)
    completed = _job(config, server, key, screen, once=once)
    if once:
        return 0 if completed else 1
    screen.link(server.url, key, server.log_file)
    status = server.wait()
    screen.error(f"The server ended with status {status}; see {server.log_file}")
    return 1


def _job(
    config: settings.Config,
    server: ServerProcess,
    key: str | None,
    screen: Screen,
    *,
    once: bool,
) -> bool:
    """Do the main job where there is occasion for it. Whether it was done and completed."""
    if key is None:
        screen.error("There is no admin.key in the instance folder; no job can be shown.")
        return False
    client = Client(server.url, key)
    try:
        if not once and not client.is_empty():
            return False
        return clean_before_your_eyes(client, screen, config.instance_dir / "welcome")
    except Refused as error:
        screen.error(f"The job could not be shown: {error}")
    except (requests.RequestException, socketio.exceptions.SocketIOError) as error:
        screen.error(f"The server could not be talked to: {error}")
    return False


def clean_before_your_eyes(client: Client, screen: Screen, folder: Path) -> bool:
    """Upload the bundled file, clean it, show what changed, and lay the results in `folder`."""
    screen.messy(MESSY)
    upload = client.upload(MESSY)
    screen.uploaded(upload)
    job = client.submit(upload["upload_id"], PIPELINE)
    screen.progress(client.follow(job["id"]))
    ended = client.job(job["id"])
    if ended["status"] != "completed":
        screen.error(f"The job {ended['status']}: {ended['error_message']}")
        return False
    _show_results(client, screen, ended, folder)
    return True


def _show_results(client: Client, screen: Screen, job: dict[str, Any], folder: Path) -> None:
    clean, rejects = client.download(job["id"], "result"), client.download(job["id"], "rejects")
    folder.mkdir(exist_ok=True)
    clean_file = folder / f"{MESSY.stem}.clean.csv"
    rejects_file = folder / f"{MESSY.stem}.rejects.csv"
    clean_file.write_bytes(clean)
    rejects_file.write_bytes(rejects)
    screen.changes(client.report(job["id"]))
    screen.refused(rejects.decode())
    screen.clean(clean.decode(), clean_file, rejects_file)


def _admin_key(config: settings.Config) -> str | None:
    try:
        return (config.instance_dir / "admin.key").read_text().strip()
    except FileNotFoundError:
        return None


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt
