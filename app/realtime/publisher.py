"""From committed rows to rooms: in order, never waiting, never growing without bound."""

from __future__ import annotations

import logging
import threading
import time
import uuid
from collections import deque
from collections.abc import Callable
from typing import Any

from flask_socketio import SocketIO

from app.realtime.rooms import ALL_JOBS, Sockets, job_room, owner_room
from app.services import KeyService

#: A global room gets the newest update of each job at most this often.
GLOBAL_SECONDS = 0.5
#: How often the keys of connected sockets are looked at again, and their last use is stored.
KEY_CHECK_SECONDS = 2.0
#: Packets waiting for one socket. Past the first it gets no more percentages until it has
#: read, past the second it is dropped: a later snapshot, or `after_seq` when it comes back,
#: makes up for both.
SLOW_PACKETS, DEAD_PACKETS = 100, 1000

#: The emitting thread comes round every second; one that has not for this long is deaf.
DEAF_SECONDS = 30.0

NAMESPACE = "/"

log = logging.getLogger(__name__)


class RoomPublisher:
    """Services announce snapshots after each commit, in commit order; one thread emits them.

    `announce` only appends: it is called inside the writer lock, where waiting is forbidden.
    """

    def __init__(self, socketio: SocketIO, sockets: Sockets, keys: KeyService) -> None:
        self._socketio = socketio
        self._sockets = sockets
        self._keys = keys
        self._queue: deque[tuple[dict[str, Any], str]] = deque()
        self._wake = threading.Event()
        self._stopping = threading.Event()
        self._newest: dict[str, tuple[dict[str, Any], str]] = {}
        self._newest_lock = threading.Lock()
        self._steps: dict[str, tuple[Any, ...]] = {}
        #: Held while a job room is sent to, and while a socket catches up and joins one.
        self._joining = threading.RLock()
        #: room -> {socket: the seq it has caught up to}, until the room has got there too.
        self._ahead: dict[str, dict[str, int]] = {}
        self._threads: list[threading.Thread] = []
        #: When the emitting thread last came round, by time.monotonic().
        self._last_round = 0.0

    def announce(self, snapshot: dict[str, Any], owner_id: str) -> None:
        self._queue.append((snapshot, owner_id))
        self._wake.set()

    def join(
        self, sid: str, job_id: uuid.UUID, seq: int, missed: Callable[[], list[dict[str, Any]]]
    ) -> None:
        """Send a socket what it `missed` since `seq`, which it knows, and let it into the
        job's room, with nothing lost or twice.
        """
        room = job_room(job_id)
        with self._joining:
            if not self._socketio.server.manager.is_connected(sid, NAMESPACE):
                return
            for snapshot in missed():
                self._socketio.emit("job_update", snapshot, to=sid)
                seq = snapshot["seq"]
            # The room may be behind: an update is announced only after its commit.
            self._ahead.setdefault(room, {})[sid] = seq
            self._socketio.server.enter_room(sid, room)

    def forget(self, sid: str) -> None:
        """The socket is gone; a room that never moves again must not remember it for ever."""
        with self._joining:
            for room, ahead in list(self._ahead.items()):
                ahead.pop(sid, None)
                if not ahead:
                    del self._ahead[room]

    def fault(self) -> str | None:
        """What is wrong with it; None when updates are sent."""
        if not self._threads or self._stopping.is_set():
            return "It sends no updates: the server is starting or stopping."
        silent = time.monotonic() - self._last_round
        return f"Nothing was sent for {silent:.0f} seconds." if silent > DEAF_SECONDS else None

    def start(self) -> None:
        self._last_round = time.monotonic()
        self._threads = [
            threading.Thread(target=self._emit_to_jobs, name="publisher", daemon=True),
            threading.Thread(target=self._emit_to_all, name="publisher-global", daemon=True),
            threading.Thread(target=self._check_keys, name="key-check", daemon=True),
        ]
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Send what is waiting, then end."""
        self._stopping.set()
        self._wake.set()
        for thread in self._threads:
            thread.join(timeout=2.0)
        # What the job rooms heard last, the global ones have not yet.
        self._emit_newest()

    def _emit_to_jobs(self) -> None:
        while not self._stopping.is_set() or self._queue:
            # Cleared before looking, so that no announcement is slept over.
            self._wake.clear()
            self._last_round = time.monotonic()
            while self._queue:
                snapshot, owner_id = self._queue.popleft()
                try:
                    with self._newest_lock:
                        self._newest[snapshot["job_id"]] = (snapshot, owner_id)
                    self._emit_update(snapshot)
                except Exception:
                    # One room that cannot be sent to must not silence the others.
                    log.exception("an update could not be sent")
            self._wake.wait(1.0)

    def _emit_update(self, snapshot: dict[str, Any]) -> None:
        room = job_room(snapshot["job_id"])
        with self._joining:
            skip = self._slow_sockets(room, droppable=self._is_percentage(snapshot))
            skip += self._already_told(room, snapshot["seq"])
            self._socketio.emit("job_update", snapshot, to=room, skip_sid=skip)

    def _already_told(self, room: str, seq: int) -> list[str]:
        """Sockets that got this update when they caught up, a moment before the room does."""
        ahead = self._ahead.pop(room, {})
        told = {sid: known for sid, known in ahead.items() if known >= seq}
        if told:
            self._ahead[room] = told
        return list(told)

    def _is_percentage(self, snapshot: dict[str, Any]) -> bool:
        """Whether nothing but numbers moved since the job's last update: then a slow socket
        can do without.
        """
        job_id = snapshot["job_id"]
        state = (snapshot["status"], snapshot["current_step"], snapshot["attempt"])
        known, self._steps[job_id] = self._steps.get(job_id), state
        if snapshot["status"] in ("completed", "failed", "cancelled"):
            del self._steps[job_id]
        return known == state

    def _emit_to_all(self) -> None:
        while not self._stopping.wait(GLOBAL_SECONDS):
            self._emit_newest()

    def _emit_newest(self) -> None:
        with self._newest_lock:
            newest, self._newest = self._newest, {}
        try:
            if newest:
                self._emit_globally(newest)
        except Exception:
            log.exception("the global rooms could not be sent to")

    def _emit_globally(self, newest: dict[str, tuple[dict[str, Any], str]]) -> None:
        everything = [snapshot for snapshot, _ in newest.values()]
        skip = self._slow_sockets(ALL_JOBS, droppable=False)
        self._socketio.emit("jobs_update", everything, to=ALL_JOBS, skip_sid=skip)
        by_owner: dict[str, list[dict[str, Any]]] = {}
        for snapshot, owner_id in newest.values():
            by_owner.setdefault(owner_id, []).append(snapshot)
        for owner_id, snapshots in by_owner.items():
            room = owner_room(owner_id)
            skip = self._slow_sockets(room, droppable=False)
            self._socketio.emit("jobs_update", snapshots, to=room, skip_sid=skip)

    def _slow_sockets(self, room: str, *, droppable: bool) -> list[str]:
        """Sockets of the room that are to be passed over; those that do not read at all are
        dropped here.
        """
        server = self._socketio.server
        slow = []
        for sid, eio_sid in list(server.manager.get_participants(NAMESPACE, room)):
            socket = server.eio.sockets.get(eio_sid)
            waiting = 0 if socket is None else socket.queue.qsize()
            if waiting > DEAD_PACKETS:
                slow.append(sid)
                log.warning("socket %s does not read: dropped", sid)
                self._socketio.start_background_task(_drop, server, eio_sid)
            elif droppable and waiting > SLOW_PACKETS:
                slow.append(sid)
        return slow

    def _check_keys(self) -> None:
        while not self._stopping.wait(KEY_CHECK_SECONDS):
            try:
                self._keys.flush_last_used()
                present = self._sockets.key_ids()
                for sid in self._sockets.of_keys(present - self._keys.live_among(present)):
                    # In the background: a client that polls is only gone when it polls again.
                    self._socketio.start_background_task(self._socketio.server.disconnect, sid)
            except Exception:
                log.exception("the keys of connected sockets could not be checked")
        self._keys.flush_last_used()


def _drop(server: Any, eio_sid: str) -> None:
    """Close the transport and forget what was waiting. A polite close would queue behind all
    that.
    """
    socket = server.eio.sockets.pop(eio_sid, None)
    if socket is None:
        return
    socket.close(wait=False, abort=True)
    while not socket.queue.empty():
        socket.queue.get(block=False)
