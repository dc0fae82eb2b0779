"""From announcements to rooms: in order, once, coalesced where it may be, bounded."""

from __future__ import annotations

import itertools
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from flask_socketio import SocketIO

from app.models import Scope
from app.realtime import publisher as module
from app.realtime.publisher import RoomPublisher
from app.realtime.rooms import ALL_JOBS, Sockets, job_room, owner_room
from app.services import KeyService
from tests.realtime.conftest import Client, Deaf, snapshot, wait_until

JOB = uuid.UUID(int=1)
Connect = Callable[[], Client]


def enter(sio: SocketIO, client: Client, room: str) -> None:
    sio.server.enter_room(client.sid, room)


def seqs(updates: list[dict[str, Any]]) -> list[int]:
    return [update["seq"] for update in updates]


def test_a_job_room_hears_every_update_in_order(
    sio: SocketIO, publisher: RoomPublisher, connect: Connect
) -> None:
    client = connect()
    enter(sio, client, job_room("a"))
    publisher.start()

    for seq in range(1, 51):
        publisher.announce(snapshot(seq), "owner")

    assert seqs(client.heard(50)) == list(range(1, 51))


def test_other_rooms_hear_nothing_of_it(
    sio: SocketIO, publisher: RoomPublisher, connect: Connect
) -> None:
    mine, other = connect(), connect()
    enter(sio, mine, job_room("a"))
    enter(sio, other, job_room("b"))
    publisher.start()

    publisher.announce(snapshot(1, "a"), "owner")
    publisher.announce(snapshot(1, "b"), "owner")

    assert mine.heard(1)[0]["job_id"] == "a"
    assert [update["job_id"] for update in other.heard(1)] == ["b"]


def test_a_global_room_gets_the_newest_of_each_job_in_one_message(
    sio: SocketIO, publisher: RoomPublisher, connect: Connect
) -> None:
    client = connect()
    enter(sio, client, ALL_JOBS)
    for seq in range(1, 31):
        for job in ("a", "b"):
            publisher.announce(snapshot(seq, job), "owner")

    publisher.start()

    wait_until(lambda: bool(client.lists))
    assert {update["job_id"]: update["seq"] for update in client.lists[0]} == {"a": 30, "b": 30}


def test_an_owner_hears_of_its_own_jobs_only(
    sio: SocketIO, publisher: RoomPublisher, connect: Connect
) -> None:
    first, second = connect(), connect()
    enter(sio, first, owner_room("first"))
    enter(sio, second, owner_room("second"))

    publisher.announce(snapshot(1, "a"), "first")
    publisher.announce(snapshot(1, "b"), "second")
    publisher.start()

    wait_until(lambda: bool(first.lists and second.lists))
    assert [[update["job_id"] for update in updates] for updates in first.lists] == [["a"]]
    assert [[update["job_id"] for update in updates] for updates in second.lists] == [["b"]]


def test_a_socket_that_caught_up_is_not_told_twice_and_misses_nothing(
    publisher: RoomPublisher, connect: Connect
) -> None:
    client = connect()
    for seq in (1, 2, 3):
        publisher.announce(snapshot(seq, str(JOB)), "owner")

    publisher.join(client.sid, JOB, 0, lambda: [snapshot(1, str(JOB)), snapshot(2, str(JOB))])
    publisher.start()
    publisher.announce(snapshot(4, str(JOB)), "owner")

    assert seqs(client.heard(4)) == [1, 2, 3, 4]
    assert publisher._ahead == {}


def test_a_socket_that_left_before_it_could_join_is_not_let_in(
    sio: SocketIO, publisher: RoomPublisher, connect: Connect
) -> None:
    client = connect()
    sid = client.sid
    client.leave(sio)
    wait_until(lambda: not sio.server.manager.is_connected(sid, "/"))

    publisher.join(sid, JOB, 0, lambda: [snapshot(1, str(JOB))])

    assert list(sio.server.manager.get_participants("/", job_room(JOB))) == []
    assert publisher._ahead == {}


