"""A look into a table before anything is done to it."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from app.services import Services, insights
from tests.http.conftest import Caller
from tests.http.factory import Factory

MESSY = (
    "İsim;Tutar;Not\n"
    + "".join(f" Ada {n} ;{n}.250,50;{'N/A' if n % 2 else 'tamam'}\n" for n in range(1, 6))
).encode()


@pytest.fixture
def upload_id(api: Caller) -> int:
    form = {"file": (io.BytesIO(MESSY), "messy.csv")}
    answer = api.post("/v1/upload/csv", data=form, content_type="multipart/form-data")
    found: int = answer.get_json()["upload_id"]
    return found


def test_rows_are_shown_as_they_stand(api: Caller, upload_id: int) -> None:
    first = api.get(f"/v1/db/uploads/{upload_id}/rows?limit=3")
    second = api.get(f"/v1/db/uploads/{upload_id}/rows?limit=3&offset=3").get_json()

    answer = first.get_json()
    assert answer["columns"] == ["İsim", "Tutar", "Not"]
    assert answer["rows"][0] == [" Ada 1 ", "1.250,50", "N/A"]
    assert (answer["records"], answer["total_rows"]) == ([1, 2, 3], 5)
    assert answer["next_offset"] == 3
    assert first.headers["Link"].endswith('rows?limit=3&offset=3>; rel="next"')
    assert (second["records"], second["next_offset"]) == ([4, 5], None)


def test_rows_behind_the_end_are_none(api: Caller, upload_id: int) -> None:
    answer = api.get(f"/v1/db/uploads/{upload_id}/rows?offset=99").get_json()

    assert (answer["rows"], answer["next_offset"]) == ([], None)


@pytest.mark.parametrize("query", ["limit=0", "limit=1001", "offset=-1", "page=2"])
def test_a_bad_page_is_refused(api: Caller, upload_id: int, query: str) -> None:
    assert api.get(f"/v1/db/uploads/{upload_id}/rows?{query}").status_code == 422


def test_a_profile_says_what_columns_hold(api: Caller, upload_id: int) -> None:
    answer = api.get(f"/v1/db/uploads/{upload_id}/profile")

    profile = answer.get_json()
    assert (profile["upload_id"], profile["rows"]) == (upload_id, 5)
    amount = profile["columns"][1]
    assert (amount["name"], amount["type"]) == ("Tutar", "number")
    assert (amount["min"], amount["max"]) == (1250.5, 5250.5)
    assert profile["columns"][2]["missing_tokens"] == {"N/A": 3}
    again = api.get(
        f"/v1/db/uploads/{upload_id}/profile", headers={"If-None-Match": answer.headers["ETag"]}
    )
    assert again.status_code == 304


@pytest.mark.parametrize("what", ["rows", "profile"])
def test_uploads_of_others_are_unknown(reader: Caller, upload_id: int, what: str) -> None:
    answer = reader.get(f"/v1/db/uploads/{upload_id}/{what}")

    assert (answer.status_code, answer.get_json()["code"]) == (404, "upload-not-found")


def test_suggestions_come_with_reasons_and_can_be_run(api: Caller, upload_id: int) -> None:
    answer = api.post("/v1/pipeline/suggest", json={"upload_id": upload_id}).get_json()

    assert [step["module"]["key"] for step in answer["steps"]] == [
        "trim_spaces",
        "handle_missing",
        "convert_types",
    ]
    assert answer["modules"] == [step["module"] for step in answer["steps"]]
    assert [step["cells_changed"] for step in answer["steps"]] == [5, 3, 5]
    assert answer["steps"][0]["reason"] == '5 cells of "İsim": blanks at the start or the end.'
    assert (answer["is_whole"], answer["rows_examined"]) == (True, 5)
    ran = api.post("/v1/pipeline/run", json={"upload_id": upload_id, "modules": ["auto"]})
    by_hand = {"upload_id": upload_id, "modules": answer["modules"]}
    assert (
        ran.get_json()["result_data"]
        == api.post("/v1/pipeline/run", json=by_hand).get_json()["result_data"]
    )


def test_a_clean_table_needs_nothing(api: Caller) -> None:
    table = {"data": {"name": ["Ada", "Bob"]}}

    answer = api.post("/v1/pipeline/suggest", json=table).get_json()

    assert (answer["steps"], answer["modules"]) == ([], [])


def test_suggestions_are_for_the_table_as_modules_leave_it(api: Caller, upload_id: int) -> None:
    body = {"upload_id": upload_id, "modules": ["trim_spaces", "standardize_headers"]}

    answer = api.post("/v1/pipeline/suggest", json=body).get_json()

    assert [step["module"]["params"]["columns"] for step in answer["steps"]] == [
        ["not"],
        ["tutar"],
    ]


def test_a_preview_shows_rows_before_and_after(api: Caller, upload_id: int) -> None:
    body = {"upload_id": upload_id, "modules": ["trim_spaces", "convert_types"]}

    answer = api.post("/v1/pipeline/preview", json=body).get_json()

    assert answer["is_sample"] is True
    assert answer["learned_from"] == "table"
    assert [module["cells_changed"] for module in answer["modules"]] == [5, 5]
    first = answer["rows"][0]
    assert first["before"] == {"İsim": " Ada 1 ", "Tutar": "1.250,50", "Not": "N/A"}
    assert first["after"] == {"İsim": "Ada 1", "Tutar": "1250.50", "Not": "N/A"}
    assert first["changes"] == [
        {"module": "trim_spaces", "column": "İsim", "before": " Ada 1 ", "after": "Ada 1"},
        {
            "module": "convert_types",
            "column": "Tutar",
            "before": "1.250,50",
            "after": "1250.50",
        },
    ]


@pytest.mark.parametrize("what", ["suggest", "preview"])
def test_faults_come_at_once_with_pointers(api: Caller, upload_id: int, what: str) -> None:
    body = {
        "upload_id": upload_id,
        "modules": ["trim_spces", {"key": "trim_spaces", "columns": ["Isim"]}],
    }

    answer = api.post(f"/v1/pipeline/{what}", json=body)

    assert answer.status_code == 422
    pointers = [error["pointer"] for error in answer.get_json()["errors"]]
    assert pointers == ["/modules/0", "/modules/1/columns/0"]


@pytest.mark.parametrize("what", ["suggest", "preview"])
def test_an_unknown_upload_is_named(api: Caller, what: str) -> None:
    answer = api.post(f"/v1/pipeline/{what}", json={"upload_id": 10**9, "modules": []})

    assert answer.status_code == 422
    assert answer.get_json()["errors"][0]["pointer"] == "/upload_id"


def test_auto_is_checked_with_the_others(api: Caller, upload_id: int) -> None:
    body = {"upload_id": upload_id, "modules": ["auto", "nonsense", "Auto"]}

    answer = api.post("/v1/queue/submit", json=body)

    pointers = {error["pointer"] for error in answer.get_json()["errors"]}
    assert pointers == {"/modules/1", "/modules/2"}


def test_auto_is_stored_until_the_job_runs(api: Caller, upload_id: int) -> None:
    body = {"upload_id": upload_id, "modules": ["auto", "standardize_headers"]}

    answer = api.post("/v1/queue/submit", json=body)

    assert answer.status_code == 201
    assert answer.get_json()["modules"] == ["auto", "standardize_headers"]


def test_a_browser_gets_the_report_as_a_page(api: Caller, make: Factory) -> None:
    job = make.completed_job()

    page = api.get(f"/v1/queue/jobs/{job.id}/report", headers={"Accept": "text/html,*/*;q=0.8"})
    data = api.get(f"/v1/queue/jobs/{job.id}/report", headers={"Accept": "*/*"})

    assert page.mimetype == "text/html"
    assert "default-src 'none'; style-src 'sha256-" in page.headers["Content-Security-Policy"]
    assert "table.csv" in page.text
    assert data.is_json
    assert page.headers["ETag"] != data.headers["ETag"]
    assert "Accept" in page.headers["Vary"]


def test_one_large_look_at_a_time(
    api: Caller, services: Services, upload_id: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(insights, "WAIT_SECONDS", 0.01)

    with services.insights._looks:
        profile = api.get(f"/v1/db/uploads/{upload_id}/profile")
        rows = api.get(f"/v1/db/uploads/{upload_id}/rows")

    assert (profile.status_code, profile.get_json()["code"]) == (503, "busy")
    assert int(profile.headers["Retry-After"]) > 0
    assert rows.status_code == 200
    assert api.get(f"/v1/db/uploads/{upload_id}/profile").status_code == 200


def test_a_profile_is_made_once(
    api: Caller, services: Services, upload_id: int, files: Path
) -> None:
    first = api.get(f"/v1/db/uploads/{upload_id}/profile").get_json()
    name = services.uploads.get(api.key, upload_id).storage_name
    (files / "uploads" / name).write_bytes(b"gone")

    again = api.get(f"/v1/db/uploads/{upload_id}/profile").get_json()

    assert again["columns"] == first["columns"]
