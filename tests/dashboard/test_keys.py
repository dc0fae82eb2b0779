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


def test_an_admin_makes_a_key_sees_it_once_renews_and_ends_it(
    visit: Visit, server: Server
) -> None:
    page = visit(server.api(), "#/keys")
    page.get_by_label("Name").fill("Monthly report")
    page.get_by_label("May").select_option("read")
    page.get_by_label("Expires").select_option("In 90 days")
    page.get_by_role("button", name="Make a key").click()

    shown = page.locator(".key-text")
    first = shown.inner_text()
    assert server.api(first).get("/v1/queue/stats").ok
    assert server.api(first).post("/v1/queue/submit", json={}).status_code == 403
    row = page.locator(".key-row", has_text="Monthly report")
    expect(row).to_contain_text("Expires")

    row.get_by_label("New secret for Monthly report").click()
    page.get_by_role("button", name="Make a new secret").click()
    expect(shown).not_to_have_text(first)
    second = shown.inner_text()
    assert server.api(first).get("/v1/queue/stats").ok, "the old one opens for a while"
    assert server.api(second).get("/v1/queue/stats").ok

    page.get_by_role("link", name="Jobs").click()
    page.get_by_role("link", name="Keys").click()
    expect(row).to_be_visible()
    assert second not in page.content(), "shown once"

    row.get_by_label("Revoke Monthly report").click()
    page.get_by_role("button", name="Revoke it").click()
    expect(row).to_contain_text("Revoked")
    assert server.api(second).get("/v1/queue/stats").status_code == 401


def test_a_key_that_may_only_read_sees_what_it_may(visit: Visit, server: Server) -> None:
    made = server.api().post("/v1/keys", json={"name": "reader", "scope": "read"}).json()

    page = visit(server.api(made["key"]), "#/jobs")

    expect(page.get_by_text("No jobs yet")).to_be_visible()
    expect(page.get_by_text("Live")).to_be_visible()


def test_keys_are_for_admins(visit: Visit, api: Api) -> None:
    page = visit(api, "#/keys", expected=(403,))

    expect(page.get_by_role("alert")).to_contain_text("admin")
    expect(page.get_by_role("button", name="Make a key")).to_have_count(0)
