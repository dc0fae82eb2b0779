"""Params of a module: JSON Schema, defaults, and the way from JSON to a dataclass."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import is_dataclass, replace
from difflib import get_close_matches
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin, get_type_hints

import msgspec

from app.engine.errors import Fault
from app.engine.module import Column


def schema(params: type) -> dict[str, Any]:
    """JSON Schema of a params dataclass, without references to elsewhere."""
    (_,), definitions = msgspec.json.schema_components([params])
    described: dict[str, Any] = _inlined(definitions[params.__name__], definitions)
    return {"additionalProperties": False, **described}


def _inlined(part: Any, definitions: Mapping[str, Any]) -> Any:
    """A schema with what it refers to in the place of each reference."""
    if isinstance(part, list):
        return [_inlined(item, definitions) for item in part]
    if not isinstance(part, dict):
        return part
    if "$ref" in part:
        return _inlined(definitions[part["$ref"].rsplit("/", 1)[-1]], definitions)
    return {key: _inlined(item, definitions) for key, item in part.items()}


def defaults(params: type) -> dict[str, Any]:
    """Every param's default, as JSON has it."""
    return as_json(params())


def as_json(params: Any) -> dict[str, Any]:
    """Params as they go into reports, logs and rows: with nothing that JSON does not have."""
    plain: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(params))
    return plain


def read_params(params: type, given: Mapping[str, Any]) -> tuple[Any, list[Fault]]:
    """The dataclass that `given` describes, and every fault found (pointers from its root).

    A value is taken as it is or refused, never bent: "5" is no number and 1 is no truth value.
    """
    types = get_type_hints(params, include_extras=True)
    values: dict[str, Any] = {}
    faults = []
    for name, value in given.items():
        if name not in types:
            faults.append(Fault(pointer=f"/{name}", message=_unknown(name, types)))
            continue
        try:
            values[name] = msgspec.convert(value, types[name])
        except msgspec.ValidationError as error:
            faults.append(_misfit(name, str(error)))
    if faults:
        return params(), faults
    try:
        return params(**values), []
    except ValueError as error:
        # A dataclass checks what spans several params in __post_init__.
        return params(), [Fault(pointer="", message=str(error))]


def resolve_columns(params: Any, resolve: Callable[[str, str], str]) -> Any:
    """`params` with every column they name, at whatever depth, replaced by what
    `resolve(pointer, name)` says.

    Raises ValueError when two names turn out to be one column where that cannot be.
    """
    return _resolved(type(params), params, "", resolve)


def _resolved(kind: Any, value: Any, pointer: str, resolve: Callable[[str, str], str]) -> Any:
    if get_origin(kind) is Annotated:
        is_column = kind == Column and isinstance(value, str)
        return resolve(pointer, value) if is_column else value
    if get_origin(kind) in (Union, UnionType):
        for option in get_args(kind):
            value = _resolved(option, value, pointer, resolve)
        return value
    if get_origin(kind) is tuple and isinstance(value, tuple):
        item = get_args(kind)[0]
        return tuple(
            _resolved(item, each, f"{pointer}/{place}", resolve)
            for place, each in enumerate(value)
        )
    if get_origin(kind) is dict and isinstance(value, dict):
        return _resolved_keys(kind, value, pointer, resolve)
    return _resolved_fields(value, pointer, resolve)


def _resolved_keys(
    kind: Any, value: dict[Any, Any], pointer: str, resolve: Callable[[str, str], str]
) -> dict[Any, Any]:
    of_key, of_value = get_args(kind)
    made: dict[Any, Any] = {}
    for key, item in value.items():
        place = f"{pointer}/{escape_pointer(str(key))}"
        name = _resolved(of_key, key, place, resolve)
        if name in made:
            raise ValueError(f'the column "{name}" is named twice')
        made[name] = _resolved(of_value, item, place, resolve)
    return made


def _resolved_fields(value: Any, pointer: str, resolve: Callable[[str, str], str]) -> Any:
    is_struct = isinstance(value, msgspec.Struct)
    if not (is_struct or is_dataclass(value)):
        return value
    types = get_type_hints(type(value), include_extras=True)
    changes = {}
    for name, kind in types.items():
        before = getattr(value, name)
        after = _resolved(kind, before, f"{pointer}/{name}", resolve)
        if after != before:
            changes[name] = after
    if not changes:
        return value
    make: Any = msgspec.structs.replace if is_struct else replace
    return make(value, **changes)


def escape_pointer(name: str) -> str:
    """A name as a step of a JSON pointer (RFC 6901).

    >>> escape_pointer("a/b~c")
    'a~1b~0c'
    """
    return name.replace("~", "~0").replace("/", "~1")


def _misfit(name: str, text: str) -> Fault:
    """What msgspec says of a value, with the place inside the value as a pointer.

    >>> _misfit("rules", "Expected `str`, got `int` - at `$[1].pattern`")
    Fault(pointer='/rules/1/pattern', message='rules[1].pattern: Expected str, got int')
    """
    message, _, place = text.partition(" - at ")
    place = place.strip("`").removeprefix("$")
    pointer = re.sub(r"\[(\d+)\]|\.", lambda found: f"/{found[1] or ''}", place)
    message = message.replace("`", "")
    return Fault(pointer=f"/{name}{pointer}", message=f"{name}{place}: {message}")


def _unknown(name: str, types: Mapping[str, Any]) -> str:
    near = get_close_matches(name, types, n=1)
    if near:
        return f'There is no param "{name}". Did you mean "{near[0]}"?'
    return f'There is no param "{name}"; there are: {", ".join(types) or "none"}.'
