"""Tables are made here rather than listed as cases: what rows agree on takes many rows."""

from __future__ import annotations

from typing import Any

import pytest

from app.engine.errors import PlanError
from app.engine.report import ModuleReport
from tests.engine.running import Cleaned, run

CITIES = [
    "Ankara", "Bursa", "Çorum", "Denizli", "Edirne", "Fethiye", "Giresun", "Hakkari", "Isparta",
    "Kastamonu", "Lüleburgaz", "Mersin", "Nevşehir", "Ordu", "Rize", "Sakarya", "Tekirdağ",
    "Uşak", "Van", "Yalova",
]  # fmt: skip
BRANCHES = 20
VISITS = 8

Table = dict[str, list[str | None]]


def branches(**changes: dict[int, str | None]) -> Table:
    """Visits to branches: a branch has one city, one phone and one kind, a visit its own note.
    `changes`: column -> {row: cell}.
    """
    rows = range(BRANCHES * VISITS)
    table: Table = {
        "branch": [f"B{100 + row % BRANCHES}" for row in rows],
        "city": [CITIES[row % BRANCHES] for row in rows],
        "phone": [f"+90{312 + 7 * (row % BRANCHES)}555010{row % 10}" for row in rows],
        "kind": [("store", "depot", "office")[row % BRANCHES % 3] for row in rows],
        "note": [f"visit {row} by {('Ada', 'Can', 'Ece')[row * 7 % 3]}" for row in rows],
    }
    for name, cells in changes.items():
        for row, cell in cells.items():
            table[name][row] = cell
    return table


def repaired(table: Table, **params: Any) -> Cleaned:
    """The result, which is the same however the table is cut."""
    step = {"key": "repair_by_dependency", "params": params}
    whole, cut = (run([step], table, batch_rows=rows) for rows in (1_000, 37))
    assert cut.columns == whole.columns
    assert _module(cut).details == _module(whole).details
    return whole


def _module(cleaned: Cleaned) -> ModuleReport:
    return cleaned.module("repair_by_dependency")


def made(cleaned: Cleaned) -> set[tuple[Any, ...]]:
    listed = _module(cleaned).details["made"]
    return {(each["column"], each["before"], each["after"]) for each in listed}


def proposed(cleaned: Cleaned) -> set[tuple[Any, ...]]:
    listed = _module(cleaned).details["proposed"]
    return {(each["column"], each["before"], each["after"]) for each in listed}


def test_a_gap_gets_what_the_other_rows_of_the_branch_say() -> None:
    cleaned = repaired(branches(city={25: None, 90: None}))

    assert cleaned.columns == branches()
    assert {each["after"] for each in _module(cleaned).details["made"]} == {
        "Fethiye",
        "Lüleburgaz",
    }


def test_a_slip_is_mended() -> None:
    cleaned = repaired(branches(city={7: "Hakkarri", 30: "Lüleburgax", 51: "Mesrin"}))

    assert cleaned.columns == branches()
    assert _module(cleaned).cells_changed == 3


def test_a_letter_among_digits_is_mended() -> None:
    cleaned = repaired(branches(phone={44: "+9034055501x4"}))

    assert cleaned.columns == branches()


def test_each_repair_comes_with_its_evidence() -> None:
    cleaned = repaired(branches(city={7: "Hakkarri"}))

    [repair] = _module(cleaned).details["made"]
    assert repair["because"] in ("branch = B107", "phone = +903615550107")
    assert (repair["agreeing"], repair["of"], repair["cells"]) == (7, 8, 1)
    assert 0.95 <= repair["confidence"] < 1
    assert _module(cleaned).details["made_cells"] == 1


@pytest.mark.parametrize(
    ("column", "row", "cell"),
    [
        pytest.param("city", 3, "Ankara", id="a-city-that-is-another-branch's"),
        pytest.param("city", 3, "Gölbaşı", id="a-city-nobody-else-has"),
        pytest.param("phone", 3, "+903335550104", id="a-phone-one-digit-away"),
        pytest.param("kind", 3, "kiosk", id="a-kind-of-its-own"),
        pytest.param("branch", 3, "B104", id="the-branch-itself"),
        pytest.param("note", 3, "visit 3 by Adda", id="what-depends-on-nothing"),
        pytest.param("note", 3, None, id="a-gap-in-what-depends-on-nothing"),
    ],
)
def test_what_may_well_be_right_is_left_alone(column: str, row: int, cell: str | None) -> None:
    table = branches(**{column: {row: cell}})

    cleaned = repaired(table)

    assert cleaned.columns == table
    assert made(cleaned) == set()


