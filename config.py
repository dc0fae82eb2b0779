"""Every setting: its name, its default and what it is for. The only file that reads the
environment.

A setting is an environment variable `NEATDATA_` + the field's name in capitals. An unknown
name or a value that cannot be is a ConfigError with one clear line, before anything is started.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping
from dataclasses import Field, dataclass, field, fields
from pathlib import Path
from typing import Any

PREFIX = "NEATDATA_"
MIB = 1024 * 1024
HERE = Path(__file__).resolve().parent

# A Kubernetes service called "neatdata" puts these into every pod of its namespace.
_KUBERNETES = re.compile(r"NEATDATA_(SERVICE_.*|PORT_.*)$")
_KUBERNETES_PORT = re.compile(r"(tcp|udp|sctp)://")


class ConfigError(ValueError):
    """A setting is unknown or its value cannot be. The text is one line that names it."""


def setting(
    default: Any, parse: Callable[[str], Any], text: str, *, secret: bool = False
) -> Any:
    """`secret`: not in the repr, which may end in a log."""
    return field(default=default, repr=not secret, metadata={"parse": parse, "help": text})


def whole_number(least: int, most: int | None = None) -> Callable[[str], int]:
    def parse(value: str) -> int:
        number = int(value) if re.fullmatch(r"\d+", value) else -1
        if number < least or (most is not None and number > most):
            bounds = f"at least {least}" if most is None else f"between {least} and {most}"
            raise ValueError(f"must be a whole number, {bounds}")
        return number

    return parse


def one_of(*choices: str) -> Callable[[str], str]:
    def parse(value: str) -> str:
        if value not in choices:
            raise ValueError(f"must be one of: {', '.join(choices)}")
        return value

    return parse


def text(value: str) -> str:
    if not value.strip():
        raise ValueError("must not be empty")
    return value


def folder(value: str) -> Path:
    try:
        return Path(text(value)).expanduser().resolve()
    except RuntimeError:
        raise ValueError("must be a path; it begins with the home of someone unknown") from None


def existing_folder(value: str) -> Path:
    path = folder(value)
    if not path.is_dir():
        raise ValueError("must be a folder that exists")
    return path


def origins(value: str) -> tuple[str, ...]:
    found = tuple(part.strip().rstrip("/") for part in value.split(",") if part.strip())
    for origin in found:
        if origin != "*" and not re.fullmatch(r"https?://[^/\s]+", origin):
            raise ValueError(
                f"has {origin!r}, which is not an origin like https://app.example.com"
            )
    return found


def sqlite_url(value: str) -> str:
    if not re.fullmatch(r"sqlite:///.+", value) or ":memory:" in value:
        raise ValueError("must be sqlite:///PATH, a database in a file")
    return value


@dataclass(frozen=True, kw_only=True)
class Config:
    """The settings of one server. Fields without an environment value keep their default."""

    host: str = setting("127.0.0.1", text, "Address the server listens on.")
    port: int = setting(8000, whole_number(1, 65535), "Port the server listens on.")
    instance_dir: Path = setting(
        HERE / "instance",
        folder,
        "Folder that holds the database, the uploads, the results and admin.key.",
    )
    admin_key: str | None = setting(
        None,
        text,
        "Key the first start stores as the admin key instead of making one.",
        secret=True,
    )
    database_url: str | None = setting(
        None, sqlite_url, "Database; by default neatdata.db in the instance folder."
    )
    async_mode: str = setting(
        "eventlet", one_of("eventlet", "threading"), "How the server runs requests and sockets."
    )
    queue: str = setting("threads", one_of("threads"), "What runs the jobs.")
    workers: int = setting(
        2, whole_number(1, 64), "Jobs that run at the same time, each in a process of its own."
    )
    running_per_key: int = setting(
        2, whole_number(1, 64), "Jobs of one key that may run at the same time."
    )
    pending_per_key: int = setting(
        1000, whole_number(1), "Jobs of one key that may wait at the same time."
    )
    modules_dir: Path | None = setting(
        None, existing_folder, "Folder with cleaning modules of your own, one Python file each."
    )
    max_upload_bytes: int = setting(
        2048 * MIB, whole_number(1), "Largest file accepted, in bytes."
    )
    max_json_bytes: int = setting(
        8 * MIB, whole_number(1024), "Largest JSON body accepted, in bytes."
    )
    job_memory_bytes: int = setting(
        2048 * MIB,
        whole_number(256 * MIB),
        "Resident memory an engine process may use before its job is stopped, in bytes.",
    )
    job_timeout_seconds: int = setting(
        3600, whole_number(1), "Time one attempt of a job may take, in seconds."
    )
    retention_days: int = setting(
        0,
        whole_number(0, 36_500),
        "Days that ended jobs, their results and unused uploads are kept; 0 is for ever.",
    )
    shutdown_grace_seconds: int = setting(
        10,
        whole_number(0, 3600),
        "Time running jobs get to finish when the server is stopped, in seconds.",
    )
    cors_origins: tuple[str, ...] = setting(
        (), origins, "Origins (comma-separated) whose pages may call the API and the sockets."
    )
    threads: int = setting(
        128,
        whole_number(8, 4096),
        "Threads of the threading mode. Each open WebSocket holds one.",
    )
    log_level: str = setting(
        "info", one_of("debug", "info", "warning", "error"), "How much is written to the log."
    )

    @property
    def database(self) -> str:
        return self.database_url or f"sqlite:///{self.instance_dir / 'neatdata.db'}"


def environment_name(item: Field[Any]) -> str:
    return PREFIX + item.name.upper()


def load(environ: Mapping[str, str] | None = None) -> Config:
    """The configuration the environment describes.

    Raises ConfigError for an unknown name (a typo would else be a default in silence) or a bad
    value.
    """
    environ = os.environ if environ is None else environ
    by_name = {environment_name(item): item for item in fields(Config)}
    values: dict[str, Any] = {}
    for name in sorted(key for key in environ if key.startswith(PREFIX)):
        value = environ[name]
        if _from_kubernetes(name, value):
            continue
        if name not in by_name:
            raise ConfigError(f"{name} is not a setting of NeatData; see docs/configuration.md")
        try:
            values[by_name[name].name] = by_name[name].metadata["parse"](value)
        except ValueError as error:
            raise ConfigError(f"{name} {error}, not {_shown(by_name[name], value)}") from None
    return Config(**values)


def _from_kubernetes(name: str, value: str) -> bool:
    if name == "NEATDATA_PORT":
        return _KUBERNETES_PORT.match(value) is not None
    return _KUBERNETES.match(name) is not None


def _shown(item: Field[Any], value: str) -> str:
    # A secret in the wrong format is still a secret.
    return repr(value) if item.repr else "the given value"
