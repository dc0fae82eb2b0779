"""Repairs worked out for the cells of a batch, from what dependencies and run-overs say.

A cell is repaired only when every dependency that has a view of it has the same: one that
confirms the cell as it stands, or says a third thing, is reason enough to leave it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import polars as pl

from app.engine.likeness.agreement import Agreement, lead
from app.engine.likeness.dependencies import Dependency
from app.engine.likeness.run_over import RunOver

#: One row a cell that could be repaired.
SCHEMA = {
    "row": pl.UInt32,
    "kind": pl.String,
    "column": pl.String,
    "before": pl.String,
    "after": pl.String,
    "because": pl.String,
    "agreeing": pl.UInt32,
    "of": pl.UInt32,
    "confidence": pl.Float64,
}
_GLUE = "\x1f"  # between the cells of a key of several columns
#: A dependency as strong as this can make the key of a row doubtful.
_STRONG = 0.9
_KEYS = ["row", "given"]
#: The number of a row among all its columns, any of which may be called "row".
NUMBER = "\x00row"
#: A stray value that is more likely right than wrong makes its row's determinant doubtful.
_LIKELY = 0.5


@dataclass(frozen=True, kw_only=True)
class Rule:
    """A dependency and what the table's rows agree on by it."""

    dependency: Dependency
    agreement: Agreement

    def views(self, rows: pl.DataFrame) -> pl.DataFrame:
        """For each of `rows` (numbered, with all columns): row, value, view, agreeing, of,
        confidence, wrong. No view where the group is silent.
        """
        name = self.dependency.dependent
        asked = rows.select(row=pl.col(NUMBER), value=pl.col(name), key=key_of(self.dependency))
        # The key stands in the sentence that gives the reason.
        viewed = asked.join(self.agreement.views, on="key", how="inner", nulls_equal=False)
        strays = self.agreement.strays.select("key", "value", "wrong", stray_trust="trust")
        told = viewed.join(strays, on=["key", "value"], how="left")
        return told.select(
            "row",
            "value",
            "view",
            "agreeing",
            "of",
            "wrong",
            given=pl.lit(" and ".join(self.dependency.determinants)),
            confidence=self._confidence(told),
            key=pl.col("key").str.replace_all(_GLUE, ", "),
        )

    def _confidence(self, told: pl.DataFrame) -> pl.Series:
        if self.dependency.is_stated:
            # The group has one right value: which one leads is asked, not what is usual.
            votes = told.select("agreeing", "second").iter_rows()
            return pl.Series([lead(*each) for each in votes], dtype=pl.Float64)
        found = pl.when(pl.col("value").is_null()).then(pl.col("trust"))
        return told.select(found.otherwise(pl.col("wrong") * pl.col("stray_trust"))).to_series()


def key_of(dependency: Dependency) -> pl.Expr:
    """The determinant cells of a row as one text; null where one is missing."""
    if not dependency.determinants:
        return pl.lit("")
    return pl.concat_str(dependency.determinants, separator=_GLUE)


def nothing() -> pl.DataFrame:
    return pl.DataFrame(schema=SCHEMA)


def repairs_of(batch: pl.DataFrame, rules: Iterable[Rule]) -> pl.DataFrame:
    """What `rules` say about the cells of `batch`, as SCHEMA has it."""
    numbered = batch.with_row_index(NUMBER)
    by_column: dict[str, list[Rule]] = {}
    for rule in rules:
        by_column.setdefault(rule.dependency.dependent, []).append(rule)
    parts = [_column(numbered, name, mine, by_column) for name, mine in by_column.items()]
    return pl.concat([nothing(), *parts])


def run_overs_of(batch: pl.DataFrame, run_over: RunOver) -> pl.DataFrame:
    """The cells that ran over in one pair of columns, two rows each, as SCHEMA has it."""
    found = run_over.find(batch)
    before = batch[run_over.left].gather(found["row"])
    shared = {
        "kind": pl.lit("run_over"),
        "because": pl.lit(f"{run_over.left} ran over into {run_over.right}"),
        "agreeing": pl.lit(run_over.missing, pl.UInt32),
        "of": pl.lit(run_over.rows, pl.UInt32),
    }
    left = found.select(
        "row",
        **shared,
        column=pl.lit(run_over.left),
        before=pl.Series(before, dtype=pl.String),
        after="rest",
        confidence="confidence",
    )
    right = found.select(
        "row",
        **shared,
        column=pl.lit(run_over.right),
        before=pl.lit(None, pl.String),
        after="ending",
        confidence="confidence",
    )
    return _shaped(pl.concat([left, right]))


