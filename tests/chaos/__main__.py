"""A long storm: `python -m tests.chaos --seconds 600`, or `make chaos`."""

from __future__ import annotations

import argparse
import random
import shutil
import sys
import tempfile
from pathlib import Path

from tests.chaos.run import storm


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    parser.add_argument("--seconds", type=float, default=600, help="how long, for each runtime")
    parser.add_argument("--seed", type=int, default=random.randrange(10**6))
    parser.add_argument("--runtime", choices=("eventlet", "threading"), action="append")
    asked = parser.parse_args()
    node = shutil.which("node")
    if node is None:
        sys.exit("Node is needed: the watcher is a JavaScript client")
    for runtime in asked.runtime or ("eventlet", "threading"):
        print(f"{runtime}, seed {asked.seed}, {asked.seconds:g} s", flush=True)
        with tempfile.TemporaryDirectory(prefix="neatdata-chaos-") as folder:
            print(
                storm(
                    Path(folder),
                    runtime,
                    node,
                    seed=asked.seed,
                    seconds=asked.seconds,
                    long_freezes=True,
                ),
                flush=True,
            )


if __name__ == "__main__":
    main()
