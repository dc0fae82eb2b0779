"""Regular expressions that callers give: checked while planning, run by Polars.

The dialect is Rust's (https://docs.rs/regex/latest/regex/#syntax): linear time on every text,
so no pattern can hang a run; no look-around and no back-references for that.
"""

from __future__ import annotations

import re

import polars as pl

#: A reference in a replacement: $$ is a dollar, ${name} and $name a group. Rust takes the
#: longest name it can, so $1x means the group called "1x".
_REFERENCE = re.compile(r"\$(?:\$|\{([^}]*)\}|([0-9A-Za-z_]+))")


def groups(pattern: str) -> list[str]:
    """The names of a pattern's groups, numbers as text. Raises ValueError when it is none.

    >>> groups("([0-9]+) (?<unit>kg|g)")
    ['1', 'unit']
    """
    try:
        found = pl.Series([""]).str.extract_groups(pattern).dtype
    except pl.exceptions.ComputeError as error:
        reason = re.search(r"error: (.+)\s*$", str(error))
        said = reason[1] if reason else str(error).removeprefix("regex error: ")
        raise ValueError(f'"{pattern}" is not a regular expression: {said}') from None
    assert isinstance(found, pl.Struct)
    return [field.name for field in found.fields]


def check_replacement(pattern: str, replacement: str) -> None:
    """Raises ValueError for a reference to a group that the pattern does not have: it would
    stand for nothing, in silence.

    >>> check_replacement("(a)b", "${1}x")
    """
    names = groups(pattern)
    known = {"0", *names, *(str(place) for place in range(1, len(names) + 1))}
    for found in _REFERENCE.finditer(replacement):
        name = found[1] if found[1] is not None else found[2]
        if name is not None and name not in known:
            raise ValueError(
                f'the replacement "{replacement}" names the group "{name}", which "{pattern}" '
                "does not have; write ${1}x for group 1 before an x, $$ for a dollar"
            )
