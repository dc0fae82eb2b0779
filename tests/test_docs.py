"""Documentation is held true: what there is, is documented; what is documented, is there."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

import config
from app import create_app
from app.engine import clean_file
from app.extensions import socketio
from app.queue.lane import Lane

ROOT = Path(__file__).resolve().parents[1]
PAGES = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").rglob("*.md"))]
#: What the server sends by itself; clients' events are read from the handlers.
SENT = {"job_update", "jobs_update"}


def text(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def code_blocks(page: str, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", page, re.M | re.S)


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    folder = tmp_path_factory.mktemp("instance")
    yield create_app(config.Config(instance_dir=folder, async_mode="threading"))


def shown(value: Any) -> str:
    """A default as the page writes it."""
    if value is None or value == ():
        return "none"
    if isinstance(value, Path):
        return "`instance`, beside wsgi.py"
    return f"`{value}`"


def test_every_setting_is_documented_with_its_default_and_no_other() -> None:
    rows = re.findall(
        r"^\| `(NEATDATA_\w+)` \| (.+?) \| (.+?) \|$", text("docs/configuration.md"), re.M
    )

    assert rows == [
        (config.environment_name(item), shown(item.default), item.metadata["help"])
        for item in fields(config.Config)
    ]


def test_no_page_names_a_setting_that_is_none() -> None:
    known = {config.environment_name(item) for item in fields(config.Config)}
    # What Kubernetes injects, as docs/configuration.md tells.
    known |= {"NEATDATA_SERVICE_HOST", "NEATDATA_PORT_8000_TCP"}

    for page in PAGES:
        assert set(re.findall(r"NEATDATA_[A-Z0-9_]+", page.read_text())) <= known, page


def routes(app: Flask) -> set[str]:
    """Every route that is not an alias of the first NeatData's, as `GET /v1/health`."""
    found = set()
    for rule in app.url_map.iter_rules():
        path = re.sub(r"<(?:[^:<>]+:)?(\w+)>", r"{\1}", rule.rule)
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}:
            found.add(f"{method} {path}")
    return {route for route in found if route.split()[1].startswith("/v1")}


def test_every_route_is_documented(app: Flask) -> None:
    page = text("docs/rest-api.md")
    # Named {id} or {job_id}: what a path's parameter is called is no promise.
    named = {
        re.sub(r"\{\w+\}", "{}", match) for match in re.findall(r"[A-Z]+ /[\w/{}.-]*", page)
    }

    missing = {route for route in routes(app) if re.sub(r"\{\w+\}", "{}", route) not in named}

    assert missing == set()


def test_every_event_is_documented(app: Flask) -> None:
    heard = set(socketio.server.handlers["/"]) - {"connect", "disconnect"}

    page = text("docs/events.md")

    assert {event for event in heard | SENT if not re.search(rf"\b{event}\b", page)} == set()


def test_every_module_is_documented_with_every_parameter(lane: Lane) -> None:
    page = text("docs/modules.md")
    sections = dict(re.findall(r"^### (\w+)\n(.*?)(?=^##|\Z)", page, re.M | re.S))

    for module in lane.call("catalogue", {})["core_modules"]:
        section = sections.get(module["key"], "")
        assert section, f"{module['key']} has no section"
        # What `columns` is, the page says once for all of them.
        params = [name for name in module["defaults"] if name != "columns"]
        assert [name for name in params if f"`{name}`" not in section] == [], module["key"]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_leads_somewhere(page: Path) -> None:
    links = re.findall(r"\]\(([^)#\s]+)[^)]*\)", page.read_text(encoding="utf-8"))

    for link in links:
        if not link.startswith(("http://", "https://")):
            assert (page.parent / link).exists(), link


def test_every_page_the_code_refers_to_is_there() -> None:
    sources = [
        *ROOT.glob("*.py"),
        *(ROOT / "app").rglob("*.py"),
        *(ROOT / "migrations").rglob("*.py"),
    ]

    for source in sources:
        for page in re.findall(r"docs/[\w/-]+\.md", source.read_text(encoding="utf-8")):
            assert (ROOT / page).exists(), f"{source}: {page}"


def test_every_make_target_a_page_names_is_there() -> None:
    targets = set(re.findall(r"^([a-z]+):", text("Makefile"), re.M))

    for page in PAGES:
        named = set(re.findall(r"`make ([a-z]+)`", page.read_text(encoding="utf-8")))
        assert named <= targets, page


@pytest.mark.parametrize(
    ("page", "key", "masked"),
    [
        ("README.md", "mask_emails", "***@example.org,1"),
        ("docs/modules.md", "mask_digits", "ada@example.org,#"),
    ],
)
def test_the_modules_of_the_pages_work(
    tmp_path: Path, page: str, key: str, masked: str
) -> None:
    module = code_blocks(text(page), "python")[0]
    (tmp_path / "modules").mkdir()
    (tmp_path / "modules" / f"{key}.py").write_text(module)
    (tmp_path / "in.csv").write_text("who,n\nada@example.org,1\n")

    report = clean_file(
        tmp_path / "in.csv", tmp_path / "out.csv", [key], modules_dir=tmp_path / "modules"
    )

    assert (tmp_path / "out.csv").read_text() == f"who,n\n{masked}\n"
    assert report.modules[0].cells_changed == 1


def test_the_test_of_a_module_on_the_page_passes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    module, test = code_blocks(text("docs/modules.md"), "python")
    (tmp_path / "modules").mkdir()
    (tmp_path / "modules" / "mask_digits.py").write_text(module)
    monkeypatch.chdir(tmp_path)
    names: dict[str, Any] = {}

    exec(test, names)

    names["test_masks_digits"]()


def test_the_messy_file_of_the_readme_is_the_bundled_one() -> None:
    assert text("examples/siparisler.csv") in text("README.md")


def test_the_javascript_of_the_readme_parses(tmp_path: Path) -> None:
    node = shutil.which("node")
    if node is None:
        pytest.skip("Node is not installed")
    (code,) = code_blocks(text("README.md"), "js")
    (tmp_path / "watch.mjs").write_text(code)

    checked = subprocess.run(
        [node, "--check", tmp_path / "watch.mjs"], capture_output=True, text=True
    )

    assert checked.returncode == 0, checked.stderr
