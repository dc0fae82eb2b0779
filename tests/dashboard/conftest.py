"""A server, a Chromium, and pages that must stay without errors."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, expect, sync_playwright

from tests.acceptance.server import Api, Server

#: Debian's Chromium as it is: it may run as root, and phones nobody.
CHROMIUM_ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)

#: A busy machine may be slow; what is waited for comes in milliseconds elsewhere.
expect.set_options(timeout=20_000)

Visit = Callable[..., Page]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Missing it is a failure in CI and a clear skip elsewhere."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        reason = "Chromium is needed: install the package chromium"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(
            executable_path=chromium, args=list(CHROMIUM_ARGUMENTS)
        )
        yield launched
        launched.close()


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    running = Server(tmp_path_factory.mktemp("dashboard"), "eventlet").start()
    yield running
    running.stop()


@pytest.fixture
def own_server(tmp_path: Path) -> Iterator[Server]:
    """A server for a test that kills it."""
    running = Server(tmp_path / "instance", "eventlet").start()
    yield running
    if running.process.poll() is None:
        running.kill()


@pytest.fixture
def api(server: Server) -> Api:
    """Calls with a fresh key that owns nothing yet."""
    answer = server.api().post("/v1/keys", json={"name": "someone", "scope": "write"})
    return server.api(answer.json()["key"])


@pytest.fixture
def visit(browser: Browser) -> Iterator[Visit]:
    """`visit(api, "#/jobs")`: a page in a context of its own, logged in with the key of `api`.

    Options are the context's. Afterwards no page may have had an error in its console, but for
    answers with the statuses in `expected`, with `away` for a server that was not there, and
    with `blocked` for what the policy stopped.
    """
    errors: list[str] = []
    contexts = []

    def open_page(
        api: Api,
        fragment: str = "",
        *,
        expected: tuple[int, ...] = (),
        away: bool = False,
        blocked: bool = False,
        **options: object,
    ) -> Page:
        foreseen = [f"status of {status}" for status in expected]
        if away:
            foreseen += ["net::ERR_", "WebSocket connection"]
        if blocked:
            foreseen.append("requires 'Trusted")
        context = browser.new_context(**{"locale": "en-US", **options})
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", lambda message: note(message, foreseen))
        page.goto(f"{api.url}/#key={api.key}")
        page.get_by_role("navigation").wait_for()
        if fragment:
            page.goto(f"{api.url}/{fragment}")
        return page

    def note(message: ConsoleMessage, foreseen: list[str]) -> None:
        if message.type not in ("error", "warning"):
            return
        if not any(words in message.text for words in foreseen):
            errors.append(message.text)

    yield open_page
    for context in contexts:
        context.close()
    assert errors == []
