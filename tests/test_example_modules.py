"""The modules under examples/modules, run as in a job over the tables beside them."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import pytest

from app.engine import clean_file
from app.engine.catalogue import load
from app.engine.errors import PlanError
from app.engine.testing import Trial, try_module

EXAMPLES = Path(__file__).parents[1] / "examples"
MODULES = EXAMPLES / "modules"


def cleaned(name: str, folder: Path, modules: list[Any]) -> tuple[list[dict[str, str]], Any]:
    report = clean_file(
        EXAMPLES / f"{name}.csv", folder / "clean.csv", modules, modules_dir=MODULES
    )
    with (folder / "clean.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file)), report


def test_both_are_found_and_neither_is_broken() -> None:
    catalogue = load(MODULES)

    assert catalogue.broken == []
    assert {key for key, module in catalogue.modules.items() if module.origin == "custom"} == {
        "cafe_orders",
        "shop_prices",
    }


def test_prices_of_shops_become_amounts_and_currencies(tmp_path: Path) -> None:
    rows, report = cleaned("shop_prices", tmp_path, ["shop_prices"])

    assert {row["product"]: (row["amount"], row["currency"]) for row in rows} == {
        "Kettle": ("1299.90", "TRY"),
        "Toaster": ("2450", "TRY"),
        "Mug": ("149.50", "TRY"),
        "Lamp": ("19.99", "USD"),
        "Chair": ("1299", "USD"),
        "Desk": ("349.00", "USD"),
        "Coffee": ("2.50", "EUR"),
        "Tea": ("12.00", "EUR"),
        # 2.50 and 12,00: the prices in euros do not agree on the decimal mark.
        "Rice": ("", ""),
        "Poster": ("0", ""),
        "Socks": ("", ""),
        "Shirt": ("", ""),
        "Sofa": ("", ""),
        "Rug": ("", ""),
    }
    price, amount = report.columns[1], report.columns[2]
    assert price.after.odd == 4
    assert amount.type == "number"
    assert report.modules[0].cells_changed == 0


def prices(*texts: str, batch_rows: int | None = None, **params: str) -> Trial:
    rows = [{"price": text} for text in texts]
    return try_module(MODULES / "shop_prices.py", rows, params, batch_rows=batch_rows)


@pytest.mark.parametrize(
    ("text", "amount", "currency"),
    [
        pytest.param("12 %", None, None, id="a-percentage"),
        pytest.param("12", "12", None, id="a-bare-number"),
        pytest.param("2 l bottle 1,99 €", "1.99", "EUR", id="a-size-beside-it"),
        pytest.param("CHF 1'299.00", "1299.00", "CHF", id="apostrophes"),
        pytest.param("1 299,00 zł", "1299.00", "PLN", id="blanks"),
        pytest.param("iPhone 15 999 €", None, None, id="a-name-that-ends-in-a-number"),
        pytest.param("-5 €", None, None, id="a-refund"),
        pytest.param("20 % off: 8,00 €", "8.00", "EUR", id="a-percentage-beside-it"),
        pytest.param("12-15 €", None, None, id="a-range"),
        pytest.param("RRP £30.00 £24.50", "24.50", "GBP", id="a-former-price"),
    ],
)
def test_one_price_is_read_and_nothing_else(
    text: str, amount: str | None, currency: str | None
) -> None:
    [row] = prices(text).rows

    assert (row["amount"], row["currency"]) == (amount, currency)
    assert row["price"] == text


@pytest.mark.parametrize("batch_rows", [1, None])
def test_the_rest_of_the_column_says_what_a_dot_means(batch_rows: int | None) -> None:
    trial = prices("2.499 €", "0,99 €", "1.000 $", batch_rows=batch_rows)

    assert [row["amount"] for row in trial.rows] == ["2499", "0.99", None]


def test_a_dollar_may_be_another() -> None:
    assert prices("$5.00", dollar="CAD").rows[0]["currency"] == "CAD"


def test_a_column_that_is_not_there_is_named() -> None:
    with pytest.raises(PlanError, match='no column "price"'):
        try_module(MODULES / "shop_prices.py", [{"cost": "5 €"}])


def test_a_cafes_orders_are_completed_from_what_is_there(tmp_path: Path) -> None:
    rows, report = cleaned("cafe_orders", tmp_path, ["cafe_orders"])

    amounts = {
        row["Transaction ID"].removeprefix("TXN_"): tuple(row.values())[1:5] for row in rows
    }
    assert amounts == {
        "1": ("Coffee", "2", "2.0", "4.0"),
        "2": ("Coffee", "1", "2", "2.0"),
        "3": ("Tea", "3", "1.5", "4.5"),
        "4": ("Tea", "3", "1.5", "4.5"),
        "5": ("Tea", "2", "1.5", "3.0"),
        "6": ("Cake", "1", "3.0", "3.0"),
        "7": ("Juice", "2", "3.0", "6.0"),
        # Cake and juice cost the same: which it was cannot be said.
        "8": ("", "1", "3.0", "3.0"),
        "9": ("Coffee", "3", "2", "6.0"),
        "11": ("", "", "", "4.0"),
    }
    assert report.rejected == 1
    assert report.rows_in == report.rows_out + 1


def test_orders_that_do_not_add_up_are_set_aside_with_the_sum() -> None:
    row = {"Item": "Cake", "Quantity": "2", "Price Per Unit": "3.0", "Total Spent": "5.0"}

    trial = try_module(MODULES / "cafe_orders.py", [row])
    unchecked = try_module(MODULES / "cafe_orders.py", [row], {"check_totals": False})

    assert [reject["reason"] for reject in trial.rejects] == ["2 times 3.0 is not 5.0"]
    assert unchecked.rows == [row]


def test_the_menu_is_learned_from_the_whole_table() -> None:
    rows: list[dict[str, Any]] = [
        {"Item": "Tea", "Quantity": "2", "Price Per Unit": None, "Total Spent": None},
        {"Item": "Tea", "Quantity": "1", "Price Per Unit": "1.5", "Total Spent": "1.5"},
    ]

    trial = try_module(MODULES / "cafe_orders.py", rows, batch_rows=1)

    assert trial.rows[0] == {
        "Item": "Tea", "Quantity": "2", "Price Per Unit": "1.5", "Total Spent": "3",
    }  # fmt: skip


def test_a_price_that_changed_is_no_menu() -> None:
    rows = [
        {"Item": "Tea", "Quantity": "1", "Price Per Unit": price, "Total Spent": price}
        for price in ("1.5", "1.8", None)
    ]

    trial = try_module(MODULES / "cafe_orders.py", rows)

    assert trial.rows[2]["Price Per Unit"] is None


def test_headers_may_be_made_plain_first(tmp_path: Path) -> None:
    rows, _ = cleaned("cafe_orders", tmp_path, ["standardize_headers", "cafe_orders"])

    assert rows[2]["total_spent"] == "4.5"
