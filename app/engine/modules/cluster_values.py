"""Find spellings of one thing: propose what to write for them, and write it once reviewed."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated, Any, Literal

import msgspec
import polars as pl

from app.engine.likeness.clusters import MAX_DISTINCT, Cluster, Method, propose_clusters
from app.engine.module import Column, ColumnParams, Meta, Outcome

#: Without being named, a column is looked into only where its values come again.
MIN_CELLS_PER_VALUE = 1.25
#: Clusters listed in the report, those of most cells first.
LISTED = 300
#: Counts of this many batches are added up at a time.
BATCHES_AT_A_TIME = 8


@dataclass(frozen=True, kw_only=True)
class Params(ColumnParams):
    """With a mapping, it is applied and nothing is looked for; without, clusters are proposed
    in the columns named, else in those whose values come again.
    """

    #: What was reviewed: column -> {value as it stands: value to write}.
    mapping: dict[Column, dict[str, str]] = field(default_factory=dict)
    #: What makes values alike. fingerprint: the same words; ngram_fingerprint: the same pairs
    #: of letters; metaphone, turkish_phonetic: the same sound; levenshtein: up to `distance`
    #: slips; similarity: so much in common, whatever the order of words.
    method: Method = "fingerprint"
    #: Slips that levenshtein allows; in short values fewer.
    distance: Annotated[int, msgspec.Meta(ge=1, le=3)] = 2
    #: How much two values must have in common for similarity.
    similarity: Annotated[float, msgspec.Meta(ge=0.75, lt=1)] = 0.9
    #: none: only propose. safe: also write the suggested value where spellings differ in
    #: nothing but case and blanks, and min_share of the cells have it already.
    apply: Literal["none", "safe"] = "none"
    min_share: Annotated[float, msgspec.Meta(gt=0.5, le=1)] = 0.8

    def __post_init__(self) -> None:
        if self.mapping and self.apply != "none":
            raise ValueError('a mapping is applied as it is: apply="safe" goes without one')
        if self.mapping and self.columns is not None:
            raise ValueError("mapping names its columns itself: columns goes without one")


class ValueCounts:
    """Learns how many cells each value of each column has."""

    def __init__(self, params: Params, columns: list[str]) -> None:
        self._params = params
        self._parts: dict[str, list[pl.DataFrame]] = {
            name: [] for name in params.among(columns)
        }
        self._too_many: list[str] = []

    def observe(self, batch: pl.DataFrame) -> None:
        for name in list(self._parts):
            counted = batch[name].drop_nulls().alias("value").value_counts(name="cells")
            self._parts[name].append(counted)
            if len(self._parts[name]) >= BATCHES_AT_A_TIME:
                self._add_up(name)

    def _add_up(self, name: str) -> None:
        summed = pl.concat(self._parts[name]).group_by("value").agg(pl.col("cells").sum())
        self._parts[name] = [summed]
        if summed.height > MAX_DISTINCT or not self._is_worth_it(summed):
            del self._parts[name]
            if self._params.columns is not None:
                self._too_many.append(name)

    def _is_worth_it(self, counts: pl.DataFrame) -> bool:
        if self._params.columns is not None:
            return True
        return int(counts["cells"].sum()) >= MIN_CELLS_PER_VALUE * counts.height

    def finish(self) -> Findings:
        for name in [name for name, parts in self._parts.items() if parts]:
            self._add_up(name)
        findings = Findings(self._params)
        for name, parts in self._parts.items():
            if parts:
                findings.add(name, parts[0])
        findings.warnings += [
            f'"{name}" has more than {MAX_DISTINCT:,} different values: it was not looked into.'
            for name in self._too_many
        ]
        return findings


class Findings:
    """The clusters found, and which of them are applied."""

    def __init__(self, params: Params) -> None:
        self.mapping: dict[str, dict[str, str]] = {}
        self.warnings: list[str] = []
        self._params = params
        self._clusters: list[Cluster] = []

    def add(self, column: str, counts: pl.DataFrame) -> None:
        params = self._params
        proposals = propose_clusters(
            column,
            counts,
            params.method,
            distance=params.distance,
            similarity=params.similarity,
        )
        self._clusters += proposals.clusters
        for cluster in filter(self._is_applied, proposals.clusters):
            self.mapping.setdefault(column, {}).update(cluster.mapping())
        if not proposals.is_complete:
            self.warnings.append(
                f'"{column}" has so many values alike that not all were compared.'
            )
        open_ones = sum(not self._is_applied(cluster) for cluster in proposals.clusters)
        if open_ones:
            self.warnings.append(
                f'"{column}" has {open_ones} groups of values that may mean the same; they are '
                "proposed in the report and were left as they are."
            )

    def details(self) -> dict[str, Any]:
        """The clusters of most cells, each with whether it was applied. A reviewed mapping is
        made of their values and suggestions.
        """
        largest = sorted(self._clusters, key=lambda each: -each.cells)
        return {
            "clusters": [
                each.as_dict() | {"applied": self._is_applied(each)}
                for each in largest[:LISTED]
            ],
            "clusters_total": len(self._clusters),
        }

    def _is_applied(self, cluster: Cluster) -> bool:
        is_safe = cluster.is_same_letters and cluster.share >= self._params.min_share
        return self._params.apply == "safe" and is_safe


def learner(params: Params, columns: list[str]) -> ValueCounts | None:
    return None if params.mapping else ValueCounts(params, columns)


def cluster_values(batch: pl.DataFrame, params: Params, findings: Findings | None) -> Outcome:
    """Write the reviewed values, or propose what to review (engine/likeness/clusters.py).

    A mapping is taken to the letter, so it does the same to the same cells on any table. Left
    alone without one: everything, unless apply="safe" says otherwise; values without letters.
    Shape: unchanged.

    >>> batch = pl.DataFrame({"city": ["Ist.", "İstanbul", None]})
    >>> params = Params(mapping={"city": {"Ist.": "İstanbul"}})
    >>> cluster_values(batch, params, None).frame["city"].to_list()
    ['İstanbul', 'İstanbul', None]
    """
    mapping = params.mapping if findings is None else findings.mapping
    frame = batch.with_columns(pl.col(name).replace(values) for name, values in mapping.items())
    if findings is None:
        return Outcome(frame=frame)
    return Outcome(frame=frame, warnings=findings.warnings, details=findings.details())


META = Meta(
    key="cluster_values",
    name="Cluster Values",
    description="Spellings of one thing: found, proposed for review, written as reviewed.",
    order=55,
    params=Params,
    learn=learner,
    better_after={
        "trim_spaces": "values that differ only in blanks are clusters of their own",
        "text_normalize": "values that differ only in quotes or mojibake are clusters too",
    },
)
