"""Small text clean-ups for POST /clean, answered without an engine process."""

from __future__ import annotations

import re
from collections.abc import Callable
from difflib import get_close_matches
from typing import Any

from app.errors import FieldFault, Unprocessable

#: What a caller may ask for, in the order given. Casing here is the same in every language;
#: `change` of a table's text, Turkish casing included, is the business of cleaning modules.
OPERATIONS: dict[str, Callable[[str], str]] = {
    "trim": str.strip,
    "lowercase": str.lower,
    "uppercase": str.upper,
    "titlecase": str.title,
    "collapse_whitespace": lambda text: re.sub(r"\s+", " ", text),
    "remove_digits": lambda text: re.sub(r"\d", "", text),
    "remove_punctuation": lambda text: re.sub(r"[^\w\s]", "", text),
}


def clean_texts(data: Any, operations: list[str]) -> Any:
    """Apply `operations` to every text in `data`; lists and objects keep their shape, other
    values their worth. Raises Unprocessable for each operation there is not.

    >>> clean_texts({"name": "  Ada ", "age": 36}, ["trim", "uppercase"])
    {'name': 'ADA', 'age': 36}
    """
    faults = [
        FieldFault(pointer=f"/operations/{place}", message=_unknown(operation))
        for place, operation in enumerate(operations)
        if operation not in OPERATIONS
    ]
    if faults:
        said = " ".join(fault.message for fault in faults)
        raise Unprocessable(said, code="unknown-operation", faults=faults)
    return _cleaned(data, [OPERATIONS[operation] for operation in operations])


def _cleaned(data: Any, operations: list[Callable[[str], str]]) -> Any:
    if isinstance(data, str):
        for operation in operations:
            data = operation(data)
        return data
    if isinstance(data, list):
        return [_cleaned(item, operations) for item in data]
    if isinstance(data, dict):
        return {key: _cleaned(value, operations) for key, value in data.items()}
    return data


def _unknown(operation: str) -> str:
    near = get_close_matches(operation.lower(), OPERATIONS, n=2) or list(OPERATIONS)
    return f"There is no operation {operation!r}; there is {', '.join(near)}."