def test_a_socket_that_left_is_forgotten_in_rooms_that_never_move_again(
    publisher: RoomPublisher, connect: Connect
) -> None:
    client = connect()
    publisher.join(client.sid, JOB, 0, lambda: [snapshot(9, str(JOB))])

    publisher.forget(client.sid)

    assert publisher._ahead == {}


def test_one_update_that_cannot_be_sent_does_not_silence_the_rest(
    sio: SocketIO, publisher: RoomPublisher, connect: Connect
) -> None:
    client = connect()
    enter(sio, client, job_room("a"))
    publisher.start()

    publisher.announce(snapshot(1, progress_percent=object()), "owner")
    publisher.announce(snapshot(2), "owner")

    assert seqs(client.heard(1)) == [2]


def test_stopping_sends_what_is_waiting(
    sio: SocketIO, publisher: RoomPublisher, connect: Connect
) -> None:
    client = connect()
    enter(sio, client, job_room("a"))
    enter(sio, client, ALL_JOBS)
    publisher.start()
    publisher.announce(snapshot(1, status="completed"), "owner")

    publisher.stop()

    assert seqs(client.heard(1)) == [1]
    wait_until(lambda: bool(client.lists))


def waiting_packets(sio: SocketIO, sid: str) -> int:
    eio_sid = sio.server.manager.eio_sid_from_sid(sid, "/")
    packets: int = sio.server.eio.sockets[eio_sid].queue.qsize()
    return packets


def test_a_socket_that_does_not_read_gets_no_more_percentages_but_every_step(
    sio: SocketIO, publisher: RoomPublisher, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "SLOW_PACKETS", 5)
    deaf = Deaf(url)
    sio.server.enter_room(deaf.sid, job_room("a"))
    publisher.start()
    seqs = itertools.count(1)
    # Large enough to fill what the kernel holds for a connection, which may grow for a while.
    for _ in range(100):
        publisher.announce(snapshot(next(seqs), step_message="x" * 500_000), "owner")
        wait_until(lambda: not publisher._queue)
    held = waiting_packets(sio, deaf.sid)

    publisher.announce(snapshot(next(seqs), current_step="drop_duplicates"), "owner")
    publisher.announce(snapshot(next(seqs), current_step="drop_duplicates"), "owner")
    publisher.announce(snapshot(next(seqs), current_step="done", status="completed"), "owner")
    publisher.stop()

    assert held == 6, "one more than the limit waits, the other percentages were left out"
    assert waiting_packets(sio, deaf.sid) == held + 2
    deaf.leave()


def test_a_socket_that_never_reads_is_dropped_with_all_that_waits_for_it(
    sio: SocketIO, publisher: RoomPublisher, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "DEAD_PACKETS", 10)
    deaf = Deaf(url)
    eio_sid = sio.server.manager.eio_sid_from_sid(deaf.sid, "/")
    socket = sio.server.eio.sockets[eio_sid]
    sio.server.enter_room(deaf.sid, job_room("a"))
    publisher.start()

    for seq in range(1, 80):
        step = f"step {seq}"
        publisher.announce(snapshot(seq, current_step=step, pad="x" * 200_000), "owner")

    wait_until(lambda: eio_sid not in sio.server.eio.sockets)
    wait_until(socket.queue.empty)
    deaf.leave()


def test_a_revoked_key_loses_its_sockets(
    publisher: RoomPublisher,
    sockets: Sockets,
    keys: KeyService,
    connect: Connect,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "KEY_CHECK_SECONDS", 0.05)
    kept, lost = connect(), connect()
    key_ids = [keys.create("a", Scope.READ).key.id for _ in range(2)]
    for client, key_id in zip((kept, lost), key_ids, strict=True):
        sockets.add(client.sid, key_id)
    publisher.start()

    keys.revoke(key_ids[1])

    assert lost.gone.wait(5)
    assert not kept.gone.is_set()
