"""A long run: `python -m tests.fuzz --seconds 600`, or `make fuzz`.

With files it tries these alone, such as the input that an earlier run kept.
"""

from __future__ import annotations

import argparse
import hashlib
import random
import sys
import tempfile
from pathlib import Path

from tests.fuzz.claims import holds
from tests.fuzz.run import ROOT, fuzz
from tests.fuzz.seeds import SEEDS

#: Where an input is kept under which a claim did not hold.
KEPT = ROOT / "build" / "fuzz"


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("files", nargs="*", type=Path, help="inputs to try again")
    parser.add_argument("--seconds", type=float, default=600, help="how long, in total")
    parser.add_argument("--seed", type=int, default=random.randrange(1, 10**6))
    parser.add_argument("--kind", choices=list(SEEDS), action="append")
    asked = parser.parse_args()
    for file in asked.files:
        with tempfile.TemporaryDirectory() as folder:
            print(f"{file}: {holds(file, Path(folder)) or 'refused by name'}")
    kinds = [] if asked.files else asked.kind or list(SEEDS)
    for kind in kinds:
        seconds = asked.seconds / len(kinds)
        print(f"{kind}, seed {asked.seed}, {seconds:g} s", flush=True)
        outcome = fuzz(kind, seconds=seconds, seed=asked.seed)
        if outcome.crash is not None:
            sys.exit(f"{outcome.story}\nkept as {kept(outcome.crash)}")
        print(outcome.log.splitlines()[-1], flush=True)


def kept(content: bytes) -> Path:
    KEPT.mkdir(parents=True, exist_ok=True)
    path = KEPT / hashlib.sha256(content).hexdigest()[:12]
    path.write_bytes(content)
    return path


if __name__ == "__main__":
    main()
