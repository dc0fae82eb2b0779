"""What has been uploaded, and its logs."""

from __future__ import annotations

from pathlib import Path

from app.models import JobStatus
from tests.http.conftest import Caller
from tests.http.factory import Factory


def test_an_upload_is_shown_with_how_it_was_read(api: Caller, make: Factory) -> None:
    upload = make.upload()

    answer = api.get(f"/v1/db/uploads/{upload.id}").get_json()

    assert answer["status"] == "success"
    data = answer["data"]
    assert (data["id"], data["filename"], data["status"]) == (upload.id, "table.csv", "ready")
    assert (data["rows"], data["columns"], data["rejected"]) == (2, 2, 0)
    assert (data["encoding"], data["delimiter"], data["header"]) == ("utf-8", ",", True)
    assert data["column_names"] == ["name", "city"]
    assert data["uploaded_at"].endswith("Z")


def test_uploads_come_in_pages_the_newest_first(api: Caller, make: Factory) -> None:
    uploads = [make.upload() for _ in range(3)]

    first = api.get("/v1/db/uploads?limit=2").get_json()
    second = api.get(f"/v1/db/uploads?limit=2&cursor={first['next_cursor']}").get_json()

    assert first["total_uploads"] == 3
    assert [upload["id"] for upload in first["uploads"] + second["uploads"]] == [
        upload.id for upload in reversed(uploads)
    ]
    assert second["next_cursor"] is None


def test_a_page_stays_right_while_uploads_come(api: Caller, make: Factory) -> None:
    older = [make.upload() for _ in range(3)]
    first = api.get("/v1/db/uploads?limit=1").get_json()
    make.upload()

    second = api.get(f"/v1/db/uploads?limit=1&cursor={first['next_cursor']}").get_json()

    assert second["uploads"][0]["id"] == older[1].id


def test_logs_come_in_pages_the_oldest_first(api: Caller, make: Factory) -> None:
    job = make.job(JobStatus.COMPLETED)
    logs = [make.log(job, module_name=name) for name in ("one", "two", "three")]

    first = api.get(f"/v1/db/logs/{job.upload_id}?limit=2").get_json()
    second = api.get(
        f"/v1/db/logs/{job.upload_id}?limit=2&cursor={first['next_cursor']}"
    ).get_json()

    assert first["total_logs"] == 3
    names = [log["module_name"] for log in first["logs"] + second["logs"]]
    assert names == [log.module_name for log in logs]
    assert first["logs"][0]["job_id"] == str(job.id)
    assert first["logs"][0]["execution_time_ms"] == 1.5


def test_a_deleted_upload_is_gone_with_all_that_came_of_it(
    api: Caller, make: Factory, files: Path
) -> None:
    upload = make.upload()
    job = make.completed_job(upload_id=upload.id)
    make.log(job)

    answer = api.delete(f"/v1/db/uploads/{upload.id}")

    assert (answer.status_code, answer.data) == (204, b"")
    assert api.get(f"/v1/db/uploads/{upload.id}").status_code == 404
    assert api.get(f"/v1/queue/jobs/{job.id}").status_code == 404
    assert api.delete(f"/v1/db/uploads/{upload.id}").status_code == 404
    assert not (files / "uploads" / upload.storage_name).exists()
    assert not (files / "results" / str(job.result_name)).exists()


def test_an_upload_in_use_is_kept(api: Caller, make: Factory) -> None:
    job = make.job()

    answer = api.delete(f"/v1/db/uploads/{job.upload_id}")

    assert (answer.status_code, answer.get_json()["code"]) == (409, "upload-in-use")
    assert api.get(f"/v1/db/uploads/{job.upload_id}").status_code == 200


def test_someone_elses_upload_is_as_unknown_as_none(
    services: object, reader: Caller, admin: Caller, make: Factory
) -> None:
    upload = make.upload()

    for path in (f"/v1/db/uploads/{upload.id}", f"/v1/db/logs/{upload.id}"):
        assert reader.get(path).get_json()["code"] == "upload-not-found"
        assert admin.get(path).status_code == 200
    assert reader.get("/v1/db/uploads").get_json()["uploads"] == []
