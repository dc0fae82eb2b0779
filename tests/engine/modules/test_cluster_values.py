from __future__ import annotations

from typing import Any

import polars as pl
import pytest

from app.engine.errors import PlanError
from app.engine.likeness.clusters import Cluster, propose_clusters
from app.engine.likeness.keys import fingerprint, fold, turkish_phonetic
from app.engine.likeness.neighbours import find_near
from tests.engine.modules.cases import cases, check_case
from tests.engine.running import column, run


def clusters(method: Any, *values: str, **options: Any) -> list[Cluster]:
    """Those among `values`, each of which fills one cell less than the one before."""
    cells = range(len(values), 0, -1)
    counts = pl.DataFrame({"value": values, "cells": cells})
    return propose_clusters("c", counts, method, **options).clusters


def spellings(method: Any, *values: str, **options: Any) -> list[set[str]]:
    return [
        {value for value, _ in cluster.values}
        for cluster in clusters(method, *values, **options)
    ]


@pytest.mark.parametrize("case", cases("cluster_values"))
def test_cases(case: dict[str, Any]) -> None:
    check_case("cluster_values", case)


@pytest.mark.parametrize(
    ("method", "one", "other"),
    [
        pytest.param("fingerprint", "Lovelace, Ada", "ada LOVELACE", id="words-in-any-order"),
        pytest.param("fingerprint", "IŞIK Ltd.", "Işık Ltd", id="turkish-capitals"),
        pytest.param("fingerprint", "Zürich", "Zurich", id="accents"),
        pytest.param("ngram_fingerprint", "New York", "NewYork", id="a-blank-lost"),
        pytest.param("metaphone", "Catherine", "Katherine", id="the-same-sound"),
        pytest.param("turkish_phonetic", "Mehmet Doğan", "Mehmed Dogan", id="soft-g"),
        pytest.param("turkish_phonetic", "Muhammet", "Muhamed", id="doubled-letters"),
        pytest.param("turkish_phonetic", "Çağrı", "Cagri", id="typed-without-hooks"),
        pytest.param("turkish_phonetic", "Ahmet", "Amet", id="silent-h"),
        pytest.param("turkish_phonetic", "Recep", "Receb", id="final-devoicing"),
        pytest.param("turkish_phonetic", "Seyyid", "Seyit", id="y-beside-i"),
        pytest.param("levenshtein", "Massachusetts", "Masachusets", id="two-slips"),
        pytest.param("levenshtein", "Gaziantep", "aGziantep", id="swapped-at-the-start"),
        pytest.param("similarity", "Acme Holding International", "International Acme Holdin",
                     id="words-moved-and-a-slip"),
    ],
)  # fmt: skip
def test_finds_what_is_alike(method: Any, one: str, other: str) -> None:
    assert spellings(method, one, other, "Quux") == [{one, other}]


@pytest.mark.parametrize(
    ("method", "one", "other"),
    [
        pytest.param("fingerprint", "Ada Lovelace", "Ada Lovelock", id="another-word"),
        pytest.param("turkish_phonetic", "Gül", "Gün", id="another-consonant"),
        pytest.param("turkish_phonetic", "Ali", "Veli", id="another-name"),
        pytest.param("levenshtein", "Bern", "Bonn", id="short-words"),
        pytest.param("levenshtein", "Unit 12 North", "Unit 13 North", id="digits"),
        pytest.param("levenshtein", "Ankara", "Adana", id="far-apart"),
        pytest.param("similarity", "Main Street 1", "Main Street 2", id="house-numbers"),
        pytest.param("fingerprint", "!!!", "???", id="nothing-but-signs"),
    ],
)
def test_leaves_apart_what_is_not(method: Any, one: str, other: str) -> None:
    assert spellings(method, one, other) == []


def test_the_most_frequent_value_is_suggested() -> None:
    [cluster] = clusters("fingerprint", "IZMIR", "Izmir", "İzmir")

    assert cluster.suggested == "IZMIR"
    assert cluster.cells == 6
    assert cluster.share == 0.5
    assert cluster.mapping() == {"Izmir": "IZMIR", "İzmir": "IZMIR"}


