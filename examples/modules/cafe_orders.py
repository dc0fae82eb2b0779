"""A café's till: amounts that the other two of a row give, and items that only one price has.

    Item     Quantity  Price  Total           Item     Quantity  Price  Total
    Coffee   2         ERROR  4.0      ->     Coffee   2         2      4.0
    UNKNOWN  1         1.5    1.5             Tea      1         1.5    1.5

The menu (what costs what) is learned from the table itself: an item has a price when every row
with both agrees on it. Nothing is filled that does not follow, and a row whose amounts do not
add up is set aside.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass

import polars as pl

from app.engine.module import Column, Meta, Outcome

#: What the till writes where it knows nothing.
NOTHING = ("ERROR", "UNKNOWN")
#: Amounts that differ by less are the same: half a cent.
CENT = 0.005


@dataclass(frozen=True, kw_only=True)
class Params:
    item: Column = "Item"
    quantity: Column = "Quantity"
    price: Column = "Price Per Unit"
    total: Column = "Total Spent"
    #: Whether rows in which quantity times price is not the total are set aside.
    check_totals: bool = True


@dataclass(frozen=True)
class Menu:
    """What follows from what: only what the whole table agrees on."""

    price_of: dict[str, str]
    #: Prices that just one item has.
    item_at: dict[float, str]


class Till:
    """Learns the menu."""

    def __init__(self, params: Params, columns: list[str]) -> None:
        self._params = params
        self._prices: dict[str, Counter[float]] = defaultdict(Counter)

    def observe(self, batch: pl.DataFrame) -> None:
        known = _without_nothing(batch).select(
            item=pl.col(self._params.item), price=_number(self._params.price)
        )
        for item, price, count in known.drop_nulls().group_by(pl.all()).len().iter_rows():
            self._prices[item][price] += count

    def finish(self) -> Menu:
        sure = {item: next(iter(prices)) for item, prices in self._prices.items()
                if len(prices) == 1}  # fmt: skip
        offered = Counter(price for prices in self._prices.values() for price in prices)
        return Menu(
            price_of={item: f"{price:g}" for item, price in sure.items()},
            item_at={price: item for item, price in sure.items() if offered[price] == 1},
        )


def cafe_orders(batch: pl.DataFrame, params: Params, menu: Menu) -> Outcome:
    """Fill what follows from the rest of the row or from the menu.

    Left alone: amounts of rows that lack two of the three and whose item tells no price, and
    items whose price others have too.
    Shape: columns unchanged; rows fewer where amounts do not add up, with check_totals.
    """
    frame = _without_nothing(batch)
    item, price = pl.col(params.item), _number(params.price)
    quantity, total = _number(params.quantity), _number(params.total)
    frame = frame.with_columns(
        _filled(params.price, total / quantity),
        _filled(params.quantity, total / price),
        _filled(params.total, quantity * price),
    )
    by_menu = item.replace_strict(menu.price_of, default=None, return_dtype=pl.String)
    frame = frame.with_columns(pl.coalesce(params.price, by_menu).alias(params.price))
    frame = frame.with_columns(
        # The menu's price may have been what was lacking.
        _filled(params.quantity, total / price),
        _filled(params.total, quantity * price),
        pl.coalesce(
            item, price.replace_strict(menu.item_at, default=None, return_dtype=pl.String)
        ).alias(params.item),
    )
    if not params.check_totals:
        return Outcome(frame=frame)
    wrong = ((quantity * price - total).abs() > CENT).fill_null(False)
    reasons = frame.select(
        pl.when(wrong).then(
            pl.format("{} times {} is not {}", *(params.quantity, params.price, params.total))
        )
    ).to_series()
    return Outcome(frame=frame.filter(reasons.is_null()), rejected=reasons)


def _number(column: str) -> pl.Expr:
    """The plain numbers of a column; zero is no quantity and no price."""
    amount = pl.col(column).cast(pl.Float64, strict=False)
    return pl.when(amount.is_finite() & (amount > 0)).then(amount)


def _filled(column: str, amount: pl.Expr) -> pl.Expr:
    """The column, with the amount where it is missing."""
    rounded = amount.round(2)
    whole = rounded.cast(pl.Int64, strict=False)
    plain = (
        pl.when(rounded == whole).then(whole.cast(pl.String)).otherwise(rounded.cast(pl.String))
    )
    # What does not come out in whole cents was never on a till.
    exact = (rounded - amount).abs() < CENT / 100
    return pl.coalesce(pl.col(column), pl.when(exact).then(plain)).alias(column)


def _without_nothing(batch: pl.DataFrame) -> pl.DataFrame:
    return batch.with_columns(pl.when(~pl.all().is_in(NOTHING)).then(pl.all()).name.keep())


META = Meta(
    key="cafe_orders",
    name="Café Orders",
    description="Fills amounts and items of a café's till that follow from the rest.",
    order=66,
    params=Params,
    learn=Till,
)
