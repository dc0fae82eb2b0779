"""Small text clean-ups for POST /clean, answered without an engine process."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

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
    values their worth.

    >>> clean_texts({"name": "  Ada ", "age": 36}, ["trim", "uppercase"])
    {'name': 'ADA', 'age': 36}
    """
    if isinstance(data, str):
        for operation in operations:
            data = OPERATIONS[operation](data)
        return data
    if isinstance(data, list):
        return [clean_texts(item, operations) for item in data]
    if isinstance(data, dict):
        return {key: clean_texts(value, operations) for key, value in data.items()}
    return data
