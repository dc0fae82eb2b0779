from __future__ import annotations

import pytest

from app.engine.errors import PlanError
from tests.engine.modules.cases import cases, check_case
from tests.engine.running import run


@pytest.mark.parametrize("case", cases("normalize_phone"))
def test_cases(case):
    check_case("normalize_phone", case)


def test_an_unknown_country_is_refused_before_anything_runs():
    with pytest.raises(PlanError, match='there is no country "Turkey"'):
        run([{"key": "normalize_phone", "params": {"default_region": "Turkey"}}], {"a": ["1"]})


@pytest.mark.parametrize("form", ["e164", "international", "national", "rfc3966"])
def test_normalising_again_changes_nothing(form):
    request = {"key": "normalize_phone", "columns": ["a"],
               "params": {"default_region": "TR", "format": form}}  # fmt: skip

    cleaned = run([request, request], {"a": ["0532 123 45 67", "+1 650 253 0000 ext 5"]})

    assert cleaned.report.modules[1].cells_changed == 0


def test_only_the_column_of_numbers_is_found():
    data = {"id": ["1001", "1002"], "tel": ["+90 532 123 45 67", "+90 533 123 45 67"]}

    cleaned = run(["normalize_phone"], data)

    assert cleaned["id"] == data["id"]
    assert cleaned["tel"] == ["+905321234567", "+905331234567"]
