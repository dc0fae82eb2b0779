"""Looking into a million rows: `python -m benchmarks.looking [--rows N] [--rounds N]`.

What our profile says, DuckDB's SUMMARIZE and pandas' describe say part of: types as they read
them, distinct values, extremes; no patterns, no tokens for missing, no odd ones, and amounts
with a decimal comma stay text. Suggestions have no rival: they are beside for their own sake.
Each runs in a process of its own, in turn.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.tables import TABLES

FOLDER = Path(__file__).resolve().parent.parent / "build" / "benchmarks"


def profile(source: Path) -> Any:
    from app.engine.profile import profile_table
    from app.engine.reading import open_table

    return profile_table(open_table(source))


def suggest(source: Path) -> Any:
    from app.engine.catalogue import load
    from app.engine.reading import open_table
    from app.engine.suggest import suggest

    return suggest(open_table(source), load())


def duckdb(source: Path) -> Any:
    import duckdb

    return duckdb.sql(f"SUMMARIZE SELECT * FROM read_csv('{source}', delim=';')").fetchall()


def pandas(source: Path) -> Any:
    import pandas as pd

    return pd.read_csv(source, sep=";").describe(include="all")


CONTENDERS: dict[str, Callable[[Path], Any]] = {
    "profile": profile,
    "duckdb": duckdb,
    "pandas": pandas,
    "suggest": suggest,
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--one", choices=CONTENDERS, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    source = TABLES["messy"].make(FOLDER / f"messy-{arguments.rows}.csv", arguments.rows)
    if arguments.one is not None:
        CONTENDERS[arguments.one](source)
        return
    print(f"{arguments.rows:,} rows x 8, {source.stat().st_size / 1e6:.0f} MB, "
          f"{os.cpu_count()} cores, {arguments.rounds} rounds")  # fmt: skip
    print(f"{'':10} {'median s':>9} {'min s':>7} {'cpu s':>7} {'peak MB':>8}")
    taken: dict[str, list[tuple[float, float, int]]] = {name: [] for name in CONTENDERS}
    for _ in range(arguments.rounds):
        for name, runs in taken.items():
            runs.append(run(name, arguments.rows))
    for name, runs in taken.items():
        seconds, cpu, memory = zip(*runs, strict=True)
        print(f"{name:10} {statistics.median(seconds):9.2f} {min(seconds):7.2f} "
              f"{statistics.median(cpu):7.2f} {max(memory):8}")  # fmt: skip


def run(name: str, rows: int) -> tuple[float, float, int]:
    """Wall-clock seconds, CPU seconds and peak resident MB of one contender's process."""
    command = [sys.executable, "-m", "benchmarks.looking", "--one", name, "--rows", str(rows)]
    began = time.perf_counter()
    pid = os.posix_spawn(sys.executable, command, os.environ)
    _, status, usage = os.wait4(pid, 0)
    if status:
        sys.exit(f"{name} failed")
    took = time.perf_counter() - began
    return took, usage.ru_utime + usage.ru_stime, usage.ru_maxrss // 1024


if __name__ == "__main__":
    main()
