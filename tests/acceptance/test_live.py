"""Watching jobs over Socket.IO, with the Python client and with the JavaScript client under
Node.
"""

from __future__ import annotations

import json
import os
import subprocess
import threading
from collections.abc import Callable
from typing import Any

import pytest
import socketio

from tests.acceptance.server import ROOT, Api, Server
from tests.acceptance.tables import MESSY, PIPELINE, large

ENDED = {"completed", "failed", "cancelled"}


class Watcher:
    """Follows one job on a socket of its own until it has ended."""

    def __init__(self, api: Api, transport: str = "websocket") -> None:
        self.updates: list[dict[str, Any]] = []
        self.lists: list[list[dict[str, Any]]] = []
        self.ended = threading.Event()
        self.client = socketio.Client(reconnection=False)
        self.client.on("job_update", self._update)
        self.client.on("jobs_update", self.lists.append)
        self.client.connect(api.url, auth={"api_key": api.key}, transports=[transport])

    def _update(self, update: dict[str, Any]) -> None:
        self.updates.append(update)
        if update["status"] in ENDED:
            self.ended.set()

    def call(self, event: str, **payload: Any) -> dict[str, Any]:
        answer: dict[str, Any] = self.client.call(event, payload, timeout=10)
        return answer

    def wait(self) -> None:
        assert self.ended.wait(60), self.updates[-3:]
        self.client.disconnect()


def watch_with_node(
    node: str, api: Api, *arguments: str, transport: str = "websocket"
) -> list[dict[str, Any]]:
    """What tests/js/watch.js saw."""
    finished = subprocess.run(
        [node, "watch.js", api.url, api.key, *arguments],
        cwd=ROOT / "tests/js",
        env={**os.environ, "TRANSPORT": transport},
        capture_output=True,
        text=True,
        timeout=90,
    )
    assert finished.returncode == 0, finished.stderr
    return [json.loads(line) for line in finished.stdout.splitlines()]


def steps(updates: list[dict[str, Any]]) -> list[tuple[str, str | None]]:
    """Status and step of each update, without repetitions."""
    seen: list[tuple[str, str | None]] = []
    for update in updates:
        state = (update["status"], update["current_step"])
        if not seen or seen[-1] != state:
            seen.append(state)
    return seen


@pytest.fixture(scope="module")
def table() -> bytes:
    return large(150_000)


def test_a_watcher_who_is_there_early_sees_every_step(api: Api, table: bytes) -> None:
    upload_id = api.upload(table)
    watcher = Watcher(api)
    job = api.submit(upload_id, *PIPELINE)
    ack = watcher.call("subscribe", job_id=job["id"], after_seq=0)

    watcher.wait()

    everything = ack["missed"] + watcher.updates
    seqs = [update["seq"] for update in everything]
    assert ack["ok"] is True
    assert seqs == sorted(set(seqs)), "no update twice, none out of order"
    stored = api.get(f"/v1/queue/jobs/{job['id']}/events?after_seq=0").json()["events"]
    assert {event["seq"] for event in stored} <= set(seqs), "no stored update went missing"
    percents = [update["progress_percent"] for update in everything]
    assert percents == sorted(percents), "progress never goes back"
    assert percents[-1] == 100
    assert max(percents[:-1]) < 100, "100 means completed"


def test_a_watcher_who_comes_late_learns_how_it_ended(api: Api) -> None:
    job = api.submit(api.upload(MESSY), *PIPELINE)
    api.ended(job["id"])
    watcher = Watcher(api)

    ack = watcher.call("subscribe", job_id=job["id"])
    replay = watcher.call("subscribe", job_id=job["id"], after_seq=1)

    assert ack["job"]["status"] == "completed"
    assert ack["missed"] == []
    assert replay["missed"][-1]["status"] == "completed"
    assert replay["missed"][-1]["seq"] == replay["seq"]
    assert replay["resync"] is False
    watcher.client.disconnect()


def test_an_after_seq_of_another_life_asks_for_a_resync(api: Api) -> None:
    job = api.submit(api.upload(MESSY), *PIPELINE)
    api.ended(job["id"])
    watcher = Watcher(api)

    ack = watcher.call("subscribe", job_id=job["id"], after_seq=10_000)

    assert ack["resync"] is True
    assert ack["missed"] == []
    assert ack["job"]["status"] == "completed"
    watcher.client.disconnect()


def test_two_watchers_see_the_same(api: Api, table: bytes) -> None:
    upload_id = api.upload(table)
    first, second = Watcher(api), Watcher(api, "polling")
    job = api.submit(upload_id, *PIPELINE)
    before = [
        watcher.call("subscribe", job_id=job["id"], after_seq=0)["missed"]
        for watcher in (first, second)
    ]

    first.wait()
    second.wait()

    seen = [
        steps(missed + watcher.updates)
        for missed, watcher in zip(before, (first, second), strict=True)
    ]
    assert seen[0] == seen[1]


