"""Params of a module: JSON Schema, defaults, and the way from JSON to a dataclass."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields
from difflib import get_close_matches
from typing import Annotated, Any, get_args, get_origin, get_type_hints

import msgspec

from app.engine.errors import Fault
from app.engine.module import Column


def schema(params: type) -> dict[str, Any]:
    """JSON Schema of a params dataclass, without references to elsewhere."""
    (_,), definitions = msgspec.json.schema_components([params])
    described: dict[str, Any] = definitions[params.__name__]
    return {"additionalProperties": False, **described}


def defaults(params: type) -> dict[str, Any]:
    """Every param's default, as JSON has it."""
    return as_json(params())


def as_json(params: Any) -> dict[str, Any]:
    """Params as they go into reports, logs and rows: nothing in them that JSON does not have."""
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
            text = str(error).replace(" - at `$`", "").replace("`", "")
            faults.append(Fault(pointer=f"/{name}", message=f"{name}: {text}"))
    if faults:
        return params(), faults
    try:
        return params(**values), []
    except ValueError as error:
        # A dataclass checks what spans several params in __post_init__.
        return params(), [Fault(pointer="", message=str(error))]


def column_params(params: Any) -> Iterator[tuple[str, list[str]]]:
    """(name of the param, the columns it names) for each param made of columns."""
    types = get_type_hints(type(params), include_extras=True)
    for item in fields(params):
        value = getattr(params, item.name)
        if value is None or not _mentions_column(types[item.name]):
            continue
        names = [value] if isinstance(value, str) else list(value)
        yield item.name, names


def _mentions_column(annotation: Any) -> bool:
    if get_origin(annotation) is Annotated:
        return bool(annotation == Column)
    return any(_mentions_column(part) for part in get_args(annotation))


def _unknown(name: str, types: Mapping[str, Any]) -> str:
    near = get_close_matches(name, types, n=1)
    if near:
        return f'There is no param "{name}". Did you mean "{near[0]}"?'
    return f'There is no param "{name}"; there are: {", ".join(types) or "none"}.'
