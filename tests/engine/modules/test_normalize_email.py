from __future__ import annotations

import pytest

from tests.engine.modules.cases import cases, check_case
from tests.engine.running import run


@pytest.mark.parametrize("case", cases("normalize_email"))
def test_cases(case):
    check_case("normalize_email", case)


def test_normalising_again_changes_nothing():
    request = {"key": "normalize_email", "columns": ["a"]}

    cleaned = run([request, request], {"a": ['"a b"@X.com', "Ünal@MÜLLER.de", "A+b@x.org"]})

    assert cleaned.report.modules[1].cells_changed == 0
