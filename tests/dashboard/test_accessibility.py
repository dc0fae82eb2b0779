"""What axe finds on each view, in both colour schemes, and narrow screens."""

from __future__ import annotations

import os
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.acceptance.server import ROOT, Api, Server
from tests.acceptance.tables import MESSY, PIPELINE
from tests.dashboard.conftest import Visit

AXE = ROOT / "tests/js/node_modules/axe-core/axe.min.js"


@pytest.fixture(scope="session")
def axe() -> str:
    if not AXE.is_file():
        reason = "axe-core is needed: install Node, then `make setup`"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    return AXE.read_text()


def violations(page: Page, axe: str) -> list[str]:
    """What axe has to say of the page as it stands, one line per element."""
    # Colours are only final when nothing fades any more.
    page.wait_for_function(
        "() => document.getAnimations().every((one) => one.playState !== 'running')"
    )
    page.evaluate(axe)
    found: list[dict[str, Any]] = page.evaluate("async () => (await axe.run()).violations")
    return [
        f"{one['id']}: {node['html'][:120]} ({node['failureSummary']})"
        for one in found
        for node in one["nodes"]
    ]


def open_all(page: Page) -> None:
    closed = page.locator("details:not([open]) > summary")
    while closed.count() > 0:
        closed.first.click()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_view_has_a_fault(visit: Visit, api: Api, axe: str, scheme: str) -> None:
    upload_id = api.upload(MESSY)
    job = api.submit(upload_id, *PIPELINE)
    api.ended(job["id"])
    page = visit(api, color_scheme=scheme)
    expect(page.get_by_text("4 rows")).to_be_visible()
    assert violations(page, axe) == []

    page.goto(f"{api.url}/#/files/{upload_id}")
    for index in range(6):
        page.locator(".step-name").nth(index).click()
        page.locator(".step-body").wait_for()
        assert violations(page, axe) == []
    open_all(page)
    assert violations(page, axe) == []
    page.get_by_role("button", name="Suggest steps").click()
    page.locator(".suggest-body", has_text="Nothing to suggest").wait_for()
    assert violations(page, axe) == []
    page.get_by_role("button", name="Filter rows").click()
    page.locator(".step", has_text="Filter rows").locator(".step-name").click()
    page.get_by_role("button", name="Add to: Conditions").click()
    page.locator(".record").wait_for()
    assert violations(page, axe) == []

    page.goto(f"{api.url}/#/jobs/{job['id']}")
    page.locator(".counts").wait_for()
    open_all(page)
    assert violations(page, axe) == []

    page.goto(f"{api.url}/#/jobs")
    page.locator(".job-row").wait_for()
    assert violations(page, axe) == []

    page.get_by_role("button", name="Log out").click()
    page.get_by_label("API key").wait_for()
    assert violations(page, axe) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_suggestions_have_no_fault(visit: Visit, api: Api, axe: str, scheme: str) -> None:
    page = visit(api, f"#/files/{api.upload(MESSY)}", color_scheme=scheme)
    for _ in range(6):
        page.locator(".step").first.get_by_role("button", name="Remove").click()
    page.get_by_role("button", name="Suggest steps").click()
    page.get_by_role("button", name="Add the suggested step").first.click()
    page.get_by_role("button", name="Added").wait_for()
    page.get_by_role("button", name="After the steps").click()
    page.get_by_text("A sample").wait_for()

    assert violations(page, axe) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_keys_have_no_fault(visit: Visit, server: Server, axe: str, scheme: str) -> None:
    page = visit(server.api(), "#/keys", color_scheme=scheme)
    page.get_by_label("Name").fill("someone")
    page.get_by_role("button", name="Make a key").click()
    page.locator(".issued").wait_for()
    page.get_by_label("Revoke someone").first.click()

    assert violations(page, axe) == []


def test_a_refusal_is_shown_without_a_fault(visit: Visit, api: Api, axe: str) -> None:
    page = visit(api, expected=(415, 422))

    page.get_by_label("Choose files").set_input_files(
        {"name": "empty.csv", "mimeType": "text/csv", "buffer": b""}
    )

    expect(page.get_by_role("alert")).to_be_visible()
    assert violations(page, axe) == []


@pytest.mark.parametrize("locale", ["en-US", "tr-TR"])
@pytest.mark.parametrize("width", [360, 3840])
def test_no_view_is_wider_than_the_screen(
    visit: Visit, api: Api, width: int, locale: str
) -> None:
    upload_id = api.upload(MESSY, f"{'long name ' * 15}.csv")
    job = api.submit(upload_id, *PIPELINE)
    api.ended(job["id"])
    page = visit(api, expected=(403,), locale=locale, viewport={"width": width, "height": 800})

    for view, element in (
        ("#/", ".row-link"),
        (f"#/files/{upload_id}", ".step"),
        (f"#/jobs/{job['id']}", ".counts"),
        ("#/jobs", ".job-row"),
        ("#/keys", "[role=alert]"),
    ):
        page.goto(f"{api.url}/{view}")
        page.locator(element).first.wait_for()
        assert page.evaluate("document.scrollingElement.scrollWidth") <= width, view
