"""Jobs: look, wait, cancel, repeat, fetch."""

from __future__ import annotations

import threading
import time
import uuid
from typing import Any

import pytest
from flask import Flask

from app.models import Job, JobStatus
from app.services import Services
from tests.http.conftest import Caller
from tests.http.factory import Factory


def test_a_job_is_shown_whole(api: Caller, make: Factory) -> None:
    job = make.completed_job()

    answer = api.get(f"/v1/queue/jobs/{job.id}").get_json()

    assert (answer["id"], answer["status"]) == (str(job.id), "completed")
    assert answer["modules"] == ["trim_spaces"]
    assert answer["pipeline"] == [{"key": "trim_spaces", "params": {}, "on_error": "fail"}]
    assert answer["progress_percent"] == 100
    assert answer["created_at"].endswith("Z")
    assert answer["timestamp"].endswith("Z")
    for link in (answer["result"]["file"], answer["result"]["rejects"]):
        assert api.get(link).status_code == 200
    assert sorted(answer["result"]["formats"]) == ["csv", "jsonl", "parquet", "xlsx"]


def test_a_job_without_a_result_says_null(api: Caller, make: Factory) -> None:
    job = make.job()

    assert api.get(f"/v1/queue/jobs/{job.id}").get_json()["result"] is None
    for kind in ("result", "rejects", "report"):
        answer = api.get(f"/v1/queue/jobs/{job.id}/{kind}")
        assert answer.status_code == 409
        assert answer.get_json()["code"] == "no-result"


def test_a_job_is_a_304_until_it_moves(api: Caller, make: Factory, services: Services) -> None:
    job = make.job()
    tag = api.get(f"/v1/queue/jobs/{job.id}").headers["ETag"]

    same = api.get(f"/v1/queue/jobs/{job.id}", headers={"If-None-Match": tag})
    make.events(job, 1)
    moved = api.get(f"/v1/queue/jobs/{job.id}", headers={"If-None-Match": tag})

    assert tag.startswith('W/"')
    assert (same.status_code, same.data, same.headers["ETag"]) == (304, b"", tag)
    assert moved.status_code == 200
    assert moved.headers["ETag"] != tag


def later(action: Any) -> threading.Timer:
    timer = threading.Timer(0.3, action)
    timer.start()
    return timer


def test_a_long_poll_answers_when_the_job_moves(api: Caller, make: Factory) -> None:
    job = make.job()
    timer = later(lambda: make.events(job, 1))

    began = time.monotonic()
    answer = api.get(f"/v1/queue/jobs/{job.id}?wait=20")

    timer.join()
    assert answer.get_json()["seq"] == 2
    assert 0.2 < time.monotonic() - began < 10


@pytest.mark.parametrize(
    "how",
    [
        pytest.param({"query": "&after_seq=1"}, id="after-seq"),
        pytest.param({"headers": {"If-None-Match": 'W/"of-long-ago"'}}, id="if-none-match"),
    ],
)
def test_a_long_poll_answers_at_once_when_the_caller_is_behind(
    api: Caller, make: Factory, how: dict[str, Any]
) -> None:
    job = make.job()
    make.events(job, 1)

    began = time.monotonic()
    answer = api.get(
        f"/v1/queue/jobs/{job.id}?wait=20{how.get('query', '')}", headers=how.get("headers")
    )

    assert answer.get_json()["seq"] == 2
    assert time.monotonic() - began < 5


def test_a_long_poll_that_saw_nothing_is_a_304_for_who_knows_the_state(
    api: Caller, make: Factory
) -> None:
    job = make.job()
    tag = api.get(f"/v1/queue/jobs/{job.id}").headers["ETag"]

    answer = api.get(f"/v1/queue/jobs/{job.id}?wait=0.2", headers={"If-None-Match": tag})

    assert answer.status_code == 304


@pytest.mark.parametrize("wait", ["-1", "61", "soon", "nan", "inf"])
def test_a_wait_that_cannot_be_is_refused(api: Caller, make: Factory, wait: str) -> None:
    assert api.get(f"/v1/queue/jobs/{make.job().id}?wait={wait}").status_code == 422


def test_jobs_come_in_pages_the_newest_first(api: Caller, make: Factory) -> None:
    upload = make.upload()
    jobs = [make.job(upload_id=upload.id) for _ in range(5)]

    seen: list[str] = []
    path = "/v1/queue/jobs?limit=2"
    pages = 0
    while path:
        answer = api.get(path)
        seen += [job["id"] for job in answer.get_json()["jobs"]]
        assert answer.get_json()["total_jobs"] == 5
        link = answer.headers.get("Link")
        path = link.removeprefix("<").partition(">")[0] if link else ""
        assert bool(link) is (answer.get_json()["next_cursor"] is not None)
        pages += 1

    assert seen == [str(job.id) for job in reversed(jobs)]
    assert pages == 3


