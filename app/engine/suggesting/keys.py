"""Whether rows that say the same are one row twice.

Two sales of one apple each are two sales, though their rows are alike. Rows are copies where
the table has a key: a column that has no value twice once the copies are gone, beside columns
so varied that rows with one key would hardly agree in them by chance.
"""

from __future__ import annotations

import polars as pl

#: Columns followed at a time as possible keys.
MAX_KEYS = 8
#: Hashes kept in all: 16 bytes for each row and key.
MAX_HASHES = 4_000_000
#: How likely, at most, that all copies agree by chance.
CHANCE = 0.05
SEED = 0x9E3779B97F4A7C15


class KeySearch:
    """Looks for keys in the rows that are left once copies are gone."""

    def __init__(self) -> None:
        self._keys: list[str] | None = None
        self._hashes: list[pl.DataFrame] = []
        self.rows = 0

    def observe(self, frame: pl.DataFrame) -> None:
        if frame.is_empty():
            return
        self.rows += frame.height
        keys = frame.columns if self._keys is None else self._keys
        room = MAX_HASHES // (2 * self.rows)
        self._keys = [name for name in keys if _is_unique(frame[name])][: min(MAX_KEYS, room)]
        if not self._keys:
            self._hashes.clear()
            return
        hashes = {}
        for name in self._keys:
            hashes[f"k{name}"] = frame.select(name).hash_rows(SEED)
            if frame.width > 1:
                hashes[f"r{name}"] = frame.drop(name).hash_rows(SEED)
        self._hashes.append(pl.DataFrame(hashes))

    def proves(self, copies: int) -> str | None:
        """A key that shows that `copies` rows, now gone, were copies; None where none does."""
        for name in self._keys or []:
            if not self._column(f"k{name}").is_duplicated().any() and self._is_no_chance(
                name, copies
            ):
                return name
        return None

    def _is_no_chance(self, name: str, copies: int) -> bool:
        if f"r{name}" not in self._hashes[0].columns:
            return False
        rest = self._column(f"r{name}")
        alike = (
            rest.alias("row").value_counts()["count"].cast(pl.Float64) ** 2
        ).sum() / rest.len() ** 2
        return bool(alike**copies <= CHANCE)

    def _column(self, name: str) -> pl.Series:
        return pl.concat([part[name] for part in self._hashes])


def _is_unique(column: pl.Series) -> bool:
    return column.null_count() == 0 and column.n_unique() == column.len()
