"""What happens when something dies in the middle."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.acceptance.server import Api, Server
from tests.acceptance.tables import MESSY, PIPELINE, large

MakeServer = Callable[..., Server]


@pytest.fixture(scope="module")
def table() -> bytes:
    return large(400_000)


def processing(api: Api, job_id: str) -> dict[str, object]:
    """The job as soon as it has made some progress."""
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        job = api.get(f"/v1/queue/jobs/{job_id}?wait=1").json()
        assert job["status"] in ("pending", "processing"), job
        if job["progress_percent"] > 0:
            return job
    raise AssertionError("no progress")


def leftovers(server: Server) -> list[str]:
    files = server.instance / "files"
    return [str(path) for name in ("incoming", "work") for path in (files / name).iterdir()]


def test_a_job_survives_the_kill_of_the_whole_server(
    new_server: MakeServer, table: bytes
) -> None:
    server = new_server().start()
    api = server.api()
    job_id = api.submit(api.upload(table), *PIPELINE)["id"]
    before = processing(api, job_id)

    server.kill()
    server.start()

    ended = api.ended(job_id)
    assert ended["status"] == "completed", ended
    assert ended["attempt"] == 2
    events = api.get(f"/v1/queue/jobs/{job_id}/events?after_seq=0").json()["events"]
    assert [event["status"] for event in events].count("completed") == 1
    assert ended["seq"] > before["seq"]  # type: ignore[operator]
    assert len(list((server.instance / "files" / "results").iterdir())) == 1
    assert leftovers(server) == []


def test_a_job_survives_the_death_of_its_engine(new_server: MakeServer, table: bytes) -> None:
    server = new_server(workers="1").start()
    api = server.api()
    job_id = api.submit(api.upload(table), *PIPELINE)["id"]
    processing(api, job_id)

    busiest(server).kill()

    ended = api.ended(job_id)
    assert ended["status"] == "completed", ended
    assert ended["attempt"] == 2


def test_a_job_that_kills_its_engine_each_time_is_given_up_in_words(
    new_server: MakeServer, tmp_path: Path
) -> None:
    (tmp_path / "modules").mkdir()
    (tmp_path / "modules" / "deadly.py").write_text(DEADLY)
    server = new_server(modules_dir=str(tmp_path / "modules")).start()
    api = server.api()
    job_id = api.submit(api.upload(MESSY), "deadly")["id"]

    ended = api.ended(job_id)

    assert ended["status"] == "failed"
    assert ended["attempt"] == 3
    assert "3 times" in ended["error_message"]
    assert (
        api.ended(api.submit(api.upload(MESSY), "trim_spaces")["id"])["status"] == "completed"
    )


def test_a_job_that_takes_too_much_memory_is_stopped_and_says_so(
    new_server: MakeServer, tmp_path: Path
) -> None:
    (tmp_path / "modules").mkdir()
    (tmp_path / "modules" / "greedy.py").write_text(GREEDY)
    server = new_server(
        modules_dir=str(tmp_path / "modules"), job_memory_bytes=str(400 * 1024 * 1024)
    ).start()
    api = server.api()

    ended = api.ended(api.submit(api.upload(MESSY), "greedy")["id"])

    assert ended["status"] == "failed"
    assert "ran out of memory" in ended["error_message"]
    assert "400 MiB" in ended["error_message"]


def test_a_job_that_takes_too_long_is_stopped_and_says_so(
    new_server: MakeServer, tmp_path: Path
) -> None:
    (tmp_path / "modules").mkdir()
    (tmp_path / "modules" / "sleepy.py").write_text(SLEEPY)
    server = new_server(modules_dir=str(tmp_path / "modules"), job_timeout_seconds="1").start()
    api = server.api()

    ended = api.ended(api.submit(api.upload(MESSY), "sleepy")["id"])

    assert ended["status"] == "failed"
    assert "longer than 1 seconds" in ended["error_message"]


def test_a_cancel_takes_effect_within_two_seconds_and_frees_the_cpu(
    new_server: MakeServer, table: bytes
) -> None:
    server = new_server(workers="1").start()
    api = server.api()
    job_id = api.submit(api.upload(table), *PIPELINE)["id"]
    processing(api, job_id)

    began = time.monotonic()
    answer = api.post(f"/v1/queue/jobs/{job_id}/cancel")
    took = time.monotonic() - began

    assert answer.status_code == 200, answer.text
    assert answer.json()["status"] == "cancelled"
    assert took < 3
    assert api.post(f"/v1/queue/jobs/{job_id}/cancel").status_code == 409
    assert api.get(f"/v1/queue/jobs/{job_id}/result").status_code == 409
    assert leftovers(server) == []
    assert (
        api.ended(api.submit(api.upload(MESSY), "trim_spaces")["id"])["status"] == "completed"
    )


def test_a_deaf_engine_is_killed_when_its_job_is_cancelled(
    new_server: MakeServer, tmp_path: Path
) -> None:
    (tmp_path / "modules").mkdir()
    (tmp_path / "modules" / "sleepy.py").write_text(SLEEPY)
    server = new_server(modules_dir=str(tmp_path / "modules")).start()
    api = server.api()
    job_id = api.submit(api.upload(MESSY), "sleepy")["id"]
    wait_until_processing(api, job_id)

    answer = api.post(f"/v1/queue/jobs/{job_id}/cancel")

    assert answer.status_code == 200, answer.text
    assert answer.json()["status"] == "cancelled"


def test_a_graceful_stop_hands_jobs_back_without_counting_an_attempt_lost(
    new_server: MakeServer, table: bytes
) -> None:
    server = new_server(shutdown_grace_seconds="0").start()
    api = server.api()
    job_id = api.submit(api.upload(table), *PIPELINE)["id"]
    processing(api, job_id)

    began = time.monotonic()
    assert server.stop() == 0
    took = time.monotonic() - began
    server.start()

    assert took < 10
    ended = api.ended(job_id)
    assert ended["status"] == "completed"
    events = api.get(f"/v1/queue/jobs/{job_id}/events?after_seq=0").json()["events"]
    assert [event["status"] for event in events].count("pending") == 2


def test_engines_end_with_a_server_that_is_killed_alone(new_server: MakeServer) -> None:
    server = new_server().start()
    engines = server.engines()
    assert engines

    for process in server.family()[:2]:
        os.kill(process.pid, signal.SIGKILL)

    deadline = time.monotonic() + 10
    while time.monotonic() < deadline and any(engine.is_running() for engine in engines):
        time.sleep(0.05)
    assert not any(engine.is_running() for engine in engines)
    server.process.wait(10)


def test_a_second_server_on_the_same_folder_says_so_and_stops(new_server: MakeServer) -> None:
    first = new_server().start()
    second = Server(first.instance, first.runtime)

    status = second.launch().wait(30)

    assert status != 0
    assert "another server is running on the instance folder" in second.log()
    assert first.api().get("/v1/health").ok


def test_more_than_one_gunicorn_worker_is_refused_with_the_reason(
    new_server: MakeServer,
) -> None:
    server = new_server()

    status = server.launch("-m", "gunicorn", "-c", "gunicorn.conf.py", "-w", "2").wait(30)

    assert status != 0
    assert "2 gunicorn workers were asked for" in server.log()


def test_an_unknown_setting_stops_the_start_with_one_line(new_server: MakeServer) -> None:
    server = new_server(wrkers="3")

    status = server.launch().wait(30)

    assert status != 0
    assert "NEATDATA_WRKERS is not a setting" in server.log()
    assert "Traceback" not in server.log()


def busiest(server: Server):  # type: ignore[no-untyped-def]
    """The engine that is at work."""
    return max(server.engines(), key=lambda engine: sum(engine.cpu_times()[:2]))


def wait_until_processing(api: Api, job_id: str) -> None:
    deadline = time.monotonic() + 20
    while api.job(job_id)["status"] != "processing":
        assert time.monotonic() < deadline
        time.sleep(0.05)


DEADLY = """
import os

from app.engine.module import Meta, NoParams, Outcome

META = Meta(key="deadly", name="Deadly", description="Ends the process it runs in.", order=50)


def deadly(batch, params: NoParams) -> Outcome:
    os._exit(7)
"""

GREEDY = """
import time

from app.engine.module import Meta, NoParams, Outcome

META = Meta(key="greedy", name="Greedy", description="Takes memory without end.", order=50)


def greedy(batch, params: NoParams) -> Outcome:
    hoard = []
    while True:
        hoard.append(bytearray(b"x" * 20_000_000))
        time.sleep(0.02)
"""

SLEEPY = """
import time

from app.engine.module import Meta, NoParams, Outcome

META = Meta(key="sleepy", name="Sleepy", description="Sleeps for a minute.", order=50)


def sleepy(batch, params: NoParams) -> Outcome:
    time.sleep(60)
    return Outcome(frame=batch)
"""
