"""`make run`: start the server, do the main job once before the user's eyes, go on serving.

A client of the public REST API and the public events like any other; it knows the server only
as a process it started.
"""

from __future__ import annotations

import sys

import click
from flask import current_app
from flask.cli import with_appcontext


@click.command("welcome")
@click.option("--once", is_flag=True, help="Do the job, then stop. Fails when the job does.")
@with_appcontext
def welcome(once: bool) -> None:
    """Start the server, show on an empty instance what it does, and keep serving."""
    # Imported here: the server loads this file too, and has no use for a client.
    from app.welcome.tour import run

    sys.exit(run(current_app.config["NEATDATA"], once=once))
