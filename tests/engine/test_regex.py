from __future__ import annotations

import pytest

from app.engine.values.regex import check_replacement, groups


@pytest.mark.parametrize(
    ("pattern", "said"),
    [
        pytest.param("(", "unclosed group", id="unclosed"),
        pytest.param("(?=a)", "look-around", id="look-around"),
        pytest.param("a{5000000}", "exceeds size limit", id="huge"),
    ],
)
def test_what_is_no_pattern_is_refused_with_the_reason(pattern: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        groups(pattern)


@pytest.mark.parametrize("replacement", ["$1x", "${2}", "$name"])
def test_a_reference_to_no_group_is_refused(replacement: str) -> None:
    with pytest.raises(ValueError, match="does not have"):
        check_replacement("(a)", replacement)


@pytest.mark.parametrize("replacement", ["${1}x", "$0", "$$5", "$unit", "plain"])
def test_references_that_stand_for_something_pass(replacement: str) -> None:
    check_replacement("(a)(?<unit>kg)", replacement)
