"""Waiting for a job to move."""

from __future__ import annotations

import uuid

from app.services.moves import JobMoves
from tests.conftest import Announcements

JOB, OTHER = uuid.uuid4(), uuid.uuid4()


def test_who_waits_for_a_job_is_woken_by_its_moves_alone() -> None:
    announced = Announcements()
    moves = JobMoves(announced)

    with moves.of(JOB) as first, moves.of(JOB) as second, moves.of(OTHER) as other:
        moves.announce({"job_id": str(JOB), "seq": 2}, "owner")

        assert first.is_set()
        assert second.is_set()
        assert not other.is_set()
    assert announced == [{"job_id": str(JOB), "seq": 2}]


def test_nothing_is_kept_of_who_has_gone() -> None:
    moves = JobMoves(Announcements())

    with moves.of(JOB):
        with moves.of(JOB):
            pass
        moves.wake_all()

    assert moves._waiting == {}


def test_everyone_can_be_woken() -> None:
    moves = JobMoves(Announcements())

    with moves.of(JOB) as first, moves.of(OTHER) as second:
        moves.wake_all()

        assert first.is_set()
        assert second.is_set()
