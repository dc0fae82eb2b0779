"""The engine process: `python -m app.engine [--modules-dir DIR]`. It speaks
app.engine.protocol.

A thread listens, so that a cancel is heard while work goes on and the end of stdin ends the
process at once, whatever it is doing: no engine outlives its server.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import queue
import signal
import sys
import threading
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO

from app.engine.errors import EngineError
from app.engine.protocol import (
    Failure,
    Reply,
    Request,
    Result,
    decode_request,
    encode_reply,
)

#: Added to the priority: the server answers people, the engine may wait a moment.
NICENESS = 5


class Engine:
    def __init__(self, requests: BinaryIO, replies: BinaryIO) -> None:
        self._requests = requests
        self._replies = replies
        self._waiting: queue.Queue[Request] = queue.Queue()
        self._cancelled = threading.Event()

    def serve(self, modules_dir: Path | None) -> None:
        """Answer requests, one at a time, for as long as the process lives."""
        threading.Thread(target=self._listen, daemon=True).start()
        # Polars is loaded here, while the first request may already be waiting.
        from app.engine.operations import Operations

        operations = Operations(modules_dir, self._say, self._cancelled.is_set)
        while True:
            request = self._waiting.get()
            self._say(self._answer(operations.run, request))

    def _answer(self, run: Callable[[str, Any], dict[str, Any]], request: Request) -> Reply:
        try:
            return Result(value=run(request.op, request.args))
        except EngineError as error:
            return Failure(error=error.as_dict())
        except Exception:  # noqa: BLE001 - the one place where what nobody foresaw ends
            traceback.print_exc(file=sys.stderr)
            message = "The engine met an error that nobody foresaw; the server's log has it."
            return Failure(error={"code": "internal_error", "message": message})

    def _listen(self) -> None:
        try:
            for line in self._requests:
                request = decode_request(line)
                if request.op == "cancel":
                    self._cancelled.set()
                else:
                    # A cancel that came too late for the last request is not meant for this.
                    self._cancelled.clear()
                    self._waiting.put(request)
        finally:
            # Nothing is tidied up: whoever started this process has gone, or speaks nonsense.
            os._exit(0)

    def _say(self, reply: Reply) -> None:
        self._replies.write(encode_reply(reply))
        self._replies.flush()


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m app.engine")
    parser.add_argument("--modules-dir", type=Path, default=None)
    arguments = parser.parse_args()
    # The supervisor decides when an engine ends; a Ctrl-C in the terminal is meant for it.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    with contextlib.suppress(OSError):
        os.nice(NICENESS)
    # A green server hands over its end of the pair in its own, non-blocking mode.
    os.set_blocking(0, True)
    os.set_blocking(1, True)
    requests = os.fdopen(os.dup(0), "rb")
    replies = os.fdopen(os.dup(1), "wb")
    # What a module prints must not be taken for a reply.
    os.dup2(2, 1)
    Engine(requests, replies).serve(arguments.modules_dir)


if __name__ == "__main__":
    main()
