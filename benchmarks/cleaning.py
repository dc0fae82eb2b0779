"""Cleaning a million rows: `python -m benchmarks.cleaning [--table KIND] [--rows N]`.

Each contender runs in a process of its own, in turn, round after round; what is quoted is the
median of the ratios within the rounds, which holds when the machine's speed drifts. The clean
files must be equal to the byte, else the figures mean nothing and none is printed.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import time
from pathlib import Path

from benchmarks.contenders import CONTENDERS
from benchmarks.tables import TABLES

FOLDER = Path(__file__).resolve().parent.parent / "build" / "benchmarks"
BASE = "polars"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--table", choices=TABLES, default="messy")
    parser.add_argument("--rows", type=int, help="by default what suits the table")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--only", nargs="*", choices=CONTENDERS, default=list(CONTENDERS))
    arguments = parser.parse_args()
    kind, table = arguments.table, TABLES[arguments.table]
    rows = arguments.rows or table.rows
    source = table.make(FOLDER / f"{kind}-{rows}.csv", rows)
    size = f"{source.stat().st_size / 1e6:.0f} MB"
    print(f"{kind}: {rows:,} rows x {len(table.names):,}, {size}, {os.cpu_count()} cores")
    seconds: dict[str, list[float]] = {name: [] for name in arguments.only}
    cpu: dict[str, list[float]] = {name: [] for name in arguments.only}
    memory: dict[str, int] = dict.fromkeys(arguments.only, 0)
    for _ in range(arguments.rounds):
        for name in arguments.only:
            took, busy, peak = run(name, kind, source, FOLDER / f"clean-{name}.csv")
            seconds[name].append(took)
            cpu[name].append(busy)
            memory[name] = max(memory[name], peak)
        must_be_equal(arguments.only)
    print(f"{'':10} {'median s':>9} {'min s':>7} {f'x {BASE}':>9} {'cpu s':>7} {'peak MB':>8}")
    for name, taken in seconds.items():
        ratios = [one / base for one, base in zip(taken, seconds[BASE], strict=True)]
        figures = (
            f"{statistics.median(taken):9.2f}",
            f"{min(taken):7.2f}",
            f"{statistics.median(ratios):9.2f}",
            f"{statistics.median(cpu[name]):7.2f}",
            f"{memory[name]:8}",
        )
        print(f"{name:10}", *figures)


def run(name: str, kind: str, source: Path, target: Path) -> tuple[float, float, int]:
    """Wall-clock seconds, CPU seconds and peak resident MB of one contender's process."""
    command = [
        sys.executable,
        "-m",
        "benchmarks.contenders",
        name,
        kind,
        str(source),
        str(target),
    ]
    began = time.perf_counter()
    pid = os.posix_spawn(sys.executable, command, os.environ)
    _, status, usage = os.wait4(pid, 0)
    if status:
        sys.exit(f"{name} failed")
    took = time.perf_counter() - began
    return took, usage.ru_utime + usage.ru_stime, usage.ru_maxrss // 1024


def must_be_equal(names: list[str]) -> None:
    contents = {name: (FOLDER / f"clean-{name}.csv").read_bytes() for name in names}
    first = names[0]
    for name in names[1:]:
        if contents[name] != contents[first]:
            sys.exit(f"{name} and {first} made different files of the same table")


if __name__ == "__main__":
    main()
