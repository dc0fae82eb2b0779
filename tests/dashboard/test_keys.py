"""Logging in, and being shown out."""

from __future__ import annotations

from playwright.sync_api import Browser, expect

from tests.acceptance.server import Api, Server
from tests.dashboard.conftest import Visit


def test_a_key_in_the_address_is_taken_out_at_once(visit: Visit, api: Api) -> None:
    page = visit(api)

    assert page.evaluate("location.href") == f"{api.url}/"
    assert page.evaluate("history.length") <= 2
    assert page.evaluate("sessionStorage.getItem('neatdata.key')") == api.key
    assert page.evaluate("localStorage.length") == 0
    assert api.key not in page.content()


def test_a_key_is_never_sent_in_an_address(visit: Visit, api: Api, browser: Browser) -> None:
    addresses: list[str] = []
    page = visit(api)
    page.on("request", lambda request: addresses.append(request.url))
    page.on("websocket", lambda socket: addresses.append(socket.url))

    page.reload()
    expect(page.get_by_text("Live")).to_be_visible()

    assert len(addresses) > 20
    assert [address for address in addresses if api.key in address] == []


def test_logging_in_with_the_form_and_out_again(browser: Browser, api: Api) -> None:
    page = browser.new_page(locale="en-US")
    page.goto(f"{api.url}/#/jobs")
    page.get_by_label("API key").fill(f"  {api.key} ")
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", level=1)).to_have_text("Jobs")
    page.get_by_role("button", name="Log out").click()

    expect(page.get_by_label("API key")).to_be_visible()
    assert page.evaluate("sessionStorage.length") == 0
    page.context.close()


def test_a_wrong_key_is_refused_in_the_servers_words(browser: Browser, server: Server) -> None:
    page = browser.new_page(locale="en-US")
    page.goto(server.url)

    page.get_by_label("API key").fill("nd_wrong")
    page.get_by_role("button", name="Log in").click()

    expect(page.get_by_role("alert")).to_contain_text("key")
    expect(page.get_by_label("API key")).to_be_visible()
    assert page.evaluate("sessionStorage.length") == 0
    page.context.close()


def test_a_revoked_key_is_shown_out_within_seconds(visit: Visit, server: Server) -> None:
    made = server.api().post("/v1/keys", json={"name": "brief", "scope": "write"}).json()
    page = visit(server.api(made["key"]), "#/jobs", expected=(401,))
    expect(page.get_by_text("Live")).to_be_visible()

    server.flask("keys", "revoke", made["key"].split("_")[1])

    expect(page.get_by_label("API key")).to_be_visible(timeout=15_000)
    expect(page.get_by_role("alert")).to_contain_text("revoked")
    assert page.evaluate("sessionStorage.length") == 0