def test_jobs_are_listed_by_status(api: Caller, make: Factory) -> None:
    make.job()
    failed = make.job(JobStatus.FAILED, error_message="It could not be done.")

    answer = api.get("/v1/queue/jobs?status=failed").get_json()

    assert [job["id"] for job in answer["jobs"]] == [str(failed.id)]
    assert answer["total_jobs"] == 1
    assert answer["status"] == "success"


def test_a_list_is_a_304_until_a_job_moves(api: Caller, make: Factory) -> None:
    job = make.job()
    tag = api.get("/v1/queue/jobs").headers["ETag"]

    same = api.get("/v1/queue/jobs", headers={"If-None-Match": tag})
    make.events(job, 1)
    moved = api.get("/v1/queue/jobs", headers={"If-None-Match": tag})

    assert (same.status_code, moved.status_code) == (304, 200)


def test_stats_count_by_status(api: Caller, make: Factory) -> None:
    make.job()
    make.job(JobStatus.FAILED)
    make.completed_job()

    answer = api.get("/v1/queue/stats").get_json()

    counts = {name: answer[name] for name in ("total_jobs", "pending", "failed", "completed")}
    assert counts == {"total_jobs": 3, "pending": 1, "failed": 1, "completed": 1}
    assert (answer["processing"], answer["cancelled"]) == (0, 0)


def test_a_pending_job_is_cancelled_at_once(api: Caller, make: Factory) -> None:
    job = make.job()

    answer = api.post(f"/v1/queue/jobs/{job.id}/cancel")
    again = api.post(f"/v1/queue/jobs/{job.id}/cancel")

    assert (answer.status_code, answer.get_json()["status"]) == (200, "cancelled")
    assert (again.status_code, again.get_json()["code"]) == (409, "job-ended")


def test_a_cancel_that_takes_longer_is_a_202(api: Caller, make: Factory) -> None:
    job = make.job(JobStatus.PROCESSING, worker="elsewhere")

    answer = api.post(f"/v1/queue/jobs/{job.id}/cancel")

    assert answer.status_code == 202
    assert answer.get_json()["cancel_requested"] is True
    assert answer.get_json()["status"] == "processing"


def test_a_retry_is_a_new_job(api: Caller, make: Factory) -> None:
    first = make.job(JobStatus.FAILED)

    answer = api.post(f"/v1/queue/jobs/{first.id}/retry")

    assert answer.status_code == 201
    assert answer.get_json()["retry_of"] == str(first.id)
    assert answer.headers["Location"] == f"/v1/queue/jobs/{answer.get_json()['id']}"
    assert api.get(answer.headers["Location"]).get_json()["status"] == "pending"


def test_a_job_that_has_not_ended_is_not_repeated(api: Caller, make: Factory) -> None:
    answer = api.post(f"/v1/queue/jobs/{make.job().id}/retry")

    assert (answer.status_code, answer.get_json()["code"]) == (409, "job-not-ended")


def test_events_come_in_pages_after_a_seq(api: Caller, make: Factory) -> None:
    job = make.job()
    make.events(job, 4)

    first = api.get(f"/v1/queue/jobs/{job.id}/events?limit=3")
    link = first.headers["Link"].removeprefix("<").partition(">")[0]
    second = api.get(link)

    assert [event["seq"] for event in first.get_json()["events"]] == [1, 2, 3]
    assert first.get_json()["next_after_seq"] == 3
    assert first.get_json()["seq"] == 5
    assert [event["seq"] for event in second.get_json()["events"]] == [4, 5]
    assert second.get_json()["next_after_seq"] is None
    assert "Link" not in second.headers


def test_someone_elses_job_is_as_unknown_as_none(
    reader: Caller, api: Caller, admin: Caller, make: Factory
) -> None:
    job: Job = make.completed_job()

    for path in ("", "/result", "/rejects", "/report", "/events"):
        theirs = reader.get(f"/v1/queue/jobs/{job.id}{path}")
        none = reader.get(f"/v1/queue/jobs/{uuid.uuid4()}{path}")
        assert (theirs.status_code, none.status_code) == (404, 404)
        assert theirs.get_json()["code"] == none.get_json()["code"] == "job-not-found"
        assert admin.get(f"/v1/queue/jobs/{job.id}{path}").status_code == 200
    assert reader.get("/v1/queue/jobs").get_json()["total_jobs"] == 0


def test_long_polls_leave_threads_for_everyone_else(
    app: Flask, api: Caller, make: Factory
) -> None:
    """When every place to wait is taken, a long poll is answered at once."""
    job = make.job()
    places = app.extensions["neatdata-waiting"]
    taken = 0
    while places.acquire(blocking=False):
        taken += 1

    began = time.monotonic()
    answer = api.get(f"/v1/queue/jobs/{job.id}?wait=20")

    places.release(taken)
    assert answer.status_code == 200
    assert time.monotonic() - began < 5
    assert taken == app.config["NEATDATA"].threads // 2
