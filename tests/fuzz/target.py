"""The process that fuzzes: `python -m tests.fuzz.target text|packed FOLDER [OPTION ...]`.

Options are libFuzzer's, and it ends as libFuzzer does: with 0 when its time is over, otherwise
with a traceback and the input.
"""

from __future__ import annotations

import random
import sys
from pathlib import Path

import atheris

# What is imported here for the first time tells which of its branches an input reached.
with atheris.instrument_imports(include=["app.engine.reading"]):
    import app.engine.reading  # noqa: F401

from tests.fuzz.claims import holds
from tests.fuzz.mutation import mutated


def main() -> None:
    kind, folder, *options = sys.argv[1:]
    place = Path(folder)
    source = place / "source"

    def attempt(content: bytes) -> None:
        source.write_bytes(content)
        holds(source, place)

    def mutate(content: bytes, longest: int, seed: int) -> bytes:
        change = mutated(
            content, random.Random(seed), lambda part: atheris.Mutate(part, len(part) + 64)
        )
        return change if len(change) <= longest else content

    atheris.Setup(
        ["fuzz", *options],
        attempt,
        custom_mutator=mutate if kind == "packed" else None,
    )
    atheris.Fuzz()


if __name__ == "__main__":
    main()
