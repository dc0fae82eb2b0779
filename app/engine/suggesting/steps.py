"""From a trial to the steps it proves, each with its reason.

The trial runs `CANDIDATES`, each as cautious as it can be asked to be: `text_normalize` once
for each thing it can do, so that each is counted by itself.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import Any

from app.engine.suggesting.trial import Trial, Tried

_TEXT_OPTIONS = {
    "fix_mojibake_opt": "text decoded with the wrong encoding",
    "replace_nbsp_opt": "no-break spaces",
    "remove_zw_opt": "characters without width",
    "collapse_whitespace": "runs of blanks between words",
}
#: Curly quotes are good typography, and stay.
_NO_TEXT_OPTION = dict.fromkeys(("normalize_quotes_opt", *_TEXT_OPTIONS), False)
CANDIDATES: tuple[dict[str, Any], ...] = (
    *(
        {"key": "text_normalize", "params": {**_NO_TEXT_OPTION, option: True}}
        for option in _TEXT_OPTIONS
    ),
    {"key": "trim_spaces", "params": {}},
    {"key": "drop_duplicates", "params": {}},
    {"key": "handle_missing", "params": {}},
    {"key": "drop_empty", "params": {"what": "rows"}},
    {"key": "parse_booleans", "params": {}},
    {"key": "parse_dates", "params": {}},
    # Nothing less than all of a column.
    {"key": "convert_types", "params": {"numeric_threshold": 1.0}},
)

#: Blanks in a row in more of a column's cells than this are how it is written, not a slip.
SLIP_SHARE = 0.2
#: Whole numbers all of one length, of at least so many digits, may be codes.
CODE_DIGITS = 5
#: Words that say that there is none, which among words may be an answer.
ANSWERS = {
    "none", "unknown", "missing", "bilinmiyor", "yok", "boş", "(none)",
}  # fmt: skip


def proven_steps(trial: Trial) -> list[dict[str, Any]]:
    """The modules that the trial proves, in the order they were tried."""
    by_key: dict[str, list[Tried]] = defaultdict(list)
    for tried in trial.tried:
        by_key[tried.key].append(tried)
    steps: list[dict[str, Any]] = []
    for key, group in by_key.items():
        steps += _PROOFS[key](group, trial)
    return steps


def _normalise(group: list[Tried], trial: Trial) -> Iterable[dict[str, Any]]:
    """One step with every option that changes something, on the columns where it does."""
    options: dict[str, bool] = {}
    columns: set[str] = set()
    for tried in group:
        option = next(name for name in _TEXT_OPTIONS if tried.module["params"][name])
        found = {
            name
            for name, cells in tried.changed.items()
            if option != "collapse_whitespace"
            or cells <= SLIP_SHARE * trial.evidence.filled[name]
        }
        if found:
            options[option] = True
            columns |= found
    if options:
        # A column in which blanks are no slip keeps them, whatever else it needs.
        padded = {
            name
            for tried in group
            if tried.module["params"]["collapse_whitespace"]
            for name, cells in tried.changed.items()
            if cells > SLIP_SHARE * trial.evidence.filled[name]
        }
        for chosen, names in (
            ({**_NO_TEXT_OPTION, **options}, columns - padded),
            ({**_NO_TEXT_OPTION, **options, "collapse_whitespace": False}, columns & padded),
        ):
            if names:
                yield _step("text_normalize", names, chosen)


def _trim(group: list[Tried], trial: Trial) -> Iterable[dict[str, Any]]:
    return [_step("trim_spaces", group[0].changed)] if group[0].changed else []


def _drop_empty(group: list[Tried], trial: Trial) -> Iterable[dict[str, Any]]:
    """Not all of the rows; and not in a list, where an empty place may be an answer."""
    report = group[0].report
    if 0 < report.removed < report.rows_in and len(trial.evidence.filled) > 1:
        yield group[0].module


def _deduplicate(group: list[Tried], trial: Trial) -> Iterable[dict[str, Any]]:
    copies = group[0].report.removed
    if copies and trial.evidence.keys.proves(copies) is not None:
        yield {"key": "drop_duplicates", "params": {}}


def _miss(group: list[Tried], trial: Trial) -> Iterable[dict[str, Any]]:
    """Tokens become missing. Where a token may be an answer, only the others do."""
    typed = {name for tried in trial.tried if tried.key != "handle_missing"
             for name in tried.shown.types}  # fmt: skip
    sure: set[str] = set()
    partly: dict[tuple[str, ...], set[str]] = defaultdict(set)
    for name, tokens in group[0].shown.texts.items():
        answers = {token for token in tokens if token.lower() in ANSWERS}
        if name in typed or not answers:
            sure.add(name)
        elif others := tuple(sorted(set(tokens) - answers)):
            partly[others].add(name)
    if sure:
        yield _step("handle_missing", sure)
    for tokens_, names in partly.items():
        yield _step("handle_missing", names, {"tokens": list(tokens_)})


def _type(group: list[Tried], trial: Trial) -> Iterable[dict[str, Any]]:
    """Columns of which every cell is proven, but for whole numbers that may be codes."""
    tried = group[0]
    columns = {
        name
        for name in tried.shown.types
        if (name in tried.changed or not _may_be_code(name, tried))
        and not _has_loose_percent(name, tried, trial)
    }
    if columns:
        yield _step(tried.key, columns, tried.module["params"])


def _has_loose_percent(name: str, tried: Tried, trial: Trial) -> bool:
    """Some cells have a percent sign and some have none: 5 may be 5 % or 500 %."""
    signs = ["%" in text for text in tried.shown.texts.get(name, ())]
    if not any(signs):
        return False
    return not all(signs) or tried.changed[name] < trial.evidence.filled[name]


def _may_be_code(name: str, tried: Tried) -> bool:
    least, most = tried.shown.lengths.get(name, (0, 0))
    return tried.shown.types[name] == "integer" and least == most >= CODE_DIGITS


def _step(key: str, columns: Iterable[str], params: dict[str, Any] | None = None) -> Any:
    return {"key": key, "params": {**(params or {}), "columns": sorted(columns)}}


_PROOFS = {
    "text_normalize": _normalise,
    "trim_spaces": _trim,
    "drop_empty": _drop_empty,
    "drop_duplicates": _deduplicate,
    "handle_missing": _miss,
    "parse_booleans": _type,
    "parse_dates": _type,
    "convert_types": _type,
}


def reason(tried: Tried, trial: Trial) -> str:
    """Why a step is suggested, in a sentence for people, with what was counted."""
    if tried.key == "drop_duplicates":
        key = trial.evidence.keys.proves(tried.report.removed)
        beside = f' Without them no "{key}" is there twice.' if key is not None else ""
        return f"Copies of other rows, to the letter: {tried.report.removed:,}.{beside}"
    if tried.key == "drop_empty":
        return f"Rows in which no cell holds anything: {tried.report.removed:,}."
    if tried.key in ("convert_types", "parse_dates", "parse_booleans"):
        return _type_reason(tried)
    return f"{_where(tried)}: {_FINDINGS[tried.key](tried)}."


def _type_reason(tried: Tried) -> str:
    kinds: dict[str, list[str]] = defaultdict(list)
    for name, kind in tried.shown.types.items():
        kinds[kind].append(name)
    said = "; ".join(
        f"every cell of {_named(names)} is {_ARTICLES[kind]}" for kind, names in kinds.items()
    )
    rest = f". Not written plainly: {_cells(tried)}" if tried.report.cells_changed else ""
    return said[0].upper() + said[1:] + rest + "."


def _text_findings(tried: Tried) -> str:
    options = tried.module["params"]
    return ", ".join(what for option, what in _TEXT_OPTIONS.items() if options[option])


def _token_findings(tried: Tried) -> str:
    tokens = sorted({token for texts in tried.shown.texts.values() for token in texts})
    return f"texts that stand for missing there ({', '.join(tokens[:5])})"


_FINDINGS: dict[str, Callable[[Tried], str]] = {
    "text_normalize": _text_findings,
    "trim_spaces": lambda tried: "blanks at the start or the end",
    "handle_missing": _token_findings,
}


_ARTICLES = {
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "date": "a date",
    "datetime": "a date with a time",
    "text": "a text",
}


def _where(tried: Tried) -> str:
    return f"{_cells(tried)} of {_named(list(tried.changed))}"


def _cells(tried: Tried) -> str:
    count = tried.report.cells_changed
    return f"{count:,} cell{'' if count == 1 else 's'}"


def _named(names: list[str]) -> str:
    shown = ", ".join(f'"{name}"' for name in names[:5])
    return shown if len(names) <= 5 else f"{shown} and {len(names) - 5} more columns"
