"""Params that name columns at any depth, and what is said of values that do not fit."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import ModuleType
from typing import Annotated, Any

import msgspec
import polars as pl
import pytest

from app.engine.errors import PlanError
from app.engine.module import Column, ColumnParams, Meta, Outcome
from app.engine.params import read_params, resolve_columns, schema
from app.engine.testing import try_module


class Rule(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    column: Column
    at_least: Annotated[int, msgspec.Meta(ge=0)] = 0


@dataclass(frozen=True, kw_only=True)
class Params(ColumnParams):
    one: Column | None = None
    names: dict[Column, str] = field(default_factory=dict)
    rules: tuple[Rule, ...] = ()


def a_module(**meta: Any) -> ModuleType:
    """A module that gives the table back as it is."""
    python = ModuleType("still")
    python.META = Meta(key="still", name="Still", description="", order=1, **meta)  # type: ignore[attr-defined]

    def still(batch: pl.DataFrame, params: Any) -> Outcome:
        return Outcome(frame=batch)

    python.still = still  # type: ignore[attr-defined]
    return python


def test_columns_are_found_at_every_depth() -> None:
    params = Params(
        columns=("a",), one="b", names={"c": "a"}, rules=(Rule(column="d"), Rule(column="e"))
    )
    seen = {}

    def resolve(pointer: str, name: str) -> str:
        seen[pointer] = name
        return name.upper()

    resolved = resolve_columns(params, resolve)

    assert seen == {
        "/columns/0": "a",
        "/one": "b",
        "/names/c": "c",
        "/rules/0/column": "d",
        "/rules/1/column": "e",
    }
    assert resolved == Params(
        columns=("A",), one="B", names={"C": "a"}, rules=(Rule(column="D"), Rule(column="E"))
    )


def test_names_that_come_to_one_column_are_refused_where_they_are_keys() -> None:
    with pytest.raises(ValueError, match='column "x" is named twice'):
        resolve_columns(Params(names={"a": "1", "b": "2"}), lambda _, name: "x")


def test_a_fault_in_a_list_points_to_its_place() -> None:
    _, faults = read_params(Params, {"rules": [{"column": "a"}, {"colum": "b"}]})

    assert [fault.pointer for fault in faults] == ["/rules/1"]
    assert "colum" in faults[0].message


def test_a_schema_refers_to_nothing_elsewhere() -> None:
    described = schema(Params)

    assert "$ref" not in str(described)
    rule = described["properties"]["rules"]["items"]
    assert rule["properties"]["column"]["x-column"]


def test_an_unknown_column_deep_inside_is_pointed_to() -> None:
    with pytest.raises(PlanError) as caught:
        try_module(a_module(params=Params), {"ad": ["x"]}, {"rules": [{"column": "da"}]})

    assert [fault.pointer for fault in caught.value.faults] == ["/0/params/rules/0/column"]


@pytest.mark.parametrize(
    ("after", "said"),
    [
        pytest.param(["a", "a"], 'two columns called "a"', id="twice"),
        pytest.param({"a": "z"}, 'a column "z"', id="from-nowhere"),
    ],
)
def test_a_header_that_cannot_be_is_refused_by_the_plan(after: Any, said: str) -> None:
    module = a_module(header=lambda params, columns: after)

    with pytest.raises(PlanError, match=said):
        try_module(module, {"a": ["x"], "b": ["y"]})
