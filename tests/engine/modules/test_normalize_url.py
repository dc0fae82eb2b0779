from __future__ import annotations

import pytest

from app.engine.errors import PlanError
from tests.engine.modules.cases import cases, check_case
from tests.engine.running import run


@pytest.mark.parametrize("case", cases("normalize_url"))
def test_cases(case):
    check_case("normalize_url", case)


def test_the_default_scheme_is_one_that_is_taken():
    params = {"default_scheme": "gopher"}

    with pytest.raises(PlanError, match="default_scheme must be one of schemes"):
        run([{"key": "normalize_url", "params": params}], {"a": ["x"]})


def test_normalising_again_changes_nothing():
    cells = ["HTTP://Müller.DE:80/a b/../ü?q=ş", "http://1.2.3.4/%7euser", "https://[::1]/"]
    request = {"key": "normalize_url", "columns": ["a"]}

    cleaned = run([request, request], {"a": cells})

    assert cleaned.report.modules[1].cells_changed == 0
