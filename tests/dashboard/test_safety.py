"""What is in a file never runs, and the page could not run it if it tried."""

from __future__ import annotations

import pytest
import requests
from playwright.sync_api import Error, expect

from tests.acceptance.server import Api, Server
from tests.dashboard.conftest import Visit

ATTACK = '<img src=x onerror="window.hacked=1">'
TABLE = (
    f"<script>window.hacked=2</script>,{ATTACK.replace(',', '')}\n"
    f'" {ATTACK.replace(chr(34), chr(39))} ",<b>x</b> \n'
    f"too,many,{ATTACK}\n"
).encode()


def test_html_in_a_file_is_shown_as_text_everywhere(visit: Visit, api: Api) -> None:
    upload_id = api.upload(TABLE, f"{ATTACK}.csv")
    name = api.get(f"/v1/db/uploads/{upload_id}").json()["data"]["filename"]
    assert "<img" in name
    job = api.submit(upload_id, "trim_spaces")
    api.ended(job["id"])
    page = visit(api)

    for view in ("#/", f"#/files/{upload_id}", "#/jobs", f"#/jobs/{job['id']}"):
        page.goto(f"{api.url}/{view}")
        expect(page.get_by_text(name).first).to_be_visible()
    page.locator(".module-head").first.click()
    page.get_by_role("heading", name="Automate it").click()

    expect(page.locator(".rejects")).to_contain_text(ATTACK)
    expect(page.locator(".cell-before").first).to_contain_text("<img src=x")
    assert page.evaluate("window.hacked") is None
    assert page.locator("#app img, #app script, #app b").count() == 0


def test_the_page_allows_nothing_inline_and_nothing_from_elsewhere(server: Server) -> None:
    answer = requests.get(server.url, headers={"Accept": "text/html"}, timeout=10)

    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_markup_from_text_is_blocked_by_the_policy(visit: Visit, api: Api) -> None:
    page = visit(api, blocked=True)

    with pytest.raises(Error, match="TrustedHTML"):
        page.evaluate("document.body.innerHTML = '<i>x</i>'")
    with pytest.raises(Error, match="TrustedScript"):
        page.evaluate("document.createElement('script').textContent = 'window.hacked = 3'")