def test_a_table_in_which_all_is_right_stays() -> None:
    cleaned = repaired(branches())

    assert cleaned.columns == branches()
    details = _module(cleaned).details
    assert (details["made_cells"], details["proposed_cells"]) == (0, 0)
    assert {"given": ["branch"], "then": "city", "strength": 1.0, "stated": False} in details[
        "dependencies"
    ]


def test_a_gap_that_most_of_its_group_has_is_left() -> None:
    gaps = dict.fromkeys((5, 25, 45, 65))  # four of the eight visits to branch 105
    table = branches(city=gaps)

    cleaned = repaired(table)

    assert cleaned["city"] == table["city"]


def test_a_gap_in_a_row_whose_key_is_in_doubt_is_left() -> None:
    # The row says branch 103, but everything else about it says 104.
    table = branches(
        branch={24: "B103"}, kind={24: None}, phone={24: None}, city={24: CITIES[4]}
    )

    cleaned = repaired(table)

    assert ("kind", None, "store") not in made(cleaned)
    assert cleaned["phone"][24] in (None, branches()["phone"][24])


def test_two_names_of_one_place_both_stay() -> None:
    # In several branches the same two spellings stand side by side: nobody slips that often.
    table = branches(city=dict.fromkeys((2, 22, 42), "Çorum Merkez"))

    cleaned = repaired(table)

    assert cleaned.columns == table


def test_endings_that_follow_another_column_are_no_slips() -> None:
    rows = range(240)
    states = [("ak", *["al"] * 7)[row % 8] for row in rows]
    codes = [f"scip-{row // 24 + 10}" for row in rows]
    table: Table = {
        "state": [*states],
        "code": [*codes],
        "average": [f"{state}_{code}" for state, code in zip(states, codes, strict=True)],
    }

    cleaned = repaired(table)

    assert cleaned.columns == table
    found = _module(cleaned).details["dependencies"]
    assert {
        "given": ["code", "state"],
        "then": "average",
        "strength": 1.0,
        "stated": False,
    } in (found)


def test_too_little_evidence_is_only_a_proposal() -> None:
    few = [row for row in range(60) if row % BRANCHES < 8]
    table = {
        name: [cells[row] for row in few] for name, cells in branches(city={25: None}).items()
    }

    cleaned = repaired(table, columns=["city"])

    assert cleaned.columns == table
    assert proposed(cleaned) == {("city", None, CITIES[5])}


def test_apply_none_only_proposes() -> None:
    table = branches(city={7: "Hakkarri", 25: None})

    cleaned = repaired(table, apply="none")

    assert cleaned.columns == table
    assert len(proposed(cleaned)) == 2


def test_only_the_columns_named_are_repaired() -> None:
    cleaned = repaired(branches(city={25: None}, kind={25: None}), columns=["kind"])

    assert cleaned["city"][25] is None
    assert cleaned["kind"] == branches()["kind"]


def test_a_stated_dependency_settles_conflicts_by_majority() -> None:
    table = branches(city={3: "Ankara", 23: "Ankara"})
    rule = {"given": ["branch"], "then": "city"}

    left = repaired(table, dependencies=[rule])
    settled = repaired(table, dependencies=[rule], min_confidence=0.7)

    assert left.columns == table
    assert ("city", "Ankara", "Denizli") in proposed(left)
    assert settled.columns == branches()


def test_sources_that_disagree_are_settled_by_majority_where_it_is_clear() -> None:
    draws = ["7:10", "7:10", "7:12", "7:10", "7:10", "7:10", None, "7:10", "6:55", "7:10"]
    close = ["9:00", "9:05", "9:00", "9:05", "9:10", "9:00", None, "9:05", "9:00", "9:05"]
    table: Table = {
        "flight": ["AA1"] * 10 + ["BB2"] * 10,
        "source": [f"site {row % 10}" for row in range(20)],
        "departs": [*draws, *close],
    }
    rule = {"given": ["flight"], "then": "departs"}

    cleaned = repaired(table, dependencies=[rule])

    assert cleaned["departs"] == ["7:10"] * 10 + close


def test_a_stated_dependency_may_take_several_columns() -> None:
    rows = range(90)
    table: Table = {
        "year": [str(2020 + row % 3) for row in rows],
        "team": [f"team {'ABCDE'[row // 3 % 5]}" for row in rows],
        "coach": [f"coach {row % 15}" for row in rows],
    }
    table["coach"][17] = None

    cleaned = repaired(
        table, dependencies=[{"given": ["year", "team"], "then": "coach"}], columns=["coach"]
    )

    assert cleaned["coach"][17] == "coach 2"


