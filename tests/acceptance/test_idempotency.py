"""A POST sent twice at the same time, and again over a restart."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import requests

from tests.acceptance.server import Api, Server

KEY = {"Idempotency-Key": "4f1c"}
FORM = "multipart/form-data; boundary=x"
HEAD = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\nname,n\n'
TAIL = b"Ada,1\n\r\n--x--\r\n"


def send(api: Api, body: Iterator[bytes]) -> requests.Response:
    return api.post("/v1/upload/csv", data=body, headers={**KEY, "Content-Type": FORM})


def test_of_two_uploads_at_once_one_is_kept(server: Server, someone: Api) -> None:
    begun, go_on = threading.Event(), threading.Event()

    def slowly() -> Iterator[bytes]:
        yield HEAD
        begun.set()
        assert go_on.wait(60)
        yield TAIL

    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(send, someone, slowly())
        assert begun.wait(60)
        # The first one's bytes may still be on their way: whoever comes to be second is 409.
        other = server.api(someone.key)
        refused = send(other, iter([HEAD, TAIL]))
        go_on.set()
        answers = [first.result(), refused]

    assert sorted(answer.status_code for answer in answers) == [200, 409]
    kept = next(answer for answer in answers if answer.ok)
    again = send(other, iter([HEAD, TAIL]))
    assert (again.status_code, again.content) == (200, kept.content)
    assert again.headers["Idempotent-Replayed"] == "true"
    assert other.get("/v1/db/uploads").json()["total_uploads"] == 1


def test_of_many_submits_at_once_one_makes_the_job(server: Server, someone: Api) -> None:
    body = {"upload_id": someone.upload(b"name,n\n Ada ,1\n"), "modules": ["trim_spaces"]}

    def submit(_: int) -> requests.Response:
        return server.api(someone.key).post("/v1/queue/submit", json=body, headers=KEY)

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(submit, range(24)))

    statuses = Counter(answer.status_code for answer in answers)
    assert set(statuses) <= {201, 409}
    assert len({answer.json()["id"] for answer in answers if answer.ok}) == 1
    assert someone.get("/v1/queue/stats").json()["total_jobs"] == 1


def test_the_answer_outlives_the_server(new_server: Callable[..., Server]) -> None:
    server = new_server().start()
    api = server.api()
    body = {"upload_id": api.upload(b"name,n\n Ada ,1\n"), "modules": ["trim_spaces"]}
    first = api.post("/v1/queue/submit", json=body, headers=KEY)

    server.kill()
    server.start()
    second = server.api().post("/v1/queue/submit", json=body, headers=KEY)

    assert second.content == first.content
    assert server.api().get("/v1/queue/stats").json()["total_jobs"] == 1
