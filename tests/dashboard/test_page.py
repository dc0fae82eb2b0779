"""The page's frame: languages, weight, caching; and that it answers only browsers."""

from __future__ import annotations

import re

import pytest
import requests
from playwright.sync_api import Browser, expect

from app.dashboard import LANGUAGES
from app.dashboard.files import STATIC
from tests.acceptance.server import ROOT, Api, Server
from tests.acceptance.tables import MESSY
from tests.dashboard.conftest import Visit

VENDORED = STATIC / "vendor"
PACKAGES = ROOT / "tests/js/node_modules"
#: Where the files of a vendored folder come from, inside its package.
SOURCES = {
    "socket.io-client/socket.io.esm.min.js": "socket.io-client/dist/socket.io.esm.min.js"
}


def test_a_browser_gets_the_page_and_a_program_the_description(server: Server) -> None:
    page = requests.get(server.url, headers={"Accept": "text/html,*/*;q=0.8"}, timeout=10)
    described = requests.get(server.url, timeout=10)

    assert page.headers["Content-Type"].startswith("text/html")
    assert described.json()["name"] == "NeatData"


@pytest.mark.parametrize(
    "asked, given",
    [
        pytest.param("tr-TR,tr;q=0.9,en;q=0.8", "tr", id="turkish"),
        pytest.param("de-DE,de;q=0.9,en;q=0.5", "en", id="german-then-english"),
        pytest.param("de", "en", id="none-of-ours"),
    ],
)
def test_the_language_is_the_browsers(server: Server, asked: str, given: str) -> None:
    headers = {"Accept": "text/html", "Accept-Language": asked}

    answer = requests.get(server.url, headers=headers, timeout=10)

    assert f'<html lang="{given}">' in answer.text
    assert "Accept-Language" in answer.headers["Vary"]


def test_every_language_has_every_word_and_no_other(browser: Browser, server: Server) -> None:
    page = browser.new_page(locale="en-US")
    page.goto(server.url)
    source = requests.get(server.url, headers={"Accept": "text/html"}, timeout=10).text
    found = re.search(r"/static/dashboard/\w+/", source)
    assert found is not None

    words = {
        language: set(
            page.evaluate(
                "async (url) => Object.keys((await import(url)).default)",
                f"{found[0]}i18n/{language}.js",
            )
        )
        for language in LANGUAGES
    }

    for language in LANGUAGES:
        assert words[language] == words["en"], language
    page.context.close()


def test_it_speaks_turkish(visit: Visit, api: Api) -> None:
    page = visit(api, f"#/files/{api.upload(MESSY)}", locale="tr-TR")

    expect(page.get_by_role("heading", name="Adımlar")).to_be_visible()
    expect(page.get_by_role("button", name="Bu dosyayı temizle")).to_be_visible()


def test_the_first_view_is_light_and_quick(visit: Visit, api: Api) -> None:
    page = visit(api)

    measured = page.evaluate(
        """() => {
          const all = performance.getEntriesByType("resource");
          const own = [...all, performance.getEntriesByType("navigation")[0]];
          return {
            bytes: own.reduce((sum, entry) => sum + entry.transferSize, 0),
            paint: performance.getEntriesByName("first-contentful-paint")[0].startTime,
          };
        }"""
    )

    assert measured["bytes"] < 150_000


def test_its_files_are_kept_for_good_under_the_version_and_not_under_another(
    server: Server,
) -> None:
    page = requests.get(server.url, headers={"Accept": "text/html"}, timeout=10).text
    found = re.search(r'src="(/static/dashboard/(\w+)/js/main.js)"', page)
    assert found is not None
    path, version = found.groups()

    now = requests.get(server.url + path, timeout=10)
    other = requests.get(server.url + path.replace(version, "0"), timeout=10)

    assert "immutable" in now.headers["Cache-Control"]
    assert other.headers["Cache-Control"] == "no-cache"
    assert other.content == now.content


def test_its_files_come_as_they_are_to_those_who_cannot_unpack(server: Server) -> None:
    url = f"{server.url}/static/dashboard/0/js/main.js"

    packed = requests.get(url, headers={"Accept-Encoding": "gzip"}, timeout=10)
    plain = requests.get(url, headers={"Accept-Encoding": "identity"}, timeout=10)

    assert packed.headers["Content-Encoding"] == "gzip"
    assert "Content-Encoding" not in plain.headers
    assert packed.content == plain.content == (STATIC / "js/main.js").read_bytes()


@pytest.mark.parametrize(
    "name", ["nothing.js", "../__init__.py", "js/%2e%2e/%2e%2e/__init__.py"]
)
def test_nothing_else_is_handed_out(server: Server, name: str) -> None:
    answer = requests.get(f"{server.url}/static/dashboard/0/{name}", timeout=10)

    assert answer.status_code == 404


def test_vendored_files_are_those_of_the_packages() -> None:
    if not PACKAGES.is_dir():
        pytest.skip("tests/js/node_modules is needed: install Node, then `make setup`")
    for path in sorted(VENDORED.rglob("*.*")):
        name = path.relative_to(VENDORED).as_posix()
        if path.parent != VENDORED:
            original = PACKAGES / SOURCES.get(name, name)
            assert path.read_bytes() == original.read_bytes(), name
