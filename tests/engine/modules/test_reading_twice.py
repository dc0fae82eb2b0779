"""Whatever is in a column: reading it ends well, and reading it again changes nothing."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.engine.running import run

#: What values are made of, so that many texts are nearly one.
PIECES = st.sampled_from(
    [*"0123456789.,-/:() ", "12", "2024", "1.234", "05", "$", "€", " TL", "%", "kg", " Jan ",
     "ı", "am", "pm", "T", "Z", "+03:00", "@", "x.com", "http://", "+90 532 ", "yes", "no",
     "TR", "k", " milyon", "e5", "\u00a0", "٣", "年", "\u202f", "'", "IST", "Ekim", "\u0130"]
)  # fmt: skip
TEXTS = st.one_of(
    st.lists(PIECES, max_size=8).map("".join), st.text(max_size=12), st.none()
).map(lambda text: text or None)
MODULES = {
    "parse_numbers": [{}, {"within_text": True, "several": "first", "ambiguous": "thousands"},
                      {"magnitude": "letters", "decimal": ","}, {"percent": "number"}],
    "parse_dates": [{}, {"order": "DMY"}, {"order": "YMD", "excel_serials": "always"}],
    "parse_booleans": [{}],
    "normalize_phone": [{"default_region": "TR"}, {"format": "national"}],
    "normalize_email": [{}, {"lowercase": "all", "ascii_domain": True}],
    "normalize_url": [{}, {"drop_tracking": True, "drop_fragment": True}],
    "normalize_country": [{}, {"to": "name", "language": "tr"}],
}  # fmt: skip


@pytest.mark.parametrize("named", [True, False], ids=["named", "found"])
@pytest.mark.parametrize("key", MODULES)
@settings(max_examples=25, deadline=None)
@given(cells=st.lists(TEXTS, min_size=1, max_size=4), data=st.data())
def test_reading_again_changes_nothing(key, named, cells, data):
    params = dict(data.draw(st.sampled_from(MODULES[key])))
    request = {"key": key, "params": params | ({"columns": ["c"]} if named else {})}

    cleaned = run([request, request], {"c": cells})

    assert len(cleaned["c"]) == len(cells)
    assert cleaned.report.modules[1].cells_changed == 0, cleaned["c"]
