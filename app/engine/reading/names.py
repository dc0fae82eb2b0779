"""Column names as the table needs them: none blank, none twice."""

from __future__ import annotations

from collections import Counter

#: Renamed columns that are named in warnings; more are counted.
NAMED = 20


def unique_names(cells: list[str]) -> tuple[list[str], list[str]]:
    """(names, warnings). A blank name becomes column_N, the second `name` becomes name_2; so
    does a name that means several columns wherever columns are named (see `is_pattern`).

    The name is otherwise left as it stands.

        >>> unique_names(["id", "", "id"])[0]
        ['id', 'column_2', 'id_2']
    """
    taken = {cell for cell in cells if cell.strip()}
    seen: set[str] = set()
    repeats: Counter[str] = Counter()
    names: list[str] = []
    warnings: list[str] = []
    for number, cell in enumerate(cells, start=1):
        name = cell
        if not cell.strip():
            name = free_name(f"column_{number}", taken, repeats)
            warnings.append(f"Column {number} had no name and is called {name}")
        elif is_pattern(cell):
            name = free_name(f"column_{number}", taken, repeats)
            warnings.append(f"Column {number} cannot be called {cell!r} and is called {name}")
        elif cell in seen:
            name = free_name(cell, taken, repeats)
            warnings.append(f"Column {number} is another {cell!r} and is called {name}")
        seen.add(cell)
        taken.add(name)
        names.append(name)
    return names, capped(warnings)


def is_pattern(name: str) -> bool:
    """Whether Polars takes the name for a pattern of names.

    >>> is_pattern("*"), is_pattern("^a.*$"), is_pattern("a*")
    (True, True, False)
    """
    return name == "*" or (name.startswith("^") and name.endswith("$"))


def free_name(stem: str, taken: set[str], repeats: Counter[str]) -> str:
    """stem, stem_2, stem_3, ...: the first that is not taken. `repeats` remembers how far each
    stem got.
    """
    if stem not in taken:
        return stem
    repeats[stem] = max(repeats[stem], 1)
    while True:
        repeats[stem] += 1
        name = f"{stem}_{repeats[stem]}"
        if name not in taken:
            return name


def capped(warnings: list[str]) -> list[str]:
    more = len(warnings) - NAMED
    return (
        warnings if more <= 0 else [*warnings[:NAMED], f"... and {more} more columns likewise"]
    )


def numbered_names(width: int) -> list[str]:
    return [f"column_{number}" for number in range(1, width + 1)]
