"""The report as a page: one file, no script, nothing fetched, safe whatever the data holds.

The standard library alone. Its policy allows nothing but its own style sheet, by hash; the
pictures are SVG, drawn with attributes and classes, so that not even a style attribute is
needed.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Mapping
from html import escape
from importlib import resources
from typing import Any

#: More are counted; the JSON report has them all.
MAX_COLUMNS = 200
#: Of each list among a module's details; likewise.
MAX_DETAILS = 50
#: Characters of a cell that are shown.
MAX_CELL = 200
#: Pixels of a picture, before it is scaled to the page.
WIDTH, BAR = 640, 14
#: What a reader could not see in a cell.
_VISIBLE = {
    **{code: chr(0x2400 + code) for code in range(32)},
    0x7F: "\u2421",
    0xA0: "\u237d",
    0x200B: "\u2423",
    0xFEFF: "\u2423",
    0x2060: "\u2423",
    # What turns the direction of text about could make a page say something else.
    **dict.fromkeys([*range(0x202A, 0x202F), *range(0x2066, 0x206A)], "\ufffd"),
}

STYLE = resources.files("app.engine").joinpath("report_page.css").read_text("utf-8")
_HASH = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
#: What whoever serves the page should send as Content-Security-Policy; it says so itself, too.
POLICY = f"default-src 'none'; style-src 'sha256-{_HASH}'; base-uri 'none'; form-action 'none'"


def render(report: Mapping[str, Any], title: str = "Report") -> str:
    """The page for a report (Report.as_dict()). `title`: what it is about, such as a file's
    name.
    """
    parts = (
        _summary(report),
        _notes("Warnings", report.get("warnings", [])),
        _suggested(report.get("suggested", [])),
        _modules(report),
        _columns(report.get("columns", [])),
        _source(report.get("source", {})),
    )
    return (
        "<!doctype html>\n"
        '<html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{escape(POLICY)}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="color-scheme" content="light dark">'
        f"<title>{escape(_shown(title))}</title><style>{STYLE}</style></head><body><main>"
        f"<h1><bdi>{escape(_shown(title))}</bdi></h1>{''.join(parts)}</main></body></html>\n"
    )


def _summary(report: Mapping[str, Any]) -> str:
    aside = report.get("rejected", 0) - report.get("source", {}).get("rejected", 0)
    figures = (
        ("rows read", report.get("rows_in", 0), ""),
        ("rows written", report.get("rows_out", 0), "valid"),
        ("removed", report.get("removed", 0), "removed"),
        ("set aside by modules", aside, "odd"),
        ("refused while reading", report.get("source", {}).get("rejected", 0), "odd"),
    )
    tiles = "".join(
        f'<li class="{kind}"><b>{count:,}</b> {name}</li>' for name, count, kind in figures
    )
    picture = _bar(
        "What became of the rows",
        [
            ("valid", "written", report.get("rows_out", 0)),
            ("removed", "removed", report.get("removed", 0)),
            ("odd", "set aside", aside),
        ],
    )
    return f'<ul class="figures">{tiles}</ul>{picture}'


def _modules(report: Mapping[str, Any]) -> str:
    modules = report.get("modules", [])
    if not modules:
        return "<h2>Modules</h2><p>No module ran.</p>"
    most = max(module["cells_changed"] for module in modules)
    cap = report.get("examples_per_column", 0)
    head = (
        "<h2>Modules</h2><p>Counts are exact. Of examples there are at most "
        f"{cap} for each column.</p>"
    )
    return head + "".join(_module(module, most) for module in modules)


def _module(module: Mapping[str, Any], most: int) -> str:
    facts = [f"{_counted(module['cells_changed'], 'cell')} changed"]
    facts += [
        f"{_counted(module[name], 'row')} {what}"
        for name, what in (("removed", "removed"), ("rejected", "set aside"))
        if module[name]
    ]
    if module.get("status") == "skipped":
        facts = [f"Left out: {module.get('error_message')}"]
    renamed = module.get("columns_renamed", {})
    return (
        f"<section><h3>{_text(module['key'])}</h3><p>{_text('; '.join(facts))}.</p>"
        + _share("cells changed, beside the other modules", module["cells_changed"], most)
        + _pairs("Columns renamed", renamed.items())
        + _examples(module.get("columns", {}))
        + _notes("", module.get("warnings", []))
        + _details(module.get("details", {}))
        + _params(module.get("params", {}))
        + "</section>"
    )


def _examples(columns: Mapping[str, Any]) -> str:
    if not columns:
        return ""
    shown = list(columns.items())[:MAX_COLUMNS]
    rows = "".join(
        f'<tr><th scope="row" rowspan="{max(len(column["examples"]), 1)}">{_text(name)}'
        f"<br><small>{_counted(column['changed'], 'cell')}</small></th>"
        + "</tr><tr>".join(_example(one) for one in column["examples"] or [None])
        + "</tr>"
        for name, column in shown
    )
    return f"{_table(('Column', 'Row', 'Before', 'After'), rows)}{_left_out(len(columns))}"


def _details(details: Mapping[str, Any]) -> str:
    """What else a module found: each list as a table that opens, each figure by its name."""
    lists = {name: found for name, found in details.items() if isinstance(found, list)}
    others = [(name, _plain(found)) for name, found in details.items() if name not in lists]
    tables = "".join(
        f"<details><summary>{_text(name)} ({len(found):,})</summary>{_found(found)}</details>"
        for name, found in lists.items()
        if found
    )
    return tables + _pairs("", others)


def _found(found: list[Any]) -> str:
    shown = [one if isinstance(one, Mapping) else {"": one} for one in found[:MAX_DETAILS]]
    names = list(dict.fromkeys(name for one in shown for name in one))
    rows = "".join(
        f"<tr>{''.join(f'<td>{_cell(_plain(one.get(name)))}</td>' for name in names)}</tr>"
        for one in shown
    )
    more = len(found) - len(shown)
    left_out = f"<p>{more:,} more; the JSON has them.</p>" if more else ""
    return _table(map(_text, names), rows) + left_out


def _plain(value: Any) -> str | None:
    """A value as JSON has it, as people would jot it down.

    >>> _plain([{"value": "İzmir", "cells": 9}, {"value": None, "cells": 1}])
    'value İzmir, cells 9; value (missing), cells 1'
    >>> _plain(["a", "b"]), _plain(None), _plain(0.5)
    ('a, b', None, '0.5')
    """
    if value is None:
        return None
    if isinstance(value, Mapping):
        return ", ".join(f"{name} {_jotted(one)}" for name, one in value.items())
    if isinstance(value, list):
        parts = ";" if any(isinstance(one, Mapping) for one in value) else ","
        return f"{parts} ".join(_jotted(one) for one in value)
    return str(value)


def _jotted(value: Any) -> str:
    text = _plain(value)
    return "(missing)" if text is None else text


def _example(example: Mapping[str, Any] | None) -> str:
    if example is None:
        return '<td colspan="3"></td>'
    return (
        f'<td class="number">{example["row"]:,}</td>'
        f"<td>{_cell(example['before'])}</td><td>{_cell(example['after'])}</td>"
    )


def _columns(columns: list[Mapping[str, Any]]) -> str:
    if not columns:
        return ""
    rows = "".join(
        f'<tr><th scope="row">{_text(column["name"])}</th><td>{_text(column["type"])}</td>'
        f"<td>{_state(column['before'], 'before')}</td>"
        f"<td>{_state(column['after'], 'after')}</td></tr>"
        for column in columns[:MAX_COLUMNS]
    )
    legend = "".join(f'<li class="{kind}">{kind}</li>' for kind in ("valid", "missing", "odd"))
    return (
        f'<h2>Columns</h2><ul class="legend">{legend}</ul>'
        f"{_table(('Column', 'Type', 'Before', 'After'), rows)}{_left_out(len(columns))}"
    )


def _table(names: Iterable[str], rows: str) -> str:
    head = "".join(f'<th scope="col">{name}</th>' for name in names)
    return (
        f'<div class="wide"><table><thead><tr>{head}</tr></thead>'
        f"<tbody>{rows}</tbody></table></div>"
    )


def _state(state: Mapping[str, int] | None, when: str) -> str:
    if state is None:
        return "new"
    return _bar(
        f"Cells {when}", [(kind, kind, state[kind]) for kind in ("valid", "missing", "odd")]
    )


def _suggested(steps: list[Mapping[str, Any]]) -> str:
    if not steps:
        return ""
    items = "".join(
        f"<li><b>{_text(step['key'])}</b> {_text(step['reason'])}</li>" for step in steps
    )
    return f"<h2>What the data asked for</h2><ol>{items}</ol>"


def _source(source: Mapping[str, Any]) -> str:
    wanted = (
        ("format", "Format"), ("encoding", "Encoding"), ("delimiter", "Delimiter"),
        ("quotechar", "Quote"), ("header_rows", "Header rows"),
        ("skip_lines", "Lines passed over above the table"), ("sheet", "Sheet"),
    )  # fmt: skip
    facts = [(label, source[name]) for name, label in wanted if source.get(name) is not None]
    return "<h2>How the file was read</h2>" + _pairs("", facts)


# Pictures


def _bar(label: str, parts: list[tuple[str, str, int]]) -> str:
    """Shares of a whole, side by side, with the figures in words for those who cannot see it.

    `parts`: (class, name, count).
    """
    total = sum(count for _, _, count in parts)
    words = ", ".join(f"{count:,} {name}" for _, name, count in parts if count) or "none"
    pieces, left = [], 0.0
    for kind, _, count in parts:
        if count:
            # A sliver can still be seen.
            width = max(WIDTH * count / total, 2.0)
            pieces.append(_piece(kind, left, width))
            left += WIDTH * count / total
    return (
        f'<svg class="bar" viewBox="0 0 {WIDTH} {BAR}" preserveAspectRatio="none" role="img" '
        f'aria-label="{escape(label)}: {words}"><title>{words}</title>{"".join(pieces)}</svg>'
        f"<small>{words}</small>"
    )


def _share(label: str, count: int, most: int) -> str:
    if not count:
        return ""
    width = WIDTH * count / most
    return (
        f'<svg class="bar" viewBox="0 0 {WIDTH} {BAR}" preserveAspectRatio="none" role="img" '
        f'aria-label="{count:,} {label}">{_piece("changed", 0, width)}</svg>'
    )


def _piece(kind: str, left: float, width: float) -> str:
    return f'<rect class="{kind}" x="{left:.1f}" y="0" width="{width:.1f}" height="{BAR}"/>'


# Text


def _cell(text: str | None) -> str:
    if text is None:
        return '<span class="none">missing</span>'
    cut = text[:MAX_CELL]
    body = cut.strip(" ")
    before = len(cut) - len(cut.lstrip(" "))
    after = len(cut) - before - len(body)
    more = "\u2026" if len(text) > MAX_CELL else ""
    blank = '<span class="blank">\u00b7</span>'
    return f"<bdi>{blank * before}{_text(body)}{more}{blank * after}</bdi>"


def _text(value: Any) -> str:
    return escape(_shown(str(value)))


def _shown(text: str) -> str:
    """A text without what does not show, or misleads, on a page.

    >>> _shown("a\\tb")
    'a␉b'
    """
    return text.translate(_VISIBLE)


def _notes(heading: str, sentences: Iterable[str]) -> str:
    items = "".join(f"<li>{_text(sentence)}</li>" for sentence in sentences)
    if not items:
        return ""
    title = f"<h2>{escape(heading)}</h2>" if heading else ""
    return f'{title}<ul class="notes">{items}</ul>'


def _params(params: Mapping[str, Any]) -> str:
    given = {name: value for name, value in params.items() if value is not None}
    if not given:
        return ""
    return f"<details><summary>Parameters</summary>{_pairs('', given.items())}</details>"


def _pairs(heading: str, pairs: Iterable[tuple[str, Any]]) -> str:
    rows = "".join(
        f"<dt>{_text(name)}</dt><dd>{_cell(str(value))}</dd>" for name, value in pairs
    )
    if not rows:
        return ""
    title = f"<h4>{escape(heading)}</h4>" if heading else ""
    return f"{title}<dl>{rows}</dl>"


def _left_out(count: int) -> str:
    more = count - MAX_COLUMNS
    return f"<p>{_counted(more, 'column')} more; the JSON has them.</p>" if more > 0 else ""


def _counted(count: int, thing: str) -> str:
    return f"{count:,} {thing}{'' if count == 1 else 's'}"
