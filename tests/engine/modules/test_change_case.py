from __future__ import annotations

from typing import Any

import pytest

from app.engine.errors import PlanError
from app.engine.values import casing
from tests.engine.modules.cases import cases, check_case
from tests.engine.running import column

TEXTS = (
    "İSTANBUL IŞIK",
    "ısparta ilgaz",
    "straße",
    "ΣΑΣ",
    "ǆ",
    "ﬁn",
    "Ǆ",
    "a\u0130b",
    "o'neil",
)


@pytest.mark.parametrize("case", cases("change_case"))
def test_cases(case: dict[str, Any]) -> None:
    check_case("change_case", case)


@pytest.mark.parametrize("locale", ["en", "tr", "nl"])
@pytest.mark.parametrize("case", ["lower", "upper", "title", "sentence"])
def test_doing_it_twice_does_no_more(case: str, locale: str) -> None:
    step = {"key": "change_case", "params": {"case": case, "locale": locale}}

    assert column([step, step], *TEXTS)["c"] == column([step], *TEXTS)["c"]


@pytest.mark.parametrize("locale", ["en", "tr"])
@pytest.mark.parametrize("case", ["lower", "upper"])
def test_columns_and_single_texts_are_cased_alike(case: str, locale: str) -> None:
    step = {"key": "change_case", "params": {"case": case, "locale": locale}}

    cleaned = column([step], *TEXTS)

    assert cleaned["c"] == [getattr(casing, case)(text, locale) for text in TEXTS]


def test_a_locale_that_is_none_is_refused() -> None:
    with pytest.raises(PlanError, match="locale"):
        column([{"key": "change_case", "params": {"locale": "Turkish!"}}], "x")
