"""Starts the fuzzer, and shows what it found."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from tests.fuzz.seeds import SEEDS

ROOT = Path(__file__).resolve().parents[2]
#: Bytes that an input may take.
LONGEST_INPUT = {"text": 4096, "packed": 32_768}
#: By the clock, for what cannot be interrupted; what can be is held to far less.
LONGEST_WALL_SECONDS = 60
SHOWN_BYTES = 2000
#: What such files are made of, told to the fuzzer beforehand.
WORDS = [
    b'"', b'""', b"'", b"\\", b",", b";", b"\t", b"|", b"||", b" ", b"\n", b"\r", b"\r\n",
    b"\x00", b"\x1a", b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff", b"sep=;\n", b'","', b'"\n',
    b'\n"', b'{"',
]  # fmt: skip
#: Files in memory, where there is such a folder: a run is not to wait for the disk.
MEMORY = Path("/dev/shm")


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What came of a run. `crash`: the input under which a claim did not hold."""

    log: str
    crash: bytes | None

    @property
    def story(self) -> str:
        """The traceback and the input, as much of it as a person wants to see."""
        tail = "\n".join(self.log.splitlines()[-60:])
        if self.crash is None:
            return tail
        return f"{tail}\n\n{len(self.crash)} bytes: {self.crash[:SHOWN_BYTES]!r}"


def fuzz(kind: str, *, seconds: float, seed: int) -> Outcome:
    """Fuzz reading with files of the kind, "text" or "packed", for so long.

    Raises: RuntimeError when the fuzzer failed without an input to show for it.
    """
    with tempfile.TemporaryDirectory(
        prefix="neatdata-fuzz-", dir=MEMORY if MEMORY.is_dir() else None
    ) as name:
        folder = Path(name)
        prepare(folder, kind)
        done = subprocess.run(
            [sys.executable, "-m", "tests.fuzz.target", kind, name, f"{name}/corpus",
             f"-max_total_time={round(seconds)}", f"-seed={seed}",
             f"-max_len={LONGEST_INPUT[kind]}", f"-timeout={LONGEST_WALL_SECONDS}",
             f"-report_slow_units={LONGEST_WALL_SECONDS}",
             f"-dict={name}/words", f"-artifact_prefix={name}/found-", "-len_control=0"],
            cwd=ROOT, env={**os.environ, "POLARS_MAX_THREADS": "1"}, check=False,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace",
        )  # fmt: skip
        crashes = [path.read_bytes() for path in folder.glob("found-*")]
    if done.returncode and not crashes:
        raise RuntimeError(f"The fuzzer ended with {done.returncode}:\n{done.stdout[-4000:]}")
    return Outcome(log=done.stdout, crash=crashes[0] if done.returncode else None)


def prepare(folder: Path, kind: str) -> None:
    """What the fuzzer starts from: whole files, and what such files are made of."""
    corpus = folder / "corpus"
    corpus.mkdir()
    for number, content in enumerate(SEEDS[kind]()):
        (corpus / str(number)).write_bytes(content)
    words = ('"' + "".join(f"\\x{byte:02x}" for byte in token) + '"\n' for token in WORDS)
    (folder / "words").write_text("".join(words), encoding="ascii")
