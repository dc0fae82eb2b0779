"""Steps that the data itself asks for, taken into the list."""

from __future__ import annotations

import requests
from playwright.sync_api import Page, expect

from tests.acceptance.server import Api
from tests.acceptance.tables import MESSY
from tests.dashboard.conftest import Visit

NO_STEPS = {"name": "none.json", "mimeType": "application/json", "buffer": b'{"modules": []}'}


def without_steps(page: Page) -> None:
    page.get_by_label("Load steps from a file").set_input_files(NO_STEPS)
    expect(page.locator(".step")).to_have_count(0)


def test_steps_are_suggested_with_reasons_and_taken(visit: Visit, api: Api) -> None:
    upload_id = api.upload(MESSY)
    answer = api.post("/v1/pipeline/suggest", json={"upload_id": upload_id}).json()
    page = visit(api, f"#/files/{upload_id}")
    without_steps(page)
    ask = page.get_by_role("button", name="Suggest steps")

    ask.click()

    proposals = page.locator(".suggest-body .rows > li")
    expect(proposals).to_have_count(3)
    for place, step in enumerate(answer["steps"]):
        expect(proposals.nth(place)).to_contain_text(step["reason"])
        count = step["cells_changed"]
        cells = "1 cell would change" if count == 1 else f"{count} cells would change"
        expect(proposals.nth(place)).to_contain_text(cells)
    page.get_by_role("button", name="Add the suggested step Trim spaces").click()
    expect(page.locator(".step-name strong")).to_have_text(["Trim spaces"])
    expect(proposals.first.get_by_role("button")).to_be_disabled()
    page.get_by_role("button", name="Undo").click()
    expect(page.locator(".step")).to_have_count(0)

    page.get_by_role("button", name="Add all 3").click()
    names = ["Trim spaces", "Handle missing", "Convert types"]
    expect(page.locator(".step-name strong")).to_have_text(names)
    page.get_by_role("button", name="Undo").click()
    expect(page.locator(".step")).to_have_count(0)
    page.get_by_role("button", name="Redo").click()
    expect(page.locator(".step-name strong")).to_have_text(names)
    ask.click()
    expect(page.locator(".suggest-body")).to_contain_text("Nothing to suggest")

    page.get_by_label("Use Trim spaces").press("Space")
    expect(page.locator(".suggest-body")).to_contain_text("The steps have changed since")
    page.get_by_label("Use Trim spaces").press("Space")
    page.get_by_role("button", name="Clean this file").click()
    expect(page.locator(".progress-card .badge")).to_have_text("Completed")


def test_what_keeps_suggestions_away_is_told_in_words(visit: Visit, api: Api) -> None:
    upload_id = api.upload(MESSY)
    page = visit(api, f"#/files/{upload_id}", expected=(422,))
    expect(page.locator(".step")).to_have_count(6)
    url = f"{api.url}/v1/db/uploads/{upload_id}"
    assert requests.delete(url, headers={"X-API-Key": api.key}, timeout=30).ok

    page.get_by_role("button", name="Suggest steps").click()

    expect(page.locator(".suggest-body").get_by_role("alert")).to_contain_text(
        f"There is no upload {upload_id}"
    )
