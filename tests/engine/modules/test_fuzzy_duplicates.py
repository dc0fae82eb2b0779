"""Tables are made here rather than listed as cases: what a pair is worth takes many rows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import polars as pl
import pytest

from app.engine.errors import ModuleFailed, PlanError
from app.engine.likeness.candidates import candidate_pairs
from app.engine.modules import fuzzy_duplicates
from tests.engine.running import Cleaned, run

COLUMNS = ("given", "surname", "street", "city", "born", "phone")
GIVEN = ("Ada", "Berk", "Ceyda", "Deniz", "Emre", "Figen", "Gökhan", "Hülya", "İlker", "Jale")
STREETS = ("Gül", "Atatürk", "Lale", "Çınar", "Bahar", "Kavak", "Deniz", "Park")
CITIES = ("Ankara", "Bursa", "Çorum", "Denizli", "Edirne", "İzmir")

Row = tuple[str | None, ...]


def people(count: int = 150) -> list[Row]:
    """Different people, the same at each call."""
    draw = np.random.default_rng(11)
    letters = list("abcdefghiklmnoprstuvyz")
    return [
        (
            GIVEN[draw.integers(len(GIVEN))],
            "".join(draw.choice(letters, 7)).title(),
            f"{STREETS[draw.integers(len(STREETS))]} Sokak {draw.integers(1, 200)}",
            CITIES[draw.integers(len(CITIES))],
            f"{draw.integers(1940, 2005)}-{draw.integers(1, 13):02}-{draw.integers(1, 29):02}",
            f"0{draw.integers(5_000_000_000, 5_999_999_999)}",
        )
        for _ in range(count)
    ]


def changed(row: Row, **cells: str | None) -> Row:
    return tuple(cells.get(name, cell) for name, cell in zip(COLUMNS, row, strict=True))


def found(rows: Sequence[Row], **params: Any) -> Cleaned:
    """The result, which is the same however the table is cut."""
    step = {"key": "fuzzy_duplicates", "params": params}
    table = {name: [row[place] for row in rows] for place, name in enumerate(COLUMNS)}
    whole, cut = (run([step], table, batch_rows=size) for size in (1_000, 17))
    assert cut.columns == whole.columns
    assert cut.rejects == whole.rejects
    assert details(cut) == details(whole)
    return whole


def details(cleaned: Cleaned) -> dict[str, Any]:
    return cleaned.module("fuzzy_duplicates").details


def pairs(cleaned: Cleaned) -> list[list[int]]:
    return sorted(each["records"] for each in details(cleaned)["pairs"])


def test_a_copy_with_slips_is_proposed_and_stays() -> None:
    rows = people()
    copy = changed(rows[4], surname=f"{rows[4][1]}n", phone=None)

    cleaned = found([*rows, copy])

    assert pairs(cleaned) == [[5, 151]]
    assert len(cleaned["given"]) == 151
    [pair] = details(cleaned)["pairs"]
    assert pair["score"] > 0.99
    assert pair["dropped"] == []
    assert pair["differs"] == [
        {"column": "surname", "values": [rows[4][1], copy[1]]},
        {"column": "phone", "values": [rows[4][5], None]},
    ]
    [warning] = cleaned.module("fuzzy_duplicates").warnings
    assert "1 pairs of rows may be duplicates" in warning


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"street": "Gül Sk. 7"}, id="moved"),
        pytest.param({"given": None, "born": None}, id="two-cells-missing"),
        pytest.param({"city": "ANKARA", "given": "ada"}, id="case-and-one-cell"),
        pytest.param({"surname": "Yılmaz"}, id="married"),
    ],
)
def test_copies_of_many_kinds_are_found(changes: dict[str, str | None]) -> None:
    rows = people()

    cleaned = found([*rows, changed(rows[9], **changes)])

    assert pairs(cleaned) == [[10, 151]]


def test_names_in_each_others_columns_are_no_difference() -> None:
    rows = people()
    given, surname = rows[9][:2]

    cleaned = found([*rows, changed(rows[9], given=surname, surname=given, phone=None)])

    assert pairs(cleaned) == [[10, 151]]


def test_different_people_are_no_duplicates() -> None:
    cleaned = found(people())

    assert pairs(cleaned) == []
    assert cleaned.module("fuzzy_duplicates").warnings == []


def test_a_family_at_one_address_is_no_duplicate() -> None:
    rows = people()
    families = [
        changed(
            rows[place],
            given=GIVEN[(place + member) % 10],
            born=f"{1940 + 7 * member + place % 9}-0{member}-2{place % 9}",
        )
        for place in range(30)
        for member in (3, 6)
    ]

    cleaned = found([*rows, *families], drop_from=0.95)

    assert len(cleaned["given"]) == len(rows) + len(families)


def test_dropping_sets_the_row_aside_with_its_reason() -> None:
    rows = people()
    copy = changed(rows[4], surname=f"{rows[4][1]}n")

    cleaned = found([copy, *rows], drop_from=0.99)

    assert cleaned["surname"] == [copy[1], *(row[1] for row in rows if row is not rows[4])]
    [reject] = cleaned.rejects
    assert reject["record"] == "6"
    assert reject["module"] == "fuzzy_duplicates"
    assert reject["reason"].startswith("duplicate of record 1, score ")
    assert str(rows[4][1]) in reject["raw"]
    [pair] = details(cleaned)["pairs"]
    assert pair["dropped"] == [6]
    report = cleaned.module("fuzzy_duplicates")
    assert (report.rows_in, report.rows_out, report.rejected) == (151, 150, 1)


@pytest.mark.parametrize(
    ("keep", "gone"),
    [
        pytest.param("first", [151, 152], id="first"),
        pytest.param("last", [1, 151], id="last"),
        pytest.param("most_complete", [1, 152], id="most-complete"),
    ],
)
def test_which_row_stays_is_the_callers_choice(keep: str, gone: list[int]) -> None:
    rows = people()
    rows[0] = changed(rows[0], phone=None)
    whole = changed(rows[0], phone="05321234567")

    cleaned = found([*rows, whole, rows[0]], drop_from=0.95, keep=keep)

    assert sorted(int(reject["record"]) for reject in cleaned.rejects) == gone


def test_a_row_that_differs_in_too_much_is_not_dropped() -> None:
    rows = people()
    copy = changed(rows[4], street="Q 1", city="Xyz")

    cautious = found([*rows, copy], drop_from=0.9, min_score=0.5)
    bold = found([*rows, copy], drop_from=0.9, min_score=0.5, max_differing=2)

    assert pairs(cautious) == pairs(bold) == [[5, 151]]
    assert cautious.rejects == []
    assert [reject["record"] for reject in bold.rejects] == ["151"]


def test_only_the_columns_named_are_compared() -> None:
    rows = people()
    copy = changed(rows[4], given="Zed", phone="1", street="Q")

    cleaned = found([*rows, copy], columns=["surname", "born", "city"])

    assert pairs(cleaned) == [[5, 151]]


def test_records_are_named_by_their_number_in_the_source() -> None:
    rows = people()
    step = {"key": "fuzzy_duplicates"}
    first = {"key": "filter_rows", "params": {"where": [
        {"column": "surname", "test": "not_equals", "value": rows[0][1]}]}}  # fmt: skip
    table = {
        name: [row[place] for row in [*rows, rows[4]]] for place, name in enumerate(COLUMNS)
    }

    cleaned = run([first, step], table)

    assert pairs(cleaned) == [[5, 151]]


def test_columns_may_be_called_anything() -> None:
    rows = people()
    names = ("record", "missing", "cell", "row", "item", "block")
    table = {name: [row[at] for row in [*rows, rows[4]]] for at, name in enumerate(names)}

    assert pairs(run(["fuzzy_duplicates"], table)) == [[5, 151]]


def test_tables_in_which_there_is_nothing_to_compare_are_no_trouble() -> None:
    assert details(found([])) == {}
    assert pairs(found(people(1))) == []
    assert pairs(found([(None,) * 6] * 5)) == []
    assert pairs(found([("a",) * 6] * 5)) == []


def test_rows_that_share_something_common_stay_within_the_budget() -> None:
    table = pl.DataFrame({"city": ["Ankara"] * 3_000, "n": [f"{n:05}" for n in range(3_000)]})

    assert len(candidate_pairs(table, budget=30_000)) <= 30_000


def test_more_than_fits_in_memory_is_refused_in_words(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(fuzzy_duplicates, "MAX_BYTES", 100)

    with pytest.raises(ModuleFailed, match="name fewer columns"):
        found(people())
    assert "ValueError" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("params", "message"),
    [
        pytest.param({"drop_from": 0.6}, "below min_score", id="dropped-but-not-proposed"),
        pytest.param({"min_score": 0}, "min_score", id="everything"),
        pytest.param({"columns": ["surename"]}, 'Did you mean "surname"', id="no-such-column"),
        pytest.param({"keep": "best"}, "keep", id="no-such-choice"),
    ],
)
def test_params_that_make_no_sense_are_refused(params: dict[str, Any], message: str) -> None:
    with pytest.raises(PlanError, match=message):
        found(people(3), **params)
