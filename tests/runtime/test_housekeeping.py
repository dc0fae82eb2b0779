"""Chores in the background."""

from __future__ import annotations

import logging
import threading

import pytest

from app.runtime.housekeeping import Housekeeper


def test_a_chore_that_fails_keeps_no_other_from_being_done(
    caplog: pytest.LogCaptureFixture,
) -> None:
    done = threading.Event()

    def fail() -> int:
        raise OSError("no such disk")

    def work() -> int:
        done.set()
        return 2

    housekeeper = Housekeeper({"crumbs": fail, "plates": work})
    with caplog.at_level(logging.INFO):
        housekeeper.start()
        assert done.wait(10)
        housekeeper.stop()

    assert "crumbs could not be cleared away" in caplog.text
    assert "2 plates cleared away" in caplog.text
