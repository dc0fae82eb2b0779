"""Looking into a file: the table, its reading, and being rid of it."""

from __future__ import annotations

import io

import xlsxwriter
from playwright.sync_api import Page, expect

from tests.acceptance.server import Api
from tests.acceptance.tables import MESSY, PIPELINE, large
from tests.dashboard.conftest import Visit

#: A column of notes that are full of commas makes the semicolon the likelier separator.
DOUBTFUL = b"name;note\nAda;a,b\nBob;c,d\nEve;e,f\n"
#: One row more than a preview looks at.
TALL = b"n\n" + b"".join(b"%d\n" % n for n in range(200_001))
#: What a list of steps begins with.
USUAL = [*PIPELINE[:4], "handle_missing", "convert_types"]


def cells(page: Page, row: int) -> list[str]:
    return page.locator(".sample tbody tr").nth(row).locator("td").all_inner_texts()


def shown(page: Page) -> list[list[str | None]]:
    """The cells of the sample as they are: marks for spaces taken back, empty ones None."""
    rows: list[list[str | None]] = page.locator(".sample tbody tr").evaluate_all(
        """rows => rows.map(row => [...row.cells].map(cell =>
          cell.querySelector(".cell-empty") ? null : cell.textContent.replaceAll("·", " ")))"""
    )
    return rows


def fact(page: Page, name: str) -> str:
    return page.locator(".fact", has_text=name).locator("dd").inner_text()


def test_the_table_is_shown_as_it_is_and_as_the_steps_make_it(visit: Visit, api: Api) -> None:
    page = visit(api, f"#/files/{api.upload(MESSY)}")
    expect(page.locator(".sample tbody tr")).to_have_count(4)
    assert cells(page, 0) == ["··Ayşe Yılmaz·", "İstanbul", "1.988,39", "“acele”"]

    page.get_by_role("button", name="After the steps").click()

    expect(page.locator(".sample tbody tr")).to_have_count(3)
    assert cells(page, 0) == ["Ayşe Yılmaz", "İstanbul", "1988.39", '"acele"']
    page.get_by_label("Use Trim spaces").press("Space")
    expect(page.locator(".sample tbody td").first).to_have_text("··Ayşe Yılmaz·")
    assert api.get("/v1/queue/jobs").json()["total_jobs"] == 0, "a look makes no job"


def test_a_large_table_is_shown_by_a_sample_just_as_the_server_has_it(
    visit: Visit, api: Api
) -> None:
    upload_id = api.upload(large(20_000))
    page = visit(api, f"#/files/{upload_id}")
    foot = page.locator(".sample-foot")
    expect(foot).to_have_text("The first 50 of 20,000 rows")
    rows = api.get(f"/v1/db/uploads/{upload_id}/rows?limit=50").json()["rows"]
    assert shown(page) == rows

    page.get_by_role("button", name="After the steps").click()

    expect(foot).to_contain_text("A sample")
    preview = api.post(
        "/v1/pipeline/preview", json={"upload_id": upload_id, "modules": USUAL}
    ).json()
    kept = [list(row["after"].values()) for row in preview["rows"] if row["after"] is not None]
    assert shown(page) == kept
    expect(foot).to_contain_text(f"{len(kept)} of the {preview['rows_out']:,} rows")
    expect(page.locator(".sample thead th")).to_have_text(preview["columns_after"])
    assert api.get("/v1/queue/jobs").json()["total_jobs"] == 0, "a look makes no job"


def test_a_sample_that_learned_from_an_excerpt_says_so(visit: Visit, api: Api) -> None:
    page = visit(api, f"#/files/{api.upload(TALL)}")

    page.get_by_role("button", name="After the steps").click()

    expect(page.locator(".sample-foot")).to_contain_text("of the first 200,000")
    expect(page.locator(".notice-warn")).to_contain_text("a job over all rows may decide")


