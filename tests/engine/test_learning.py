"""What a learner may ask for besides one look at the table, and what it may report."""

from __future__ import annotations

from pathlib import Path

from app.engine.report import MAX_DETAILS_BYTES
from app.engine.testing import try_module

HEAD = "import polars as pl\nfrom app.engine.module import Meta, NoParams, Outcome\n"
ROWS = [{"word": word} for word in ("a", "b", "c", "d", "e")]


def written(folder: Path, body: str) -> Path:
    path = folder / "looker.py"
    path.write_text(HEAD + body, encoding="utf-8")
    return path


def test_a_learner_may_look_at_the_whole_table_again(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        "class Looker:\n"
        "    def __init__(self):\n"
        "        self.looks = [[]]\n"
        "    def observe(self, batch):\n"
        "        self.looks[-1] += batch['word'].to_list()\n"
        "    def look_again(self):\n"
        "        if len(self.looks) == 3:\n"
        "            return False\n"
        "        self.looks.append([])\n"
        "        return True\n"
        "    def finish(self):\n"
        "        return [''.join(look) for look in self.looks]\n"
        "def looker(batch, params, looks):\n"
        "    return Outcome(frame=batch, warnings=looks)\n"
        "META = Meta(key='looker', name='Looker', description='Looks.', order=45,\n"
        "            learn=lambda params, columns: Looker())\n",
    )

    trial = try_module(path, ROWS, batch_rows=2)

    assert trial.rows == ROWS
    # The same sentence three times is said once.
    assert trial.report.modules[0].warnings == ["abcde"]


def test_a_learner_that_names_rows_is_given_their_record_numbers(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        "class Looker:\n"
        "    def __init__(self):\n"
        "        self.seen = []\n"
        "    def observe(self, batch, records):\n"
        "        self.seen += zip(records, batch['word'])\n"
        "    def finish(self):\n"
        "        return self.seen\n"
        "def looker(batch, params, seen):\n"
        "    return Outcome(frame=batch, details={'seen': seen})\n"
        "META = Meta(key='looker', name='Looker', description='Looks.', order=45,\n"
        "            learn=lambda params, columns: Looker(), numbered=True)\n",
    )

    trial = try_module(path, ROWS, batch_rows=2)

    assert [list(pair) for pair in trial.report.modules[0].details["seen"]] == [
        [1, "a"],
        [2, "b"],
        [3, "c"],
        [4, "d"],
        [5, "e"],
    ]


def test_details_of_a_later_batch_replace_those_of_the_same_name(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        "def looker(batch, params):\n"
        "    words = batch['word']\n"
        "    return Outcome(frame=batch, details={'last': words[-1], words[0]: 1})\n"
        "META = Meta(key='looker', name='Looker', description='Looks.', order=45)\n",
    )

    trial = try_module(path, ROWS, batch_rows=2)

    assert trial.report.modules[0].details == {"last": "e", "a": 1, "c": 1, "e": 1}


def test_details_that_are_too_large_are_left_out_and_that_is_said(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        "def looker(batch, params):\n"
        f"    return Outcome(frame=batch, details={{'text': 'x' * {MAX_DETAILS_BYTES}}})\n"
        "META = Meta(key='looker', name='Looker', description='Looks.', order=45)\n",
    )

    trial = try_module(path, ROWS, batch_rows=2)

    report = trial.report.modules[0]
    assert report.details == {}
    assert report.warnings == [
        "Details of 524,299 bytes were left out of the report: at most 524,288 are kept."
    ]
