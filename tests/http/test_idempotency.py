"""A POST with an Idempotency-Key may be sent again."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from app.models import IdempotentRequest, JobStatus
from app.models.types import utc_now
from app.services import Services
from tests.http.conftest import Caller
from tests.http.factory import Factory

KEY = {"Idempotency-Key": "one"}


def retry(api: Caller, job_id: object, key: str = "one") -> Any:
    return api.post(f"/v1/queue/jobs/{job_id}/retry", headers={"Idempotency-Key": key})


def send_file(api: Caller, content: bytes, name: str = "a.csv", **fields: str) -> Any:
    return api.post(
        "/v1/upload/csv", data={"file": (io.BytesIO(content), name), **fields}, headers=KEY
    )


def row(services: Services, api: Caller, key: str = "one") -> IdempotentRequest | None:
    with services.database.reading() as session:
        return session.get(IdempotentRequest, (api.key.id, key))


def change(services: Services, api: Caller, **values: Any) -> None:
    with services.database.writing() as session:
        session.execute(
            sa.update(IdempotentRequest)
            .where(IdempotentRequest.owner_id == api.key.id)
            .values(**values)
        )


def total_jobs(api: Caller) -> int:
    total: int = api.get("/v1/queue/stats").get_json()["total_jobs"]
    return total


def test_the_same_request_is_answered_as_the_first_time(api: Caller, make: Factory) -> None:
    job = make.job(JobStatus.FAILED)

    first, second = retry(api, job.id), retry(api, job.id)

    assert (first.status_code, second.status_code) == (201, 201)
    assert second.data == first.data
    assert second.headers["Location"] == first.headers["Location"]
    assert second.headers["Idempotent-Replayed"] == "true"
    assert "Idempotent-Replayed" not in first.headers
    assert total_jobs(api) == 2


def test_quotes_around_a_key_are_no_part_of_it(api: Caller, make: Factory) -> None:
    job = make.job(JobStatus.FAILED)

    first, second = retry(api, job.id, "one"), retry(api, job.id, '"one"')

    assert second.get_json() == first.get_json()


@pytest.mark.parametrize("key", ["", '""', "two words", "ü", "x" * 256])
def test_a_key_that_is_none_is_refused(api: Caller, make: Factory, key: str) -> None:
    answer = retry(api, make.job(JobStatus.FAILED).id, key)

    assert answer.status_code == 400
    assert answer.get_json()["code"] == "bad-idempotency-key"


def test_another_request_with_the_key_is_refused(api: Caller, make: Factory) -> None:
    one, other = make.job(JobStatus.FAILED), make.job(JobStatus.FAILED)
    retry(api, one.id)

    answer = retry(api, other.id)

    assert answer.status_code == 422
    assert answer.get_json()["code"] == "idempotency-key-reused"
    assert total_jobs(api) == 3


def test_a_key_stands_for_one_operation(admin: Caller, make: Factory) -> None:
    retry(admin, make.job(JobStatus.FAILED).id)

    answer = admin.post("/v1/keys", json={"name": "x", "scope": "read"}, headers=KEY)

    assert answer.status_code == 422


def test_an_old_path_is_the_same_operation(api: Caller, make: Factory) -> None:
    body = {"upload_id": make.upload().id, "modules": ["trim_spaces"]}

    first = api.post("/queue/submit", json=body, headers=KEY)
    second = api.post("/v1/queue/submit", json=body, headers=KEY)

    assert first.status_code == 201
    assert second.get_json() == first.get_json()


def test_keys_of_different_callers_have_nothing_in_common(
    api: Caller, admin: Caller, make: Factory
) -> None:
    job = make.job(JobStatus.FAILED)

    first, second = retry(api, job.id), retry(admin, job.id)

    assert first.get_json()["id"] != second.get_json()["id"]


def test_while_the_first_is_running_it_is_409(
    api: Caller, make: Factory, services: Services
) -> None:
    job = make.job(JobStatus.FAILED)
    first = services.idempotency.begin(api.key, "one", "queue.retry_job")

    answer = retry(api, job.id)
    services.idempotency.leave(first)

    assert answer.status_code == 409
    assert answer.get_json()["code"] == "request-in-progress"
    assert answer.headers["Retry-After"] == "1"
    assert retry(api, job.id).status_code == 201


def test_a_failed_request_gives_its_key_free(api: Caller, make: Factory) -> None:
    job = make.job()
    assert retry(api, job.id).status_code == 409

    other = make.job(JobStatus.FAILED)

    assert retry(api, other.id).status_code == 201


def test_a_file_is_known_by_its_hash(api: Caller) -> None:
    first = send_file(api, b"a,b\n1,2\n")
    again = send_file(api, b"a,b\n1,2\n")
    other = send_file(api, b"a,b\n1,3\n")
    renamed = send_file(api, b"a,b\n1,2\n", "b.csv")
    read_otherwise = send_file(api, b"a,b\n1,2\n", delimiter=";")

    assert first.status_code == 200
    assert again.get_json() == first.get_json()
    assert again.headers["Idempotent-Replayed"] == "true"
    assert [a.status_code for a in (other, renamed, read_otherwise)] == [422, 422, 422]
    assert api.get("/v1/db/uploads").get_json()["total_uploads"] == 1


def test_a_refused_file_gives_its_key_free(api: Caller) -> None:
    assert send_file(api, b"").status_code == 422

    assert send_file(api, b"a,b\n1,2\n").status_code == 200


def test_a_key_is_made_once_and_its_text_kept_nowhere(
    admin: Caller, services: Services
) -> None:
    body = {"name": "reports", "scope": "read"}

    first = admin.post("/v1/keys", json=body, headers=KEY)
    second = admin.post("/v1/keys", json=body, headers=KEY)

    text = first.get_json()["key"]
    assert second.get_json() == {**first.get_json(), "key": None}
    kept = row(services, admin)
    assert kept is not None and text not in str(kept.answer)


def test_a_recipe_comes_again_with_its_etag(api: Caller) -> None:
    body = {"name": "tidy", "modules": ["trim_spaces"], "columns": ["a"]}

    first = api.post("/v1/pipeline/recipes", json=body, headers=KEY)
    second = api.post("/v1/pipeline/recipes", json=body, headers=KEY)

    assert first.status_code == 201
    assert second.get_json() == first.get_json()
    assert second.headers["ETag"] == first.headers["ETag"]


def test_what_a_server_made_before_it_died_is_not_made_again(
    api: Caller, make: Factory, services: Services
) -> None:
    """It died after the commit that made the job, and before its answer was kept."""
    job = make.job(JobStatus.FAILED)
    first = retry(api, job.id)
    change(services, api, answer=None, running=True)

    services.idempotency.recover()
    second, third = retry(api, job.id), retry(api, job.id)

    assert second.status_code == 201
    assert second.get_json()["id"] == first.get_json()["id"]
    assert second.headers["Location"] == first.headers["Location"]
    assert second.headers["Idempotent-Replayed"] == "true"
    assert third.data == second.data
    assert total_jobs(api) == 2


def test_a_request_lost_before_it_made_anything_gives_its_key_free(
    api: Caller, make: Factory, services: Services
) -> None:
    lost = services.idempotency.begin(api.key, "one", "queue.retry_job")
    services.idempotency.recover()
    services.idempotency.leave(lost)

    assert retry(api, make.job(JobStatus.FAILED).id).status_code == 201


def test_an_answer_is_kept_for_a_day(api: Caller, make: Factory, services: Services) -> None:
    job = make.job(JobStatus.FAILED)
    first = retry(api, job.id)

    change(services, api, created_at=utc_now() - timedelta(hours=23))
    assert retry(api, job.id).get_json() == first.get_json()

    change(services, api, created_at=utc_now() - timedelta(hours=25))
    assert retry(api, job.id).get_json()["id"] != first.get_json()["id"]

    change(services, api, created_at=utc_now() - timedelta(hours=25))
    assert services.idempotency.sweep() == 1
    assert row(services, api) is None