def test_a_file_is_read_in_another_way(visit: Visit, api: Api) -> None:
    page = visit(api)
    page.get_by_label("Choose files").set_input_files(
        {"name": "notes.csv", "mimeType": "text/csv", "buffer": DOUBTFUL}
    )
    expect(page.locator(".sample thead th")).to_have_text(["name", "note"])
    page.locator(".step").first.get_by_role("button", name="Remove").click()
    first = page.url

    page.get_by_text("Read it differently").click()
    page.get_by_label("Separator").select_option("Comma")
    page.get_by_label("Header").select_option("There is none")
    page.get_by_role("button", name="Read it again").click()

    page.wait_for_url(lambda url: url != first)
    expect(page.locator(".sample thead th")).to_have_text(["column_1", "column_2"])
    assert (fact(page, "Separator"), fact(page, "Header")) == ("Comma", "None found")
    expect(page.locator(".step")).to_have_count(5)
    page.go_back()
    expect(page.get_by_role("heading", level=1)).to_have_text("Clean a table")
    expect(page.locator(".row-link")).to_have_count(1)


def test_a_file_of_an_earlier_visit_is_chosen_again_to_be_read_otherwise(
    visit: Visit, api: Api
) -> None:
    upload_id = api.upload(DOUBTFUL, "notes.csv")
    api.ended(api.submit(upload_id, *PIPELINE)["id"])
    page = visit(api, f"#/files/{upload_id}")
    page.get_by_text("Read it differently").click()
    page.get_by_label("Lines above the table").fill("1")
    page.get_by_label("Choose notes.csv once more").set_input_files(
        {"name": "notes.csv", "mimeType": "text/csv", "buffer": DOUBTFUL}
    )

    page.get_by_role("button", name="Read it again").click()

    expect(page.locator(".sample thead th")).to_have_text(["Ada", "a,b"])
    assert api.get(f"/v1/db/uploads/{upload_id}").ok, "a reading that a job used stays"


def test_another_sheet_of_a_workbook_is_read(visit: Visit, api: Api) -> None:
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer) as workbook:
        for name in ("first", "second"):
            workbook.add_worksheet(name).write_column(0, 0, [f"of {name}", "1", "2"])
    page = visit(api)
    page.get_by_label("Choose files").set_input_files(
        {"name": "book.xlsx", "mimeType": "application/x", "buffer": buffer.getvalue()}
    )
    expect(page.locator(".sample thead th")).to_have_text(["of first"])

    page.get_by_text("Read it differently").click()
    page.get_by_label("Sheet").select_option("second")
    page.get_by_role("button", name="Read it again").click()

    expect(page.locator(".sample thead th")).to_have_text(["of second"])


def test_a_file_that_needs_no_telling_is_not_asked_about(visit: Visit, api: Api) -> None:
    lines = b'{"name": "Ada", "year": 1815}\n{"name": "Bob", "year": null}\n'
    page = visit(api, f"#/files/{api.upload(lines, 'people.jsonl')}")

    expect(page.locator(".sample thead th")).to_have_text(["name", "year"])
    assert fact(page, "Format") == "jsonl"
    expect(page.get_by_text("Read it differently")).to_have_count(0)


def test_a_reading_that_cannot_be_is_refused_and_the_first_one_stays(
    visit: Visit, api: Api
) -> None:
    page = visit(api, expected=(422,))
    page.get_by_label("Choose files").set_input_files(
        {"name": "notes.csv", "mimeType": "text/csv", "buffer": DOUBTFUL}
    )
    page.get_by_text("Read it differently").click()
    page.get_by_label("Encoding").fill("klingon-8")

    page.get_by_role("button", name="Read it again").click()

    expect(page.get_by_role("alert")).to_contain_text("klingon-8")
    expect(page.locator(".sample thead th")).to_have_text(["name", "note"])


def test_a_file_is_deleted_after_a_question(visit: Visit, api: Api) -> None:
    upload_id = api.upload(MESSY)
    api.ended(api.submit(upload_id, "trim_spaces")["id"])
    page = visit(api, "#/jobs")
    expect(page.locator(".job-row")).to_have_count(1)
    page.goto(f"{api.url}/#/files/{upload_id}")

    page.locator(".removal summary").click()
    page.get_by_role("button", name="Delete it all").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Clean a table")
    expect(page.locator(".row-link")).to_have_count(0)
    page.get_by_role("link", name="Jobs").click()
    expect(page.get_by_text("No jobs yet")).to_be_visible()
    assert api.get(f"/v1/db/uploads/{upload_id}").status_code == 404
