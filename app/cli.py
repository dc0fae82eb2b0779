"""Commands: `flask --app wsgi keys ...`, `jobs`, `modules`, `clean`, `welcome`."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import click
import sqlalchemy as sa
from flask import Flask, current_app
from flask.cli import AppGroup, with_appcontext

from app.engine.recipe import NotARecipe, Recipe, read_recipe
from app.errors import NeatDataError
from app.models import Job, JobStatus, Scope
from app.models.types import iso
from app.runtime import schema
from app.runtime.instance import InstanceUnusable
from app.services import Services
from app.services.key_format import KeyText
from app.welcome import welcome

keys = AppGroup("keys", help="Make, list, rotate and revoke API keys.")
jobs = AppGroup("jobs", help="Look at jobs.")
modules = AppGroup("modules", help="Begin cleaning modules of your own, and check them.")


def init_app(app: Flask) -> None:
    app.cli.add_command(keys)
    app.cli.add_command(jobs)
    app.cli.add_command(modules)
    app.cli.add_command(clean)
    app.cli.add_command(welcome)


def _services() -> Services:
    """The services, over a database that has this version's schema."""
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
    try:
        schema.upgrade_beside(app)
    except (schema.SchemaError, InstanceUnusable) as error:
        raise click.ClickException(f"It cannot be done: {error}.") from None
    services: Services = app.extensions["neatdata"]
    return services


@keys.command("create")
@click.argument("name")
@click.option("--scope", type=click.Choice([scope.value for scope in Scope]), required=True)
@click.option("--expires-in-days", type=click.IntRange(min=1), default=None)
def create_key(name: str, scope: str, expires_in_days: int | None) -> None:
    """Make a key called NAME and print it, and only it: it is not shown again."""
    issued = _services().keys.create(name, Scope(scope), expires_in_days=expires_in_days)
    click.echo(issued.text)


@keys.command("generate")
def generate_key() -> None:
    """Print a new key without storing it, for NEATDATA_ADMIN_KEY."""
    click.echo(KeyText.new().reveal())


@keys.command("list")
def list_keys() -> None:
    """List keys, the newest first, without their secrets."""
    for key in _services().keys.all():
        state = "revoked" if key.revoked_at else f"expires {iso(key.expires_at) or 'never'}"
        used = iso(key.last_used_at) or "never"
        click.echo(f"{key.id}  {key.scope.value:5}  {key.name}  {state}  last used {used}")


@keys.command("rotate")
@click.argument("key_id")
@click.option("--overlap-days", type=click.IntRange(min=0), default=7, show_default=True)
def rotate_key(key_id: str, overlap_days: int) -> None:
    """Give the key KEY_ID a new secret and print the new key; the old one opens for the
    overlap.
    """
    issued = _or_exit(
        lambda: _services().keys.rotate(key_id, overlap=timedelta(days=overlap_days))
    )
    click.echo(issued.text)


@keys.command("revoke")
@click.argument("key_id")
def revoke_key(key_id: str) -> None:
    """End the key KEY_ID for good."""
    _or_exit(lambda: _services().keys.revoke(key_id))
    click.echo(f"Key {key_id} is revoked.", err=True)


@jobs.command("list")
@click.option("--status", type=click.Choice([status.value for status in JobStatus]))
@click.option("--limit", type=click.IntRange(min=1, max=1000), default=50, show_default=True)
def list_jobs(status: str | None, limit: int) -> None:
    """List jobs, the newest first."""
    newest_first = sa.select(Job).order_by(Job.created_at.desc()).limit(limit)
    if status is not None:
        newest_first = newest_first.where(Job.status == JobStatus(status))
    with _services().database.reading() as session:
        for job in session.scalars(newest_first):
            modules = ",".join(module["key"] for module in job.modules)
            percent = f"{job.progress_percent:5.1f} %"
            click.echo(
                f"{job.id}  {job.status.value:10}  {percent}  {iso(job.created_at)}  {modules}"
            )


@modules.command("new")
@click.argument("name")
@click.option("--learns", is_flag=True, help="Begin with one that must know the whole table.")
@click.option(
    "--folder",
    type=click.Path(file_okay=False, path_type=Path),
    help="Where to put it; by default NEATDATA_MODULES_DIR, else ./modules.",
)
def new_module(name: str, learns: bool, folder: Path | None) -> None:
    """Begin a module called NAME: a file that runs as it is, and a test of it."""
    from app.engine.catalogue import load
    from app.engine.scaffold import CannotBegin, new_module

    place = folder or _modules_dir() or Path("modules")
    try:
        module, test = new_module(name, place, load(place), learns=learns)
    except (CannotBegin, OSError) as error:
        raise click.ClickException(f"It cannot be begun: {error}.") from None
    click.echo(f"{module}: the module, {module.stem}\n{test}: run python -m pytest {test}")
    if place != _modules_dir():
        click.echo(f"A server finds it with NEATDATA_MODULES_DIR={place}")


