"""From a messy file to a clean one, as an analyst would go, and what may go wrong."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.acceptance.server import Api
from tests.acceptance.tables import CLEAN, MESSY, PIPELINE
from tests.dashboard.conftest import Visit


def drop(page: Page, content: bytes, name: str) -> None:
    page.get_by_label("Choose files").set_input_files(
        {"name": name, "mimeType": "text/csv", "buffer": content}
    )


def download(page: Page, words: str) -> tuple[str, bytes]:
    """The name and the content of what a button downloads."""
    with page.expect_download() as waiting:
        page.get_by_role("button", name=words).click()
    return waiting.value.suggested_filename, Path(waiting.value.path()).read_bytes()


def step_names(page: Page) -> list[str]:
    return page.locator(".step-name strong").all_inner_texts()


def test_the_whole_journey(visit: Visit, api: Api) -> None:
    page = visit(api)
    drop(page, MESSY, "müşteriler.csv")

    expect(page.get_by_role("heading", level=1)).to_have_text("müşteriler.csv")
    facts = dict(
        zip(
            page.locator(".fact dt").all_inner_texts(),
            page.locator(".fact dd").all_inner_texts(),
            strict=True,
        )
    )
    assert facts["Encoding"].lower() == "utf-8"
    assert (facts["Separator"], facts["Header"]) == ("Semicolon", "First line")
    assert (facts["Rows"], facts["Columns"], facts["Set aside"]) == ("4", "4", "1")
    expect(page.get_by_text("Müşteri Adı", exact=True)).to_be_visible()

    expect(page.locator(".step")).to_have_count(6)
    page.get_by_role("button", name="Handle missing", exact=True).click()
    page.get_by_label("Words that mean missing", exact=True).select_option("A list of your own")
    page.get_by_label("Add to: Words that mean missing").fill("N/A")
    page.get_by_role("button", name="Add", exact=True).click()
    page.get_by_role("button", name="Clean this file").click()

    expect(page.locator(".progress-card .badge")).to_have_text("Completed")
    counts = page.locator(".count dd")
    expect(counts.nth(0)).to_have_text("3")
    expect(counts.nth(1)).to_have_text("1")
    expect(counts.nth(2)).to_have_text("1")
    expect(page.locator(".rejects td")).to_have_text(
        ["5", "expected 4 fields, found 5", "bad line;with;too;many;fields"]
    )
    trimmed = page.locator(".rows > li", has_text="Trim").first
    trimmed.locator("summary").click()
    expect(trimmed.locator(".cell-before").first).to_contain_text("Ayşe Yılmaz")
    expect(trimmed.locator(".cell-before .cell-mark").first).to_have_text("··")

    name, content = download(page, "Download CSV")
    assert (name, content.decode()) == ("müşteriler.clean.csv", CLEAN)
    assert download(page, "Excel")[1].startswith(b"PK")
    assert download(page, "Parquet")[1].startswith(b"PAR1")
    assert json.loads(download(page, "JSON Lines")[1].splitlines()[0])["tutar"] == 1988.39
    (reject,) = csv.DictReader(io.StringIO(download(page, "row set aside")[1].decode()))
    assert reject["raw"] == "bad line;with;too;many;fields"
    assert json.loads(download(page, "Report")[1])["rows_out"] == 3

    page.get_by_role("link", name="Jobs", exact=True).first.click()
    expect(page.get_by_role("link", name="müşteriler.csv")).to_contain_text("Completed")


def test_a_file_that_is_no_table_is_refused_in_words(visit: Visit, api: Api) -> None:
    page = visit(api, expected=(415, 422))

    drop(page, bytes(range(256)) * 40, "picture.csv")

    expect(page.get_by_role("alert")).to_contain_text("not text")
    page.get_by_role("button", name="Take picture.csv off the list").click()
    expect(page.get_by_role("alert")).to_have_count(0)


def test_several_files_at_once_are_listed(visit: Visit, api: Api) -> None:
    page = visit(api)

    page.get_by_label("Choose files").set_input_files(
        [{"name": f"{n}.csv", "mimeType": "text/csv", "buffer": MESSY} for n in (1, 2)]
    )

    for name in ("1.csv", "2.csv"):
        expect(page.locator(".row-link", has_text=name)).to_contain_text("4 rows · 4 columns")


def test_an_upload_can_be_cancelled(visit: Visit, api: Api) -> None:
    page = visit(api)
    slow = page.context.new_cdp_session(page)
    slow.send("Network.enable")
    slow.send(
        "Network.emulateNetworkConditions",
        {
            "offline": False,
            "latency": 0,
            "downloadThroughput": -1,
            "uploadThroughput": 50_000,
        },
    )

    drop(page, b"a,b\n" + b"1,2\n" * 200_000, "slow.csv")
    page.get_by_role("button", name="Cancel slow.csv").click()

    expect(page.locator(".transfer")).to_have_count(0)
    assert api.get("/v1/db/uploads").json()["total_uploads"] == 0


def test_steps_are_ordered_switched_and_restored_by_keyboard(visit: Visit, api: Api) -> None:
    page = visit(api, f"#/files/{api.upload(MESSY)}")
    expect(page.locator(".step")).to_have_count(6)
    before = step_names(page)

    page.locator(".grip").first.focus()
    page.keyboard.press("ArrowDown")

    moved = [before[1], before[0], *before[2:]]
    expect(page.locator(".step-name strong")).to_have_text(moved)
    expect(page.locator(".grip").nth(1)).to_be_focused()
    page.keyboard.press("Control+z")
    expect(page.locator(".step-name strong")).to_have_text(before)
    page.keyboard.press("Control+Shift+z")
    expect(page.locator(".step-name strong")).to_have_text(moved)
    page.get_by_role("switch").first.press("Space")
    expect(page.get_by_text("5 steps")).to_be_visible()


def test_steps_are_ordered_by_drag(visit: Visit, api: Api) -> None:
    # Without motion a row is in its place at once, wherever the pointer goes on to.
    page = visit(api, f"#/files/{api.upload(MESSY)}", reduced_motion="reduce")
    expect(page.locator(".step")).to_have_count(6)
    before = step_names(page)

    page.wait_for_function("() => 'Sortable' in window")
    page.locator(".grip").first.hover()
    page.mouse.down()
    last = page.locator(".step").nth(2).bounding_box()
    assert last is not None
    page.mouse.move(last["x"] + 20, last["y"] + last["height"] - 5, steps=30)
    page.mouse.up()

    moved = [before[1], before[2], before[0], *before[3:]]
    expect(page.locator(".step-name strong")).to_have_text(moved)


def test_steps_outlast_a_reload(visit: Visit, api: Api) -> None:
    page = visit(api, f"#/files/{api.upload(MESSY)}")
    page.locator(".step").first.get_by_role("button", name="Remove").click()
    expect(page.locator(".step")).to_have_count(5)

    page.reload()

    expect(page.locator(".step")).to_have_count(5)


def test_a_refused_setting_is_marked_at_its_field(visit: Visit, api: Api) -> None:
    page = visit(api, f"#/files/{api.upload(MESSY)}", expected=(422,))
    step = page.locator(".step", has_text="Convert types")
    step.get_by_role("button", name="Convert types", exact=True).click()
    step.get_by_label("Share of numbers that makes a number column").fill("5")

    page.get_by_role("button", name="Clean this file").click()

    expect(step.locator(".param .field-fault")).to_contain_text("1")
    expect(page.get_by_role("alert")).to_be_visible()


def test_a_job_is_run_again_as_a_new_one(visit: Visit, api: Api) -> None:
    first = api.submit(api.upload(MESSY), *PIPELINE)
    api.ended(first["id"])
    page = visit(api, f"#/jobs/{first['id']}")

    page.get_by_role("button", name="Run again").click()

    page.wait_for_url(lambda url: first["id"] not in url)
    expect(page.locator(".progress-card .badge")).to_have_text("Completed")
    assert api.get("/v1/queue/jobs").json()["total_jobs"] == 2


def test_an_unknown_job_is_told_in_words(visit: Visit, api: Api) -> None:
    unknown = "00000000-0000-4000-8000-000000000000"

    page = visit(api, f"#/jobs/{unknown}", expected=(404,))

    expect(page.get_by_role("alert")).to_contain_text("There is no job")


def test_the_snippets_do_what_the_job_did(visit: Visit, api: Api) -> None:
    job = api.submit(api.upload(MESSY, "it's.csv"), *PIPELINE)
    api.ended(job["id"])
    page = visit(api, f"#/jobs/{job['id']}")

    page.get_by_role("heading", name="Automate it").click()

    python = page.locator(".snippet code").nth(1).inner_text()
    assert '"it\'s.csv"' in python
    assert '{"key": "handle_missing", "params": {"tokens": ["N/A"]}}' in python
    compile(python, "snippet", "exec")
    assert api.key not in page.content()


def test_a_module_with_a_list_of_pairs_is_set_up(visit: Visit, api: Api) -> None:
    page = visit(api, f"#/files/{api.upload(MESSY)}")
    for left in reversed(range(6)):
        page.locator(".step").first.get_by_role("button", name="Remove").click()
        expect(page.locator(".step")).to_have_count(left)
    expect(page.get_by_text("No steps yet")).to_be_visible()
    page.get_by_text("Add a step").click()
    page.get_by_role("button", name="Rename columns").click()

    page.get_by_role("button", name="Rename columns", exact=True).click()
    page.get_by_label("New names, row 1: from").fill("Tutar")
    page.get_by_label("New names, row 1: to").fill("amount")
    page.get_by_label("New names, row 1: to").press("Tab")
    expect(page.get_by_label("New names, row 2: from")).to_be_visible()
    page.get_by_role("button", name="Clean this file").click()

    expect(page.locator(".progress-card .badge")).to_have_text("Completed")
    header = download(page, "Download CSV")[1].decode().splitlines()[0]
    assert header == "Müşteri Adı,ŞEHİR,amount,Not"


def test_what_is_half_typed_stays_while_jobs_move(visit: Visit, api: Api) -> None:
    upload_id = api.upload(MESSY)
    page = visit(api, f"#/files/{upload_id}")
    page.get_by_role("button", name="Convert types", exact=True).click()
    page.get_by_label("Add to: Ignore around numbers").fill("EU")
    field = page.get_by_label("Share of numbers that makes a number column")
    field.fill("0.9")

    api.ended(api.submit(upload_id, *PIPELINE)["id"])
    page.wait_for_function(
        "async () => { await new Promise(requestAnimationFrame); return 1; }"
    )
    page.get_by_role("button", name="Trim spaces", exact=True).hover()

    expect(field).to_have_value("0.9")
    expect(page.get_by_label("Add to: Ignore around numbers")).to_have_value("EU")


def test_the_steps_of_a_job_are_changed(visit: Visit, api: Api) -> None:
    job = api.submit(
        api.upload(MESSY),
        "standardize_headers",
        {"key": "trim_spaces", "params": {"columns": ["ŞEHİR"]}},
    )
    api.ended(job["id"])
    page = visit(api, f"#/jobs/{job['id']}")

    page.get_by_role("button", name="Change the steps").click()

    expect(page.locator(".step-name strong")).to_have_text(
        ["Standardize headers", "Trim spaces"]
    )
    expect(page.locator(".step", has_text="Trim spaces")).to_contain_text("1 setting changed")
    page.get_by_role("button", name="Trim spaces 1 setting changed").click()
    expect(page.get_by_label("sehir")).to_be_checked()
    page.get_by_role("button", name="Clean this file").click()
    expect(page.locator(".progress-card .badge")).to_have_text("Completed")


def test_conditions_are_put_together_without_a_word_of_json(visit: Visit, api: Api) -> None:
    page = visit(api, f"#/files/{api.upload(MESSY)}")
    page.get_by_text("Add a step").click()
    page.get_by_role("button", name="Filter rows").click()
    step = page.locator(".step", has_text="Filter rows")
    step.get_by_role("button", name="Filter rows", exact=True).click()

    step.get_by_role("button", name="Add to: Conditions").click()
    step.get_by_label("Column", exact=True).select_option("ŞEHİR")
    step.get_by_label("Test").select_option("equals")
    step.get_by_label("Value", exact=True).fill("Ankara")
    page.get_by_role("button", name="Clean this file").click()

    expect(page.locator(".progress-card .badge")).to_have_text("Completed")
    assert download(page, "Download CSV")[1].decode().splitlines()[1:] == [
        "Mehmet Öz,Ankara,12.50,"
    ]


def test_an_upload_that_found_no_server_is_sent_again(visit: Visit, api: Api) -> None:
    page = visit(api, away=True)
    page.context.set_offline(True)
    drop(page, MESSY, "table.csv")
    expect(page.get_by_role("alert")).to_contain_text("cannot be reached")

    page.context.set_offline(False)
    page.get_by_role("button", name="Try again").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("table.csv")


def test_steps_are_saved_as_a_recipe_and_loaded_again(visit: Visit, api: Api) -> None:
    upload_id = api.upload(MESSY, "monthly.csv")
    page = visit(api, f"#/files/{upload_id}")
    page.get_by_label("Use Convert types").press("Space")
    name, content = download(page, "Save the steps as a file")
    assert name == "monthly.recipe.json"
    keys = [module["key"] for module in json.loads(content)["modules"]]
    assert keys == [*PIPELINE[:4], "handle_missing"]

    other = visit(api, f"#/files/{upload_id}")
    expect(other.locator(".step")).to_have_count(6)
    loader = other.get_by_label("Load steps from a file")
    loader.set_input_files({"name": name, "mimeType": "application/json", "buffer": content})
    expect(other.locator(".step")).to_have_count(5)

    loader.set_input_files({"name": "x.json", "mimeType": "application/json", "buffer": b"[1]"})
    expect(other.get_by_role("alert")).to_contain_text("x.json is not a recipe")
    expect(other.locator(".step")).to_have_count(5)


def test_a_step_is_found_by_a_few_letters_and_added_by_keyboard(visit: Visit, api: Api) -> None:
    page = visit(api, f"#/files/{api.upload(MESSY)}")
    page.get_by_text("Add a step").focus()
    page.keyboard.press("Enter")

    page.keyboard.type("upper sentence")
    expect(page.locator(".adder .row-link")).to_have_count(1)
    page.keyboard.press("Enter")

    expect(page.locator(".step")).to_have_count(7)
    expect(page.get_by_role("button", name="Change case", exact=True)).to_be_focused()


@pytest.mark.parametrize("status", [200, 502])
def test_a_page_of_a_proxy_is_told_apart_from_an_answer(
    visit: Visit, api: Api, status: int
) -> None:
    api.ended(api.submit(api.upload(MESSY, "done.csv"), "trim_spaces")["id"])
    page = visit(api, expected=(502,))
    lists = "**/v1/queue/jobs?*"
    page.route(lists, lambda route: route.fulfill(status=status, body="<h1>Back soon</h1>"))
    page.goto(f"{api.url}/#/jobs")
    expect(page.get_by_role("alert")).to_contain_text(f"answered with status {status}")

    page.unroute(lists)
    page.get_by_role("button", name="Try again").click()

    expect(page.get_by_role("link", name="done.csv")).to_be_visible()
    expect(page.get_by_role("alert")).to_have_count(0)
