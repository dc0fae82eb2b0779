"""Any input ends in a table whose sums meet or is refused by name: no traceback, no hang."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.engine.errors import SourceError
from app.engine.reading import ReadingOptions, lanes
from tests.engine.reading.reading import read
from tests.engine.reading.test_cases import CASES, content_of

SEEDS = [content_of(case) for case in CASES]
BITS = st.sampled_from(
    [
        b'"',
        b'""',
        b",",
        b";",
        b"\t",
        b"\n",
        b"\r\n",
        b"\r",
        b"\x00",
        b"\xff",
        b"\\",
        b"'",
        b" ",
        b"\xef\xbb\xbf",
        b"\xff\xfe",
        b"\x1a",
        b"\x1f",
        b"\xc3",
        b"|",
        b"1",
        b'{"a":',
        b"PK\x03\x04",
    ]
)
OPTIONS = st.builds(
    ReadingOptions,
    encoding=st.sampled_from([None, "utf-8", "utf-16", "cp1254", "gb18030"]),
    delimiter=st.sampled_from([None, ",", "||", "", " "]),
    quotechar=st.sampled_from([None, '"', "", "'"]),
    escapechar=st.sampled_from([None, "\\"]),
    header=st.sampled_from([None, True, False]),
    skip_lines=st.sampled_from([None, 0, 3]),
    pad_short=st.sampled_from([None, True]),
)


@st.composite
def mangled(draw: st.DrawFn) -> bytes:
    """A file that means something, with bits put in and taken out."""
    content = bytearray(draw(st.sampled_from(SEEDS)))
    for _ in range(draw(st.integers(0, 6))):
        at = draw(st.integers(0, len(content)))
        if draw(st.booleans()):
            content[at:at] = draw(BITS)
        else:
            del content[at : at + draw(st.integers(1, 9))]
    return bytes(content)


@settings(
    max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(content=mangled() | st.binary(max_size=200), options=OPTIONS)
def test_any_bytes_are_a_table_or_are_refused_by_name(
    tmp_path: Path, content: bytes, options: ReadingOptions
) -> None:
    path = tmp_path / "any"
    path.write_bytes(content)

    try:
        read(path, options)
    except SourceError as refusal:
        assert refusal.code and str(refusal)


@pytest.mark.parametrize(
    "content, rows, rejected",
    [
        pytest.param(b"a,b,c\n" + b'1,"x,2\n' * 5_000, 5_000, 0, id="a-quote-open-in-each"),
        pytest.param(b'a,b\n1,"x\n' + b'2,""""\n' * 5_000, 5_001, 0, id="doubled-ever-after"),
        pytest.param(b'"' * 50_000, 0, 0, id="nothing-but-quotes"),
        pytest.param(b"a,b\n" + b"\xff\xfe\xfd,1\n" * 5_000, 5_000, 0, id="no-encoding"),
        pytest.param(b"a,b\n" + b"a,1\n" * 5_000, 5_000, 0, id="a-name-in-each-record"),
    ],
)
def test_what_would_take_others_forever_is_read(
    tmp_path: Path, content: bytes, rows: int, rejected: int
) -> None:
    path = tmp_path / "hard.csv"
    path.write_bytes(content)

    table = read(path)

    assert (len(table.rows), len(table.rejected)) == (rows, rejected)


def test_an_endless_line_is_rejected_and_the_rest_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lanes, "DOUBTFUL_BYTES", 100_000)
    monkeypatch.setattr(lanes, "LONGEST_BYTES", 400_000)
    path = tmp_path / "long.csv"
    path.write_bytes(b"a,b\n1,2\n" + b"x" * 2_000_000 + b"\n3,4\n")

    table = read(path)

    assert table.rows == [("1", "2"), ("3", "4")]
    (reject,) = table.rejected
    assert (reject["record"], reject["line"], reject["byte_offset"]) == (2, 3, 8)
    assert len(reject["raw"]) == 100_000


def test_a_table_of_100_000_columns_is_read(tmp_path: Path) -> None:
    names = [f"c{number}" for number in range(100_000)]
    path = tmp_path / "wide.csv"
    path.write_text(",".join(names) + "\n" + ",".join("1" * 100_000) + "\n")

    table = read(path, ReadingOptions(delimiter=","))

    assert table.inspection.columns == names
    assert table.rows == [("1",) * 100_000]