def slips_of(batch: pl.DataFrame, column: str, slips: pl.DataFrame) -> pl.DataFrame:
    """The cells of one column that are `slips` (of engine/likeness/vocabulary.py), as SCHEMA
    has it.
    """
    asked = batch.select(pl.int_range(pl.len()).alias("row"), value=pl.col(column))
    found = asked.join(slips, on="value", how="inner", maintain_order="left")
    return _shaped(
        found.select(
            "row",
            "confidence",
            kind=pl.lit("slip"),
            column=pl.lit(column),
            before="value",
            after="word",
            because=pl.format("{} is usual in {}", "word", pl.lit(column)),
            agreeing="cells",
            of="cells",
        )
    )


def applied(batch: pl.DataFrame, repairs: pl.DataFrame) -> pl.DataFrame:
    """`batch` with every one of `repairs` made."""
    columns = [
        batch[str(name)].scatter(mine["row"], mine["after"])
        for (name,), mine in repairs.group_by("column", maintain_order=True)
    ]
    return batch.with_columns(columns)


def _column(
    rows: pl.DataFrame, name: str, rules: list[Rule], others: dict[str, list[Rule]]
) -> pl.DataFrame:
    has_strays = any(rule.agreement.strays.height for rule in rules)
    if not has_strays and rows[name].null_count() == 0:
        return nothing()
    views = pl.concat([rule.views(rows) for rule in rules])
    differs = pl.col("value").ne_missing(pl.col("view"))
    asked = rows.join(views.filter(differs), left_on=NUMBER, right_on="row", how="semi")
    elsewhere = [rule for column in others if column != name for rule in others[column]]
    doubtful = _doubtful(asked, rules, elsewhere)
    heard = pl.concat(
        [views.filter(~differs), views.filter(differs).join(doubtful, on=_KEYS, how="anti")]
    )
    told = heard.group_by("row").agg(
        different=pl.col("view").n_unique(),
        best=pl.struct(pl.all().exclude("row")).sort_by("confidence", "given").last(),
    )
    agreed = told.filter(pl.col("different") == 1).select("row", pl.col("best").struct.unnest())
    repairs = agreed.filter(differs)
    is_gap = pl.col("value").is_null()
    sure = repairs.select(
        "row",
        "agreeing",
        "of",
        because=pl.format("{} = {}", "given", "key"),
        kind=pl.when(is_gap).then(pl.lit("gap")).otherwise(pl.lit("conflict")),
        column=pl.lit(name),
        before="value",
        after="view",
        confidence=pl.col("confidence").fill_null(0.0),
    )
    return _shaped(sure).sort("row")


def _shaped(repairs: pl.DataFrame) -> pl.DataFrame:
    return repairs.select(pl.col(name).cast(kind) for name, kind in SCHEMA.items())


def _doubtful(rows: pl.DataFrame, rules: list[Rule], elsewhere: list[Rule]) -> pl.DataFrame:
    """row, given: where another column contradicts what the determinants stand for. Then they
    may be wrong themselves, or the row is of another kind.
    """
    asked = {rule.dependency.determinants for rule in rules}
    contradicted = [
        rule.views(rows)
        .filter(
            pl.col("value") != pl.col("view"),
            pl.col("wrong").fill_null(0.0) < _LIKELY,
        )
        .select(_KEYS)
        for rule in elsewhere
        if rule.dependency.determinants in asked
        and rule.dependency.strength >= _STRONG
        # Where a dependency was stated, what contradicts it is wrong, and not the key.
        and not rule.dependency.is_stated
    ]
    nobody = pl.DataFrame(schema={"row": pl.UInt32, "given": pl.String})
    return pl.concat([nobody, *contradicted]).unique()
