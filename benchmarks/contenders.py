"""The same work four ways: ours, and what one would write by hand in Polars, pandas and DuckDB.

Each way is a program of its own: `python -m benchmarks.contenders NAME TABLE SOURCE TARGET`.
The work is the six core modules over one of the tables; the clean files must be equal to the
byte. Ours does it with every change counted and the types found; the others know the table
beforehand and count nothing.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

from benchmarks.tables import TABLES, Table

MODULES = [
    "standardize_headers",
    "text_normalize",
    "trim_spaces",
    "drop_duplicates",
    "handle_missing",
    "convert_types",
]
BLANKS = " \t\n\r\u00a0\u200b\u2007\u202f\u3000\ufeff"


def ours(known: Table, source: Path, target: Path) -> None:
    from app.engine import clean_file

    clean_file(source, target, MODULES)


def polars(known: Table, source: Path, target: Path) -> None:
    import polars as pl

    table = pl.read_csv(source, separator=";", infer_schema=False)
    table.columns = list(known.names)
    text = pl.all().str.replace_many(
        ["“", "”", "‘", "’", "\u00a0", "\u202f", "\u200b", "\ufeff"],
        ['"', '"', "'", "'", " ", " ", "", ""],
    )
    table = table.with_columns(text)
    table = table.with_columns(pl.all().str.replace_all(r"(\S)[ \t]+(\S)", "$1 $2"))
    table = table.with_columns(pl.all().str.strip_chars(BLANKS))
    table = table.with_columns(
        pl.when(pl.col(name) != "").then(pl.col(name)) for name in known.names
    )
    table = table.unique(keep="first", maintain_order=True)
    table = table.with_columns(
        pl.when(~pl.col(name).is_in(tokens)).then(pl.col(name))
        for name, tokens in known.tokens.items()
    )
    plain = pl.col(known.amounts).str.replace_all(".", "", literal=True)
    table = table.with_columns(plain.str.replace(",", ".", literal=True))
    table.select(pl.col(known.amounts).cast(pl.Float64), pl.col(known.integers).cast(pl.Int64))
    table.write_csv(target)


def pandas(known: Table, source: Path, target: Path) -> None:
    import pandas as pd

    table = pd.read_csv(source, sep=";", dtype=str, keep_default_na=False)
    table.columns = list(known.names)
    straight = str.maketrans(
        {"“": '"', "”": '"', "‘": "'", "’": "'", "\u00a0": " ", "\u202f": " ", "\u200b": None}
    )
    for name in known.names:
        column = table[name].str.translate(straight)
        table[name] = column.str.replace(r"(\S)[ \t]+(\S)", r"\1 \2", regex=True).str.strip()
    table = table.drop_duplicates(keep="first")
    for name, tokens in known.tokens.items():
        table[name] = table[name].where(~table[name].isin(tokens), "")
    for name in known.amounts:
        amount = table[name].str.replace(".", "", regex=False)
        table[name] = amount.str.replace(",", ".", regex=False)
    for name in (*known.amounts, *known.integers):
        pd.to_numeric(table[name])
    table.to_csv(target, index=False)


def duckdb(known: Table, source: Path, target: Path) -> None:
    import duckdb

    def cleaned(name: str) -> str:
        straight = f"translate(\"{name}\", '“”‘’\u00a0\u202f\u200b', '\"\"''''  ')"
        single = f"regexp_replace({straight}, '(\\S)[ \\t]+(\\S)', '\\1 \\2', 'g')"
        return f"nullif(trim({single}, ' \t\u00a0'), '') AS \"{name}\""

    def without_tokens(name: str) -> str:
        tokens = ", ".join(f"'{token}'" for token in known.tokens.get(name, ()))
        value = (
            f'CASE WHEN "{name}" NOT IN ({tokens}) THEN "{name}" END' if tokens else f'"{name}"'
        )
        if name in known.amounts:
            value = f"replace(replace({value}, '.', ''), ',', '.')"
        return f'{value} AS "{name}"'

    names = ", ".join(f"'{name}'" for name in known.names)
    duckdb.sql(
        f"""
        COPY (
            WITH source AS (
                SELECT row_number() OVER () AS place, *
                FROM read_csv('{source}', delim=';', header=true, all_varchar=true,
                              names=[{names}])
            ), clean AS (
                SELECT place, {", ".join(cleaned(name) for name in known.names)} FROM source
            ), first AS (
                SELECT min(place) AS place, {", ".join(f'"{name}"' for name in known.names)}
                FROM clean GROUP BY ALL
            )
            SELECT {", ".join(without_tokens(name) for name in known.names)}
            FROM first ORDER BY place
        ) TO '{target}' (HEADER, DELIMITER ',')
        """
    )


CONTENDERS: dict[str, Callable[[Table, Path, Path], None]] = {
    "neatdata": ours,
    "polars": polars,
    "pandas": pandas,
    "duckdb": duckdb,
}

if __name__ == "__main__":
    contender, kind, source_name, target_name = sys.argv[1:]
    CONTENDERS[contender](TABLES[kind], Path(source_name), Path(target_name))
