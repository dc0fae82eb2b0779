"""Upload a messy file, clean it, fetch what came of it: over REST, in both runtimes."""

from __future__ import annotations

import csv
import io
import json
import uuid

import pytest

from tests.acceptance.server import Api
from tests.acceptance.tables import CLEAN, MESSY, PIPELINE


def test_a_messy_file_becomes_clean(api: Api) -> None:
    upload_id = api.upload(MESSY, "müşteriler.csv")
    job = api.submit(upload_id, *PIPELINE)

    ended = api.ended(job["id"])

    assert ended["status"] == "completed", ended
    assert ended["progress_percent"] == 100
    assert api.result(job["id"]).decode() == CLEAN


def test_the_upload_tells_how_the_file_was_read(api: Api) -> None:
    answer = api.post("/v1/upload/csv", files={"file": ("m.csv", MESSY)}).json()

    assert answer["status"] == "success"
    assert (answer["rows"], answer["columns"], answer["rejected"]) == (4, 4, 1)
    assert (answer["encoding"].lower(), answer["delimiter"], answer["header"]) == (
        "utf-8",
        ";",
        True,
    )
    assert answer["file_size"] == len(MESSY)


def test_the_report_counts_every_change(api: Api) -> None:
    job = api.submit(api.upload(MESSY), *PIPELINE)
    api.ended(job["id"])

    report = api.get(f"/v1/queue/jobs/{job['id']}/report").json()

    modules = {module["key"]: module for module in report["modules"]}
    assert (report["rows_in"], report["rows_out"]) == (4, 3)
    assert (report["removed"], report["rejected"]) == (1, 1)
    assert modules["standardize_headers"]["columns_renamed"]["ŞEHİR"] == "sehir"
    assert modules["text_normalize"]["cells_changed"] == 1
    assert modules["trim_spaces"]["cells_changed"] == 1
    assert modules["drop_duplicates"]["removed"] == 1
    assert modules["convert_types"]["columns"]["tutar"]["changed"] == 3


def test_the_refused_record_is_there_with_its_line_and_reason(api: Api) -> None:
    job = api.submit(api.upload(MESSY), *PIPELINE)
    api.ended(job["id"])

    answer = api.get(f"/v1/queue/jobs/{job['id']}/rejects")

    (reject,) = csv.DictReader(io.StringIO(answer.content.decode()))
    assert (reject["record"], reject["line"]) == ("4", "5")
    assert reject["raw"] == "bad line;with;too;many;fields"
    assert "5" in reject["reason"]


@pytest.mark.parametrize("format", ["xlsx", "parquet", "jsonl"])
def test_the_clean_file_comes_in_other_formats(api: Api, format: str) -> None:
    job = api.submit(api.upload(MESSY), *PIPELINE)
    api.ended(job["id"])

    answer = api.get(f"/v1/queue/jobs/{job['id']}/result?format={format}")

    assert answer.ok, answer.text
    start = {"xlsx": b"PK", "parquet": b"PAR1", "jsonl": b"{"}[format]
    assert answer.content.startswith(start)
    if format == "jsonl":
        assert json.loads(answer.content.splitlines()[0])["tutar"] == 1988.39


def test_the_logs_tell_what_each_module_did(api: Api) -> None:
    upload_id = api.upload(MESSY)
    api.ended(api.submit(upload_id, *PIPELINE)["id"])

    logs = api.get(f"/v1/db/logs/{upload_id}").json()

    assert logs["total_logs"] == 6
    duplicates = next(log for log in logs["logs"] if log["module_name"] == "drop_duplicates")
    assert (duplicates["rows_in"], duplicates["rows_out"]) == (4, 3)


def test_events_are_stored_in_order(api: Api) -> None:
    job = api.submit(api.upload(MESSY), "trim_spaces")
    api.ended(job["id"])

    events = api.get(f"/v1/queue/jobs/{job['id']}/events?after_seq=0").json()["events"]

    seqs = [event["seq"] for event in events]
    assert seqs == sorted(set(seqs))
    assert (events[0]["status"], events[1]["status"]) == ("pending", "processing")
    assert events[-1]["status"] == "completed"


def test_a_workbook_is_read_like_a_csv(api: Api) -> None:
    xlsxwriter = pytest.importorskip("xlsxwriter")
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer) as workbook:
        sheet = workbook.add_worksheet()
        sheet.write_row(0, 0, ["code", "amount"])
        sheet.write_row(1, 0, ["00123", 5])
    job = api.submit(api.upload(buffer.getvalue(), "book.xlsx"), "trim_spaces")

    api.ended(job["id"])

    assert api.result(job["id"]).decode() == "code,amount\n00123,5\n"


def test_a_short_run_is_answered_at_once(api: Api) -> None:
    body = {"data": {"Name": [" Ada ", "Bob"], "N": [1, None]}, "modules": ["Trim Spaces"]}

    answer = api.post("/v1/pipeline/run", json=body)

    assert answer.status_code == 200, answer.text
    assert answer.json()["original_shape"] == [2, 2]
    assert answer.json()["result_data"]["Name"] == ["Ada", "Bob"]
    assert answer.json()["modules_executed"] == ["trim_spaces"]


def test_a_retry_is_a_new_job_that_names_the_old_one(api: Api) -> None:
    first = api.submit(api.upload(MESSY), *PIPELINE)
    api.ended(first["id"])

    again = api.post(f"/v1/queue/jobs/{first['id']}/retry")

    assert again.status_code == 201
    assert again.json()["retry_of"] == first["id"]
    api.ended(again.json()["id"])
    assert api.result(again.json()["id"]) == api.result(first["id"])


def test_the_old_paths_answer_the_same_and_say_that_they_will_go(api: Api) -> None:
    answer = api.get("/queue/stats")

    assert answer.status_code == 200
    assert answer.json().keys() == api.get("/v1/queue/stats").json().keys()
    assert answer.headers["Deprecation"].startswith("@")
    assert "Sunset" in answer.headers
    assert 'rel="successor-version"' in answer.headers["Link"]


def test_someone_elses_work_is_as_unknown_as_none(api: Api, someone: Api) -> None:
    upload_id = api.upload(MESSY)
    job_id = api.submit(upload_id, *PIPELINE)["id"]
    unknown = uuid.uuid4()

    for path, nothing in [
        (f"/v1/db/uploads/{upload_id}", "/v1/db/uploads/999999"),
        (f"/v1/db/logs/{upload_id}", "/v1/db/logs/999999"),
        (f"/v1/queue/jobs/{job_id}", f"/v1/queue/jobs/{unknown}"),
        (f"/v1/queue/jobs/{job_id}/result", f"/v1/queue/jobs/{unknown}/result"),
        (f"/v1/queue/jobs/{job_id}/events", f"/v1/queue/jobs/{unknown}/events"),
    ]:
        theirs, none = someone.get(path), someone.get(nothing)
        assert (theirs.status_code, none.status_code) == (404, 404), path
        assert theirs.json()["code"] == none.json()["code"]
    submitted = someone.post("/v1/queue/submit", json={"upload_id": upload_id, "modules": []})
    assert submitted.status_code == 422
    assert someone.get("/v1/queue/jobs").json()["total_jobs"] == 0
