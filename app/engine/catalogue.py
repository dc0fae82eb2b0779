"""Which modules there are: core ones, and custom ones from a folder and from installed
packages.

All come in by the same door: a Python module with META and a function named like the key. A
custom one that cannot be loaded is reported with its file, line and reason; the others stay.
"""

from __future__ import annotations

import importlib
import importlib.util
import inspect
import pkgutil
import re
import sys
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, fields, is_dataclass
from importlib.metadata import entry_points
from pathlib import Path
from types import ModuleType
from typing import Any

import app.engine.modules
from app.engine.errors import described
from app.engine.module import Meta
from app.engine.params import defaults, schema

ENTRY_POINTS = "neatdata.modules"
#: What a module may be called in requests.
KEY = re.compile(r"[a-z][a-z0-9_]{0,63}")


@dataclass(frozen=True, kw_only=True)
class Module:
    """A loaded cleaning module."""

    meta: Meta
    function: Callable[..., Any]
    #: "core" or "custom".
    origin: str

    def describe(self) -> dict[str, Any]:
        """What callers are shown: params as JSON Schema, defaults, and who it is."""
        return {
            "key": self.meta.key,
            "name": self.meta.name,
            "description": self.meta.description,
            "origin": self.origin,
            "order": self.meta.order,
            "version": self.meta.version,
            "params": schema(self.meta.params),
            "defaults": defaults(self.meta.params),
        }


@dataclass(kw_only=True)
class Catalogue:
    """Modules by key. `broken`: custom files that do not load: {"file", "line", "reason"}."""

    modules: dict[str, Module] = field(default_factory=dict)
    broken: list[dict[str, Any]] = field(default_factory=list)

    def find(self, name: str) -> Module | None:
        """The module with this key, or with this display name in any case.

        >>> load().find("Trim Spaces").meta.key
        'trim_spaces'
        """
        wanted = _folded(name)
        for module in self.modules.values():
            if wanted in (_folded(module.meta.key), _folded(module.meta.name)):
                return module
        return None

    def versions(self) -> dict[str, Any]:
        """What recipes note of the modules they use."""
        modules = {key: module.meta.version for key, module in self.modules.items()}
        return {"modules": modules}

    def describe(self) -> dict[str, Any]:
        ordered = sorted(self.modules.values(), key=lambda module: module.meta.order)
        return {
            f"{origin}_modules": [
                module.describe() for module in ordered if module.origin == origin
            ]
            for origin in ("core", "custom")
        } | {"broken": self.broken}


class NotAModule(Exception):
    """The Python file loads, but is no cleaning module: the text says what is missing."""


class BrokenModule(Exception):
    """A file that should be a cleaning module cannot be used: which line of it, and why."""

    def __init__(self, file: str, line: int | None, reason: str) -> None:
        where = file if line is None else f"{file}, line {line}"
        super().__init__(f"{where}: {reason}")
        self.file = file
        self.line = line
        self.reason = reason


def load(folder: Path | None = None) -> Catalogue:
    """Core modules, then those of `folder` and of installed packages. A key is never taken
    twice.
    """
    catalogue = Catalogue()
    for info in pkgutil.iter_modules(app.engine.modules.__path__):
        python = importlib.import_module(f"app.engine.modules.{info.name}")
        if hasattr(python, "META"):  # the others are shared by several modules
            module = as_module(python, "core")
            catalogue.modules[module.meta.key] = module
    for label, opener in _custom(folder):
        try:
            module = as_module(opener(), "custom")
            if module.meta.key in catalogue.modules:
                raise NotAModule(f'the key "{module.meta.key}" is taken')
            catalogue.modules[module.meta.key] = module
        except (Exception, SystemExit) as error:  # noqa: BLE001 - a stranger's code may raise anything
            broken = _breakage(label, error)
            catalogue.broken.append(
                {"file": broken.file, "line": broken.line, "reason": broken.reason}
            )
    return catalogue


def module_at(path: Path) -> Module:
    """The custom module in a file. Raises BrokenModule, whatever is wrong with it."""
    try:
        return as_module(_load_file(path), "custom")
    except (Exception, SystemExit) as error:
        raise _breakage(path.name, error) from error


def as_module(python: ModuleType, origin: str) -> Module:
    """The cleaning module that a Python module defines. Raises NotAModule."""
    meta = getattr(python, "META", None)
    if not isinstance(meta, Meta):
        raise NotAModule("there is no META = Meta(...)")
    if not KEY.fullmatch(meta.key):
        raise NotAModule(f'the key "{meta.key}" is not snake_case, of at most 64 characters')
    function = getattr(python, meta.key, None)
    if not inspect.isfunction(function):
        raise NotAModule(f'there is no function called "{meta.key}", like the key')
    takes = 2 if meta.learn is None else 3
    if len(inspect.signature(function).parameters) != takes:
        raise NotAModule(
            f"{meta.key} must take {takes} arguments: batch, params"
            + (", learned" if takes == 3 else "")
        )
    _check_params(meta)
    return Module(meta=meta, function=function, origin=origin)


def _check_params(meta: Meta) -> None:
    if not (is_dataclass(meta.params) and isinstance(meta.params, type)):
        raise NotAModule("params is not a dataclass")
    try:
        meta.params()
    except TypeError:
        without = ", ".join(item.name for item in fields(meta.params))
        raise NotAModule(f"every param needs a default: {without}") from None
    schema(meta.params)


def _custom(folder: Path | None) -> Iterator[tuple[str, Callable[[], ModuleType]]]:
    if folder is not None:
        for path in sorted(folder.glob("*.py")):
            yield path.name, lambda path=path: _load_file(path)  # type: ignore[misc]
    for entry in entry_points(group=ENTRY_POINTS):
        yield entry.value, entry.load


def _load_file(path: Path) -> ModuleType:
    name = f"neatdata_custom_{path.stem}"
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None and spec.loader is not None
    python = importlib.util.module_from_spec(spec)
    # Dataclasses look their annotations up here.
    sys.modules[name] = python
    spec.loader.exec_module(python)
    return python


def _breakage(label: str, error: BaseException) -> BrokenModule:
    line = None
    if isinstance(error, SyntaxError):
        line = error.lineno
    else:
        own = [
            frame.lineno
            for frame in traceback.extract_tb(error.__traceback__)
            if Path(frame.filename).name == label
        ]
        line = own[-1] if own else None
    text = str(error) if isinstance(error, NotAModule) else described(error)
    return BrokenModule(label, line, text)


def _folded(name: str) -> str:
    return re.sub(r"[\s_-]+", " ", name).strip().casefold()