def test_the_global_room_tells_an_owner_only_of_its_own_jobs(
    server: Server, api: Api, someone: Api
) -> None:
    mine, admins = Watcher(someone), Watcher(api)
    mine.call("subscribe_all")
    admins.call("subscribe_all")
    theirs = api.submit(api.upload(MESSY), "trim_spaces")["id"]
    own = someone.submit(someone.upload(MESSY), "trim_spaces")["id"]
    mine.call("subscribe", job_id=own)
    mine.call("subscribe", job_id=own)
    api.ended(theirs)
    someone.ended(own)

    def ids(watcher: Watcher) -> set[str]:
        return {update["job_id"] for updates in watcher.lists for update in updates}

    wait_for(lambda: own in ids(mine) and {own, theirs} <= ids(admins))
    assert ids(mine) == {own}
    mine.client.disconnect()
    admins.client.disconnect()


def test_a_foreign_job_cannot_be_joined(api: Api, someone: Api) -> None:
    job = api.submit(api.upload(MESSY), "trim_spaces")
    watcher = Watcher(someone)

    ack = watcher.call("subscribe", job_id=job["id"])

    assert ack["ok"] is False
    assert ack["problem"]["status"] == 404
    api.ended(job["id"])
    assert watcher.updates == []
    watcher.client.disconnect()


@pytest.mark.parametrize(
    ("key", "code"),
    [
        pytest.param(None, "missing-key", id="none"),
        pytest.param("secret", "malformed-key", id="malformed"),
        pytest.param("unknown", "unknown-key", id="unknown"),
        pytest.param("expired", "expired-key", id="expired"),
        pytest.param("revoked", "revoked-key", id="revoked"),
    ],
)
def test_a_bad_key_is_refused_in_the_handshake(
    server: Server, api: Api, node: str, key: str | None, code: str
) -> None:
    text = bad_key(server, api, key)

    (refusal,) = watch_with_node(node, Api(api.url, text or ""), "all", "1")

    assert refusal["kind"] == "connect_error"
    assert refusal["data"]["data"]["code"] == code
    assert refusal["data"]["data"]["status"] == 401


def test_a_revoked_key_loses_its_sockets(api: Api) -> None:
    issued = api.post("/v1/keys", json={"name": "brief", "scope": "read"}).json()
    gone = threading.Event()
    client = socketio.Client(reconnection=False)
    client.on("disconnect", lambda *_: gone.set())
    client.connect(api.url, auth={"api_key": issued["key"]}, transports=["websocket"])

    api._session.delete(f"{api.url}/v1/keys/{issued['id']}", timeout=10)

    assert gone.wait(10)


@pytest.mark.parametrize("transport", ["websocket", "polling"])
def test_the_javascript_client_follows_a_job(
    api: Api, node: str, table: bytes, transport: str
) -> None:
    job = api.submit(api.upload(table), *PIPELINE)

    seen = watch_with_node(node, api, job["id"], "0", transport=transport)

    ack = next(line["data"] for line in seen if line["kind"] == "ack")
    updates = [line["data"] for line in seen if line["kind"] == "job_update"]
    seqs = [update["seq"] for update in ack["missed"] + updates]
    assert ack["ok"] is True
    assert seqs == sorted(set(seqs))
    assert (ack["missed"] + updates)[-1]["status"] == "completed"


def test_later_updates_arrive_after_the_acknowledgement(
    api: Api, node: str, table: bytes
) -> None:
    job = api.submit(api.upload(table), *PIPELINE)

    kinds = [line["kind"] for line in watch_with_node(node, api, job["id"])]

    assert kinds[:2] == ["connect", "ack"]


@pytest.mark.parametrize(
    ("event", "payload", "pointer"),
    [
        pytest.param("subscribe", {}, "/job_id", id="no-job"),
        pytest.param("subscribe", {"job_id": "7"}, "/job_id", id="not-a-uuid"),
        pytest.param("subscribe", "hello", "", id="not-an-object"),
        pytest.param("subscribe_all", {"since": "yesterday"}, "/since", id="not-a-time"),
        pytest.param("ping", {"extra": 1}, "/extra", id="unknown-field"),
    ],
)
def test_a_bad_message_is_acknowledged_with_a_problem(
    api: Api, event: str, payload: Any, pointer: str
) -> None:
    client = api.watch()

    ack = client.call(event, payload)

    assert ack["ok"] is False
    assert ack["problem"]["status"] == 422
    assert pointer in [error["pointer"] for error in ack["problem"]["errors"]]
    client.disconnect()


def bad_key(server: Server, api: Api, kind: str | None) -> str | None:
    """The text of a key that does not open, of the given kind."""
    if kind in (None, "secret"):
        return kind
    if kind == "unknown":
        return server.flask("keys", "generate").strip()
    body = {"name": "short", "scope": "read", "expires_in_days": 1}
    issued = api.post("/v1/keys", json=body).json()
    if kind == "revoked":
        api._session.delete(f"{api.url}/v1/keys/{issued['id']}", timeout=10)
    else:
        expire(server, issued["id"])
    text: str = issued["key"]
    return text


def expire(server: Server, key_id: str) -> None:
    """Move a key's end into the past, as waiting a day would."""
    import sqlite3

    with sqlite3.connect(server.instance / "neatdata.db") as connection:
        connection.execute(
            "UPDATE api_keys SET expires_at = '2020-01-01 00:00:00.000000' WHERE id = ?",
            (key_id,),
        )


def wait_for(condition: Callable[[], bool], seconds: float = 10) -> None:
    tick = threading.Event()
    for _ in range(int(seconds / 0.05)):
        if condition():
            return
        tick.wait(0.05)
    raise AssertionError("it did not come to pass")
