"""Bars that move by themselves, and what happens to them when something breaks."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.acceptance.server import Api, Server
from tests.acceptance.tables import MESSY, PIPELINE, large
from tests.dashboard.conftest import Visit

#: Whatever a bar has shown since the page was opened: [[value, status], ...].
RECORD_BARS = """() => {
  window.bars = [];
  const look = () => {
    const bar = document.querySelector(".progress-card .bar");
    if (bar) window.bars.push([bar.value, bar.className]);
    requestAnimationFrame(look);
  };
  look();
}"""
LAYOUT_SHIFTS = """() => {
  window.shifts = 0;
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) window.shifts += entry.value;
  }).observe({ type: "layout-shift" });
}"""


@pytest.fixture(scope="module")
def table() -> bytes:
    return large(300_000)


def is_between(page: Page) -> None:
    """Wait until the bar stands somewhere on the way."""
    page.wait_for_function(
        "() => { const b = document.querySelector('.progress-card .bar');"
        " return b && b.value > 0 && b.value < 100; }"
    )


def shows_completed(page: Page) -> None:
    expect(page.locator(".progress-card .badge")).to_have_text("Completed", timeout=60_000)
    expect(page.locator(".count dd").first).to_be_visible()


def test_two_browsers_watch_one_job(visit: Visit, api: Api, table: bytes) -> None:
    upload_id = api.upload(table)
    pages = [visit(api), visit(api)]
    job = api.submit(upload_id, *PIPELINE)

    for page in pages:
        page.goto(f"{api.url}/#/jobs/{job['id']}")
        page.evaluate(RECORD_BARS)
    for page in pages:
        shows_completed(page)

    for page in pages:
        values = [value for value, _ in page.evaluate("window.bars")]
        assert values == sorted(values), "a bar never goes back"
        assert values[-1] == 100
        assert len(set(values)) > 3, "it moved, and not in one leap"


def test_nothing_jumps_while_bars_move(visit: Visit, api: Api, table: bytes) -> None:
    upload_id = api.upload(table)
    page = visit(api, "#/jobs")
    job = api.submit(upload_id, *PIPELINE)
    page.goto(f"{api.url}/#/jobs/{job['id']}")
    is_between(page)

    page.evaluate(LAYOUT_SHIFTS)
    page.wait_for_function("() => document.querySelector('.progress-card .bar').value > 70")

    assert page.evaluate("window.shifts") < 0.01


def test_a_reload_in_the_middle_leaves_it_correct(visit: Visit, api: Api, table: bytes) -> None:
    job = api.submit(api.upload(table), *PIPELINE)
    page = visit(api, f"#/jobs/{job['id']}")
    is_between(page)

    page.reload()

    shows_completed(page)


def test_a_restarted_server_is_waited_for_and_caught_up_with(
    visit: Visit, own_server: Server
) -> None:
    api = own_server.api()
    job = api.submit(api.upload(large(400_000)), *PIPELINE)
    # While the server is away the browser says so of each attempt to reach it.
    page = visit(api, f"#/jobs/{job['id']}", away=True)
    is_between(page)

    own_server.kill()
    expect(page.get_by_text("Reconnecting")).to_be_visible()
    own_server.start()

    expect(page.get_by_text("Live")).to_be_visible(timeout=30_000)
    shows_completed(page)
    expect(page.locator(".fact", has_text="Attempt")).to_contain_text("2")


def test_a_lost_network_is_caught_up_with(visit: Visit, api: Api, table: bytes) -> None:
    upload_id = api.upload(table)
    page = visit(api, "#/jobs", away=True)
    expect(page.get_by_text("Live")).to_be_visible()
    job = api.submit(upload_id, *PIPELINE)
    page.goto(f"{api.url}/#/jobs/{job['id']}")
    is_between(page)

    page.context.set_offline(True)
    # A socket that is merely silent is noticed by its pings; a closed one at once.
    page.evaluate("dispatchEvent(new Event('offline'))")
    expect(page.get_by_text("Reconnecting")).to_be_visible()
    api.ended(job["id"])
    page.context.set_offline(False)

    shows_completed(page)


def test_all_jobs_move_in_the_list(visit: Visit, api: Api, table: bytes) -> None:
    page = visit(api, "#/jobs")
    expect(page.get_by_text("No jobs yet")).to_be_visible()

    job = api.submit(api.upload(table, "moving.csv"), *PIPELINE)

    row = page.get_by_role("link", name="moving.csv")
    expect(row).to_contain_text("Cleaning")
    expect(row).to_contain_text("Completed", timeout=60_000)
    expect(page.get_by_role("button", name="Completed")).to_contain_text("1")
    api.ended(job["id"])


def test_a_filter_shows_only_such_jobs(visit: Visit, api: Api) -> None:
    api.ended(api.submit(api.upload(MESSY, "done.csv"), "trim_spaces")["id"])
    page = visit(api, "#/jobs")
    expect(page.get_by_role("link", name="done.csv")).to_be_visible()

    page.get_by_role("button", name="Failed").click()

    expect(page.get_by_role("link", name="done.csv")).to_have_count(0)
    expect(page.get_by_text("No jobs like that")).to_be_visible()


def test_a_running_job_is_cancelled(visit: Visit, api: Api, table: bytes) -> None:
    job = api.submit(api.upload(table), *PIPELINE)
    page = visit(api, f"#/jobs/{job['id']}")
    is_between(page)

    page.get_by_role("button", name="Cancel").click()

    expect(page.locator(".progress-card .badge")).to_have_text("Cancelled")
    expect(page.get_by_role("button", name="Run again")).to_be_visible()
    assert api.job(job["id"])["status"] == "cancelled"


def test_progress_is_said_to_screen_readers(visit: Visit, api: Api, table: bytes) -> None:
    job = api.submit(api.upload(table), *PIPELINE)

    page = visit(api, f"#/jobs/{job['id']}")

    status = page.locator("#app > [role=status]")
    expect(status).to_contain_text("The job is completed", timeout=60_000)