@modules.command("check")
@click.option(
    "--folder",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="By default NEATDATA_MODULES_DIR.",
)
def check_modules(folder: Path | None) -> None:
    """Load every module of your own; fail when one is broken, with its file and line."""
    from app.engine.catalogue import load

    catalogue = load(folder or _modules_dir())
    for module in catalogue.modules.values():
        if module.origin == "custom":
            click.echo(f"{module.meta.key}: {module.meta.description}")
    for broken in catalogue.broken:
        line = "" if broken["line"] is None else f", line {broken['line']}"
        click.echo(f"{broken['file']}{line}: {broken['reason']}", err=True)
    if catalogue.broken:
        raise click.ClickException(f"{len(catalogue.broken)} cannot be loaded.")


def _modules_dir() -> Path | None:
    configured: Path | None = current_app.config["NEATDATA"].modules_dir
    return configured


@click.command("clean")
@click.argument("source", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.argument("target", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--modules", help="Modules by key, in order, separated by commas.")
@click.option(
    "--recipe",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help='JSON file: {"modules": [...], "reading": {...}}; docs/recipes.md has all of it.',
)
@click.option(
    "--map",
    "mapped",
    multiple=True,
    metavar="NAME=COLUMN",
    help="A column that the modules call NAME is called COLUMN in SOURCE.",
)
@click.option(
    "--rejects",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Where refused records go.",
)
@click.option(
    "--report",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Where the report goes: JSON, or a page for people where it ends in .html.",
)
@click.option(
    "--change-log",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Where every change goes, as Parquet.",
)
@with_appcontext
def clean(
    source: Path,
    target: Path,
    modules: str | None,
    recipe: Path | None,
    mapped: tuple[str, ...],
    rejects: Path | None,
    report: Path | None,
    change_log: Path | None,
) -> None:
    """Clean SOURCE into TARGET without a server, with the same engine and the same bytes."""
    from rich.progress import Progress as Bar

    from app.engine import clean_file
    from app.engine.catalogue import load
    from app.engine.errors import EngineError
    from app.engine.operations import reading_options
    from app.engine.protocol import Progress

    wanted = _pipeline(modules, recipe)
    column_map = _column_map(mapped)
    catalogue = load(_modules_dir())
    for warning in wanted.differences(catalogue.versions()):
        click.echo(f"Warning: {warning}", err=True)
    if target.exists() and target.samefile(source):
        raise click.UsageError("TARGET is SOURCE: the messy file would be gone.")
    with Bar(transient=True) as bar:
        task = bar.add_task("Cleaning", total=100.0)

        def show(progress: Progress) -> None:
            bar.update(task, completed=progress.percent, description=progress.step)

        try:
            receipt = clean_file(
                source,
                target,
                wanted.modules,
                reading=reading_options(wanted.reading),
                rejects=rejects,
                report=report,
                change_log=change_log,
                column_map=column_map,
                catalogue=catalogue,
                progress=show,
            )
        except EngineError as error:
            raise click.ClickException(str(error)) from None
        except OSError as error:
            raise click.ClickException(f"{error.filename}: {error.strerror}") from None
    click.echo(
        f"{receipt.rows_in:,} rows in, {receipt.rows_out:,} out, {receipt.removed:,} removed, "
        f"{receipt.rejected:,} set aside -> {target}",
        err=True,
    )


def _pipeline(modules: str | None, recipe: Path | None) -> Recipe:
    if (modules is None) == (recipe is None):
        raise click.UsageError("Give either --modules or --recipe.")
    if modules is not None:
        return Recipe(modules=[key.strip() for key in modules.split(",") if key.strip()])
    assert recipe is not None
    try:
        return read_recipe(json.loads(recipe.read_bytes()))
    except NotARecipe as error:
        raise click.ClickException(f"{recipe} is not a recipe: {error}") from None
    except ValueError:
        raise click.ClickException(f"{recipe} is not a recipe: it is no JSON.") from None


def _column_map(mapped: tuple[str, ...]) -> dict[str, str]:
    pairs = [text.partition("=") for text in mapped]
    if any(not equals for _, equals, _ in pairs):
        raise click.UsageError("--map takes NAME=COLUMN.")
    return {name: column for name, _, column in pairs}


def _or_exit(action: Any) -> Any:
    try:
        return action()
    except NeatDataError as error:
        raise click.ClickException(error.detail) from None