def test_a_cell_that_ran_over_into_an_empty_neighbour_is_parted() -> None:
    states = ["NV", "CA", "OR"]
    rows = range(120)
    table: Table = {
        "id": [str(row) for row in rows],
        "city": [CITIES[row % BRANCHES] for row in rows],
        "state": [states[row % BRANCHES % 3] for row in rows],
    }
    clean = {name: list(cells) for name, cells in table.items()}
    for row in (5, 17, 31, 58, 99, 101):
        table["city"][row] = f"{table['city'][row]} {table['state'][row]}"
        table["state"][row] = None

    cleaned = repaired(table)

    assert cleaned.columns == clean
    assert {each["kind"] for each in _module(cleaned).details["made"]} == {"run_over"}


def test_a_name_that_happens_to_end_like_the_next_column_stays_whole() -> None:
    rows = range(120)
    table: Table = {
        "firm": [f"Firm {row} {('Ltd', 'Inc')[row % 2]}" for row in rows],
        "form": [("Ltd", "Inc")[row % 2] if row % 9 else None for row in rows],
    }

    cleaned = repaired(table, columns=["firm"])

    assert cleaned.columns == table


def test_columns_may_be_called_anything() -> None:
    names = dict(zip(("branch", "city", "phone", "kind", "note"),
                     ("row", "value", "key", "view", "left"), strict=True))  # fmt: skip
    table = {names[name]: cells for name, cells in branches(city={25: None}).items()}

    cleaned = repaired(table)

    assert cleaned["value"] == branches()["city"]


def test_an_empty_table_is_no_trouble() -> None:
    cleaned = repaired({"a": [], "b": []})

    assert cleaned.columns == {"a": [], "b": []}


@pytest.mark.parametrize(
    ("params", "message"),
    [
        pytest.param(
            {"dependencies": [{"given": [], "then": "city"}]}, "no column", id="given-nothing"
        ),
        pytest.param(
            {"dependencies": [{"given": ["city"], "then": "city"}]},
            "depend on itself",
            id="on-itself",
        ),
        pytest.param(
            {"dependencies": [{"given": ["branch"], "then": "city"}], "columns": ["kind"]},
            "not in columns",
            id="not-to-be-repaired",
        ),
        pytest.param(
            {"dependencies": [{"given": ["brunch"], "then": "city"}]},
            'Did you mean "branch"',
            id="no-such-column",
        ),
        pytest.param({"min_confidence": 0.2}, "min_confidence", id="less-than-a-coin"),
    ],
)
def test_params_that_make_no_sense_are_refused(params: dict[str, Any], message: str) -> None:
    with pytest.raises(PlanError, match=message):
        repaired(branches(), **params)


def words(*rare: str) -> Table:
    """A column of three words, and some values that come once."""
    usual = ["acute care", "long term care", "rehabilitation"]
    return {"type": [*[usual[row % 3] for row in range(300)], *rare]}


def test_slips_in_a_column_of_few_words_are_mended() -> None:
    table = words(
        "acxte care", "acute carr", "long terms care", "rehabilitatino", "rehabiltation",
        "long term dare", "acute cre", "aucte care",
    )  # fmt: skip

    cleaned = repaired(table)

    assert set(cleaned["type"]) == {"acute care", "long term care", "rehabilitation"}
    assert {each["kind"] for each in _module(cleaned).details["made"]} == {"slip"}


@pytest.mark.parametrize(
    "rare",
    [
        pytest.param(["hospice", "day clinic"], id="other-words"),
        pytest.param(["acute cares"], id="one-alone-may-be-meant"),
        pytest.param(
            ["acute care a", "acute care b", "acute care c", "acute care d"], id="a-word-more"
        ),
        pytest.param(
            [
                *["hospice", "school", "home", "clinic", "ward", "praxis"],
                "acute cart",
                "acute car",
            ],
            id="many-other-words-make-near-ones-likely",
        ),
    ],
)
def test_rare_words_that_may_be_meant_are_left_alone(rare: list[str]) -> None:
    table = words(*rare)

    assert repaired(table).columns == table


def test_names_that_are_near_each_other_are_no_slips() -> None:
    usual = ["Meyer", "Meier", "Maier", "Hansen", "Hanson", "Jansen", "Brown", "Braun"]
    table: Table = {
        "name": [*usual * 40, "Mayer", "Janson", "Browne", "Hansson", "Jensen", "Maser"]
    }

    assert repaired(table).columns == table
