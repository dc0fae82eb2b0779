"""The report as a page: whole, self-contained, and safe whatever the data holds."""

from __future__ import annotations

import base64
import hashlib
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from app.engine import clean_file
from app.engine.report_page import MAX_COLUMNS, POLICY, STYLE, render
from tests.engine.running import run

HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "</style><b>",
    "<!--",
    "&lt;",
    "a\u202egnp.exe",
    "\x1b[31m",
]


class Page(HTMLParser):
    """Which elements and attributes a page has, and the text between."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.open: list[str] = []
        self.text = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}
        if tag not in ("meta", "br", "rect"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in ("rect",):
            assert self.open.pop() == tag

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)

    def handle_data(self, data: str) -> None:
        self.text += data


def page_of(*cells: str | None, column: str = "c") -> str:
    report = run(["trim_spaces", "drop_duplicates"], {column: cells}).report
    return render(report.as_dict(), "orders.csv")


def test_a_page_shows_what_changed() -> None:
    page = Page(page_of(" Ada ", "Bob", "Bob", None))

    for part in ("orders.csv", "trim_spaces", "1 cell changed", "·Ada·", "1 row removed"):
        assert part in page.text
    assert page.open == []
    assert "svg" in page.tags


@pytest.mark.parametrize("text", HOSTILE)
def test_nothing_in_the_data_becomes_markup(text: str) -> None:
    plain = Page(page_of(" a ", "b", column="c"))

    hostile = Page(page_of(f" {text} ", "b", column=text))

    assert hostile.tags == plain.tags
    assert hostile.attributes == plain.attributes
    assert hostile.open == []


def test_what_turns_text_about_or_does_not_show_is_made_visible() -> None:
    html = page_of(" a\u202eb\u00a0c\x1bd ")

    assert "a\ufffdb\u237dc\u241bd" in html
    assert "\u202e" not in html


def test_a_page_fetches_nothing_and_runs_nothing() -> None:
    html = page_of(" a")

    page = Page(html)
    assert page.tags & {"script", "link", "img", "iframe", "object", "a"} == set()
    assert {name for name in page.attributes if name.startswith("on")} == set()
    assert "style" not in page.attributes
    assert not re.search(r"https?:|url\(|@import", html)


def test_the_policy_allows_the_very_style_of_the_page() -> None:
    style = re.search(r"<style>(.*?)</style>", page_of(" a"), re.DOTALL)

    assert style is not None and style[1] == STYLE
    digest = base64.b64encode(hashlib.sha256(style[1].encode()).digest()).decode()
    assert f"style-src 'sha256-{digest}'" in POLICY
    assert POLICY.startswith("default-src 'none'")


def test_of_very_many_columns_some_are_shown_and_that_is_said() -> None:
    wide = {f"c{number}": [" x"] for number in range(MAX_COLUMNS + 5)}

    html = render(run(["trim_spaces"], wide).report.as_dict())

    assert html.count("5 columns more; the JSON has them.") == 2


def test_a_long_text_is_cut() -> None:
    assert "x" * 200 + "…" in page_of(" " + "x" * 300)


def test_a_run_of_nothing_has_a_page_too() -> None:
    assert "No module ran." in Page(render(run([], {"c": []}).report.as_dict())).text


def test_the_engine_writes_the_page_where_the_name_asks_for_it(tmp_path: Path) -> None:
    source, page = tmp_path / "in.csv", tmp_path / "report.html"
    source.write_text("a,b\n x,1\n")

    clean_file(source, tmp_path / "out.csv", ["trim_spaces"], report=page)

    assert page.read_text().startswith("<!doctype html>")


def test_what_a_module_proposes_is_on_the_page() -> None:
    cells = [*["Bursa"] * 9, "BURSA", "van <b>", "VAN <B>"]
    report = run(["cluster_values"], {"c": cells}).report

    page = Page(render(report.as_dict()))

    assert "clusters (2)" in page.text
    assert "value Bursa, cells 9; value BURSA, cells 1" in page.text
    assert "van <b>" in page.text
    assert page.open == []


def test_a_module_that_found_nothing_shows_no_empty_table() -> None:
    report = run(["cluster_values"], {"c": ["a", "b"]}).report

    assert "clusters (" not in Page(render(report.as_dict())).text