def test_of_equally_frequent_values_the_better_looking_one_is_suggested() -> None:
    counts = pl.DataFrame({"value": ["izmir", "IZMIR", "Izmir", "İzmir", "İzmir "], "cells": 1})

    [cluster] = propose_clusters("c", counts).clusters

    assert cluster.suggested == "İzmir"


def test_near_values_do_not_chain_into_one_cluster() -> None:
    found = spellings(
        "levenshtein", "Hamilton", "Hamiltons", "Hamiltonsx", "Hamiltonsxy", distance=1
    )

    assert {"Hamilton", "Hamiltonsxy"} not in found
    assert all(len(each) <= 3 for each in found)


def test_a_tight_budget_compares_less_and_says_so() -> None:
    texts = pl.Series([f"shared {number:04d} ending" for number in range(300)])

    near = find_near(texts, lambda *_, **__: 1.0, 0.5, budget=1_000)

    assert not near.is_complete
    assert len(near.left) <= 1_000


def test_keys_of_what_has_no_letters_are_missing() -> None:
    texts = pl.Series(["...", None, "北京"])

    assert fold(texts).to_list() == [None, None, "beijing"]
    assert fingerprint(texts).to_list()[:2] == [None, None]
    assert turkish_phonetic(texts).to_list()[:2] == [None, None]


def test_proposals_say_all_that_a_review_needs() -> None:
    cleaned = column(["cluster_values"], *["Bursa"] * 5, "BURSA", "bursa ", "Van")

    details = cleaned.module("cluster_values").details
    assert details["clusters_total"] == 1
    assert details["clusters"] == [
        {
            "column": "c",
            "suggested": "Bursa",
            "cells": 7,
            "share": 0.7143,
            "alike": 1.0,
            "same_letters": True,
            "values": [
                {"value": "Bursa", "cells": 5},
                {"value": "BURSA", "cells": 1},
                {"value": "bursa ", "cells": 1},
            ],
            "values_total": 3,
            "applied": False,
        }
    ]


def test_a_reviewed_proposal_replays_exactly() -> None:
    cells = [*["Bursa"] * 5, "BURSA", "bursa ", "Van"]
    [cluster] = column(["cluster_values"], *cells).module("cluster_values").details["clusters"]
    reviewed = {each["value"]: cluster["suggested"] for each in cluster["values"]}
    step = {"key": "cluster_values", "params": {"mapping": {"c": reviewed}}}

    cleaned = column([step], *cells)

    assert cleaned["c"] == ["Bursa"] * 7 + ["Van"]
    assert column([step, step], *cells)["c"] == cleaned["c"]


def test_a_mapping_follows_a_renamed_column() -> None:
    steps = [
        "standardize_headers",
        {"key": "cluster_values", "params": {"mapping": {"Şehir": {"Ist.": "İstanbul"}}}},
    ]

    cleaned = run(steps, {"Şehir": ["Ist."]})

    assert cleaned["sehir"] == ["İstanbul"]


def test_columns_of_values_that_never_come_again_are_passed_over_unless_named() -> None:
    cells = [
        f"Person {chr(65 + number // 26)}{chr(65 + number % 26)}x" for number in range(100)
    ]
    cells += [cells[0].upper()]

    assert column(["cluster_values"], *cells).module("cluster_values").details["clusters"] == []
    named = column([{"key": "cluster_values", "columns": ["c"]}], *cells)
    assert len(named.module("cluster_values").details["clusters"]) == 1


@pytest.mark.parametrize(
    ("params", "message"),
    [
        pytest.param({"mapping": {"x": {"a": "b"}}}, 'no column "x"', id="no-such-column"),
        pytest.param(
            {"mapping": {"c": {"a": "b"}}, "apply": "safe"},
            "without one",
            id="mapping-and-safe",
        ),
        pytest.param(
            {"mapping": {"c": {"a": "b"}}, "columns": ["c"]}, "itself", id="columns-twice"
        ),
        pytest.param({"method": "soundex"}, "method", id="no-such-method"),
        pytest.param({"distance": 9}, "distance", id="too-far"),
    ],
)
def test_params_that_make_no_sense_are_refused(params: dict[str, Any], message: str) -> None:
    with pytest.raises(PlanError, match=message):
        column([{"key": "cluster_values", "params": params}], "a")
