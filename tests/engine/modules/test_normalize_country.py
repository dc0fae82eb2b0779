from __future__ import annotations

import pycountry
import pytest

from app.engine.errors import PlanError
from app.engine.values.countries import country_of, written
from tests.engine.modules.cases import cases, check_case
from tests.engine.running import run


@pytest.mark.parametrize("case", cases("normalize_country"))
def test_cases(case):
    check_case("normalize_country", case)


@pytest.mark.parametrize("form", ["alpha2", "alpha3", "numeric", "name"])
@pytest.mark.parametrize("language", ["en", "tr", "pt_BR"])
def test_every_country_is_read_back_from_every_form(form, language):
    for country in pycountry.countries:
        text = written(country.alpha_2, form, language)

        assert country_of(text, language) == country.alpha_2, text


def test_an_unknown_language_is_refused_before_anything_runs():
    with pytest.raises(PlanError, match='no language "klingon"'):
        run([{"key": "normalize_country", "params": {"language": "klingon"}}], {"a": ["x"]})
