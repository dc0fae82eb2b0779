"""The files the page is made of, read once: they change only with the program."""

from __future__ import annotations

import functools
import gzip
import hashlib
from pathlib import Path

STATIC = Path(__file__).with_name("static")

#: Not by the machine's own table, which may call a module text/plain.
_MEDIA_TYPES = {"js": "text/javascript", "css": "text/css", "svg": "image/svg+xml"}


@functools.cache
def names(pattern: str) -> tuple[str, ...]:
    """The files that match, in order, by their paths below `static`.

    >>> names("css/1-*.css")
    ('css/1-tokens.css',)
    """
    found = (path for path in STATIC.glob(pattern) if path.is_file())
    return tuple(sorted(path.relative_to(STATIC).as_posix() for path in found))


@functools.cache
def version() -> str:
    """A digest of them all."""
    digest = hashlib.sha256()
    for name in names("**/*"):
        digest.update(name.encode() + b"\0" + content(name))
    return digest.hexdigest()[:12]


@functools.cache
def content(name: str) -> bytes:
    return (STATIC / name).read_bytes()


@functools.cache
def compressed(name: str) -> bytes:
    return gzip.compress(content(name), mtime=0)


def media_type(name: str) -> str:
    """
    >>> media_type("js/main.js"), media_type("vendor/README.md")
    ('text/javascript', 'text/plain')
    """
    return _MEDIA_TYPES.get(name.rpartition(".")[2], "text/plain")
