"""What must hold of any file at all."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

from app.engine import clean_file
from app.engine.catalogue import load
from app.engine.errors import SourceError
from app.engine.reading import (
    Inspection,
    ReadingOptions,
    byte_stream,
    careful_lane,
    inspect_file,
)
from app.services.pipelines import reading_of
from tests.engine.reading.reading import read

CATALOGUE = load()
#: Of the processor, not of the clock: a busy machine proves nothing.
LONGEST_SECONDS = 5.0
SMALL_BLOCK_BYTES = 61


class TooSlow(BaseException):
    """No Exception, so that nothing on the way takes it for damage in the file."""


def holds(path: Path, folder: Path) -> Inspection | None:
    """The file is refused by name (None), or is a table whose sums meet: inspected, read with
    the stored settings and cleaned by no modules it is the same each time.

    Raises: AssertionError, TooSlow, and whatever escapes from the engine.
    """
    with bounded(LONGEST_SECONDS):
        try:
            inspection = inspect_file(path)
        except SourceError as refusal:
            assert refusal.code and str(refusal)
            return None
        try:
            agrees(path, folder, inspection)
        except SourceError:
            # The figures of Parquet stand in its footer: damage to the pages shows later.
            assert inspection.format == "parquet"
            return None
        return inspection


def agrees(path: Path, folder: Path, inspection: Inspection) -> None:
    settings = ReadingOptions(**reading_of(inspection.as_dict()))
    table = read(path, settings)
    assert table.inspection.columns == inspection.columns
    assert table.inspection.rows == inspection.rows
    assert table.inspection.rejected == inspection.rejected

    first, again = folder / "first.csv", folder / "again.csv"
    report = clean_file(path, first, [], catalogue=CATALOGUE)
    with small_blocks():
        clean_file(path, again, [], reading=settings, catalogue=CATALOGUE)
    assert (report.rows_out, report.rejected) == (inspection.rows, inspection.rejected)
    assert first.read_bytes() == again.read_bytes()


@contextmanager
def small_blocks() -> Iterator[None]:
    """Gives small files the seams that large ones have, of which nothing may be seen."""
    before = byte_stream.BLOCK_BYTES, careful_lane.STRETCH_BYTES
    byte_stream.BLOCK_BYTES, careful_lane.STRETCH_BYTES = SMALL_BLOCK_BYTES, SMALL_BLOCK_BYTES
    try:
        yield
    finally:
        byte_stream.BLOCK_BYTES, careful_lane.STRETCH_BYTES = before


@contextmanager
def bounded(seconds: float) -> Iterator[None]:
    """Raises TooSlow when what is done takes longer, by the time of the processor."""

    def stop(number: int, frame: FrameType | None) -> None:
        raise TooSlow(f"more than {seconds:g} s of the processor")

    before = signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)
