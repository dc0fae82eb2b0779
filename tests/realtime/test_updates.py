"""Following a job: what the acknowledgement holds, and what comes right after it."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from flask_socketio import SocketIO

from app.errors import NotFound
from app.models import ApiKey, Job, JobStatus, Scope
from app.queue.lane import Lane
from app.realtime import updates as module
from app.realtime.publisher import RoomPublisher
from app.realtime.rooms import Sockets, global_room, job_room
from app.realtime.updates import Subscriptions
from app.services import Database, JobService, PipelineService, RunService
from app.services.moves import JobMoves
from app.storage import LocalStorage
from tests.realtime.conftest import Client, wait_until

Connect = Callable[[], Client]
MakeJob = Callable[..., Job]


class Silent:
    """A queue nobody works on."""

    def wake(self) -> None:
        pass

    def cancel(self, job_id: uuid.UUID) -> None:
        pass


@pytest.fixture
def runs(database: Database, storage: LocalStorage, publisher: RoomPublisher) -> RunService:
    """Workers whose updates go to the real publisher."""
    return RunService(database, storage, publisher, running_per_key=2)


@pytest.fixture
def subscriptions(
    database: Database, storage: LocalStorage, lane: Lane, publisher: RoomPublisher
) -> Subscriptions:
    jobs = JobService(
        database,
        PipelineService(storage, lane),
        Silent(),
        JobMoves(publisher),
        pending_per_key=3,
    )
    return Subscriptions(jobs, publisher)


def members(sio: SocketIO, job: Job) -> list[str]:
    return [sid for sid, _ in sio.server.manager.get_participants("/", job_room(job.id))]


def seqs(updates: list[dict[str, Any]]) -> list[int]:
    return [update["seq"] for update in updates]


def test_the_acknowledgement_holds_the_job_and_what_was_missed(
    subscriptions: Subscriptions, make_job: MakeJob, owner: ApiKey, runs: RunService
) -> None:
    job = make_job()
    runs.claim("worker", 30)

    fresh = subscriptions.subscribe("sid", owner, job.id, None)
    again = subscriptions.subscribe("sid", owner, job.id, 1)
    from_the_start = subscriptions.subscribe("sid", owner, job.id, 0)

    assert (fresh["seq"], fresh["missed"], fresh["resync"]) == (2, [], False)
    assert fresh["job"]["status"] == "processing"
    assert seqs(again["missed"]) == [2]
    assert seqs(from_the_start["missed"]) == [1, 2]


@pytest.mark.parametrize(
    "after_seq", [pytest.param(99, id="of-another-life"), pytest.param(0, id="too-long-ago")]
)
def test_what_cannot_be_replayed_whole_asks_for_a_resync(
    subscriptions: Subscriptions,
    make_job: MakeJob,
    owner: ApiKey,
    runs: RunService,
    monkeypatch: pytest.MonkeyPatch,
    after_seq: int,
) -> None:
    monkeypatch.setattr(module, "REPLAY_LIMIT", 1)
    job = make_job()
    runs.claim("worker", 30)

    ack = subscriptions.subscribe("sid", owner, job.id, after_seq)

    assert (ack["missed"], ack["resync"], ack["job"]["seq"]) == ([], True, 2)


def test_a_foreign_job_is_as_unknown_as_none(
    subscriptions: Subscriptions,
    make_job: MakeJob,
    make_key: Callable[..., ApiKey],
    sio: SocketIO,
) -> None:
    job, stranger = make_job(), make_key()

    for job_id in (job.id, uuid.uuid4()):
        with pytest.raises(NotFound):
            subscriptions.subscribe("sid", stranger, job_id, None)
    subscriptions.acknowledged("sid")

    assert members(sio, job) == []


def test_the_socket_joins_after_the_acknowledgement_and_hears_what_came_between(
    subscriptions: Subscriptions,
    publisher: RoomPublisher,
    connect: Connect,
    sio: SocketIO,
    make_job: MakeJob,
    owner: ApiKey,
    runs: RunService,
) -> None:
    publisher.start()
    client, job = connect(), make_job()
    ack = subscriptions.subscribe(client.sid, owner, job.id, 0)
    assert members(sio, job) == []

    taken = runs.claim("worker", 30)
    assert taken is not None
    runs.progress(taken, stored=False, lease_seconds=30, progress_percent=50.0)
    subscriptions.acknowledged(client.sid)
    runs.fail(taken, {"code": "module_failed", "message": "no"})

    heard = client.heard(3)
    assert seqs(ack["missed"] + heard) == [1, 2, 3, 4]
    assert heard[1]["progress_percent"] == 50.0, (
        "the newest percentage, though it is not stored"
    )
    assert heard[2]["status"] == "failed"


def test_a_socket_that_left_before_the_acknowledgement_leaves_nothing_behind(
    subscriptions: Subscriptions, make_job: MakeJob, owner: ApiKey, sio: SocketIO
) -> None:
    job = make_job()
    subscriptions.subscribe("gone", owner, job.id, None)

    subscriptions.forget("gone")
    subscriptions.acknowledged("gone")

    assert members(sio, job) == []
    assert subscriptions._acknowledged == {}


def test_all_that_moved_is_what_the_key_may_see(
    subscriptions: Subscriptions,
    make_job: MakeJob,
    make_key: Callable[..., ApiKey],
    owner: ApiKey,
) -> None:
    active = make_job()
    ended = make_job(status=JobStatus.COMPLETED)

    def ids(key: ApiKey, since: Any = None) -> list[str]:
        return [job["job_id"] for job in subscriptions.all_moved(key, since)["jobs"]]

    assert ids(owner) == ids(make_key(Scope.ADMIN)) == [str(active.id)]
    assert ids(owner, active.updated_at) == [str(active.id), str(ended.id)]
    assert ids(make_key()) == []


def test_the_global_room_of_an_admin_is_everyones_and_of_others_their_own(
    make_key: Callable[..., ApiKey],
) -> None:
    admin, first, second = make_key(Scope.ADMIN), make_key(), make_key(Scope.READ)

    rooms = [global_room(key) for key in (admin, first, second)]

    assert rooms == ["jobs", f"owner:{first.id}", f"owner:{second.id}"]


def test_sockets_are_found_by_their_keys() -> None:
    sockets = Sockets()
    sockets.add("a", "k1")
    sockets.add("b", "k1")
    sockets.add("c", "k2")
    sockets.remove("b")
    sockets.remove("never there")

    assert sockets.of_keys({"k1"}) == ["a"]
    assert (sockets.key_of("c"), sockets.key_of("b")) == ("k2", None)
    assert (sockets.key_ids(), len(sockets)) == ({"k1", "k2"}, 2)


def test_an_update_told_while_catching_up_is_not_told_again_by_the_room(
    subscriptions: Subscriptions,
    publisher: RoomPublisher,
    connect: Connect,
    make_job: MakeJob,
    owner: ApiKey,
    runs: RunService,
) -> None:
    client, job = connect(), make_job()
    subscriptions.subscribe(client.sid, owner, job.id, 0)
    taken = runs.claim("worker", 30)  # announced, and not sent: the publisher has not started
    assert taken is not None
    subscriptions.acknowledged(client.sid)

    publisher.start()
    runs.cancel(taken)

    wait_until(lambda: bool(client.updates) and client.updates[-1]["status"] == "cancelled")
    assert seqs(client.updates) == [2, 3]


def test_an_update_the_acknowledgement_held_is_not_told_again_by_the_room(
    subscriptions: Subscriptions,
    publisher: RoomPublisher,
    connect: Connect,
    make_job: MakeJob,
    owner: ApiKey,
    runs: RunService,
) -> None:
    client, job = connect(), make_job()
    taken = runs.claim("worker", 30)  # announced, and not sent: the publisher has not started
    assert taken is not None
    ack = subscriptions.subscribe(client.sid, owner, job.id, 0)
    subscriptions.acknowledged(client.sid)

    publisher.start()
    runs.cancel(taken)

    assert seqs(ack["missed"]) == [1, 2]
    assert seqs(client.heard(1)) == [3]
