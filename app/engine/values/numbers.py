"""Numbers as people write them: which convention a column follows, and the plain number behind
each cell.

A column is judged by shapes: the text with every digit written 9, but for a leading zero. A
million amounts have a few dozen shapes, so everything here is decided from counts of shapes,
and exactly, however long the table is.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

#: Blanks that group digits: the plain one and those typographers use.
SPACES = " \u00a0\u202f\u2009"
APOSTROPHES = "'\u2019"
#: More digits than this are an identifier; a double holds 15 (IEEE 754, 53 bits).
EXACT_DIGITS = 15
_MINUS = "-\u2212"
#: The same within brackets of a regular expression, where a bare hyphen makes a range.
_SIGN = "\\-\u2212"
_ZERO = "\ue000"
#: Written as a plain whole number or a plain decimal: what conversion leaves to the letter.
PLAIN_INTEGER = rf"^-?(?:0|[1-9][0-9]{{0,{EXACT_DIGITS - 1}}})$"


@dataclass(frozen=True)
class Convention:
    """How a column writes numbers: decimal mark, and what groups thousands."""

    decimal: str
    group: str

    def pattern(self, units: Sequence[str]) -> str:
        """A regular expression of every cell that is a number in this convention.

        Groups have three digits. A unit may stand before or after, a minus before or after the
        unit, or the whole in parentheses, as accountants write it.
        """
        unit = f"(?:{'|'.join(re.escape(text) for text in units)})?" if units else ""
        blank = f"[{SPACES}]*"
        group = f"[{re.escape(self.group)}]"
        whole = rf"(?:[1-9][0-9]{{0,2}}(?:{group}[0-9]{{3}})+|0|[1-9][0-9]*)"
        number = rf"{whole}(?:{re.escape(self.decimal)}[0-9]+)?(?:[eE][+-]?[0-9]+)?"
        signed = rf"[{_SIGN}]?{blank}{unit}{blank}[{_SIGN}]?{number}{blank}{unit}"
        return rf"^(?:{signed}|\({blank}{unit}{blank}{number}{blank}{unit}{blank}\))$"


CONVENTIONS = tuple(
    Convention(decimal, group)
    for decimal in ".,"
    for group in ("," if decimal == "." else ".", SPACES, APOSTROPHES)
)


def candidate_pattern(units: Sequence[str]) -> str:
    """A cheap test that every number in any convention passes: digits, marks, signs, units."""
    unit = "|".join(re.escape(text) for text in units)
    mark = rf"[{SPACES}{APOSTROPHES}{_SIGN}()]" + (f"|{unit}" if unit else "")
    return rf"^(?:{mark})*[0-9][0-9.,{SPACES}{APOSTROPHES}]*(?:[eE][+-]?[0-9]+)?(?:{mark})*$"


#: What most files have, each with a shape that says all that matters about it. They are counted
#: without being rewritten, which is five times as fast.
_USUAL = (
    (r"^0[0-9]+$", "09"),
    (r"^-?(?:0|[1-9][0-9]{0,14})\.[0-9]{1,2}$", "9.99"),
    (r"^-?(?:0|[1-9][0-9]{0,14}),[0-9]{1,2}$", "9,99"),
    (r"^-?[1-9][0-9]{0,2}(?:\.[0-9]{3}){1,4},[0-9]{1,2}$", "9.999,99"),
    (r"^-?[1-9][0-9]{0,2}(?:,[0-9]{3}){1,4}\.[0-9]{1,2}$", "9,999.99"),
)


def shapes(column: pl.Series) -> Counter[str]:
    """How often each shape occurs. No cell may be null.

    >>> sorted(shapes(pl.Series(["12,50", "99,10", "007"])).items())
    [('09', 1), ('9,99', 2)]
    """
    found: Counter[str] = Counter()
    for pattern, shape in _USUAL:
        if column.is_empty():
            break
        usual = column.str.contains(pattern)
        if count := int(usual.sum()):
            found[shape] += count
            column = column.filter(~usual)
    if column.is_empty():
        return found
    # A zero in front tells an identifier, or 0,5: it is kept, as a letter nobody writes.
    marked = column.str.replace(r"^([^0-9]*)0", f"${{1}}{_ZERO}")
    counted = marked.str.replace_all("[0-9]", "9").alias("shape").value_counts()
    for shape, count in counted.iter_rows():
        found[shape.replace(_ZERO, "0")] += count
    return found


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What was found about a column's numbers.

    `convention` is None where nothing may be converted; `reason` then says why, for people.
    """

    convention: Convention | None = None
    #: The other convention, where some cells prove it: a cell that could be either stays as it
    #: is.
    rival: Convention | None = None
    #: Every cell that is not missing is a number.
    is_all: bool = False
    is_whole: bool = False
    units: tuple[str, ...] = ()
    reason: str | None = None


def judge(
    found: Counter[str],
    non_missing: int,
    units: Sequence[str],
    *,
    threshold: float,
    decimal: str | None = None,
) -> Verdict:
    """The verdict on a column from the shapes of its candidates.

    `decimal` settles what the column leaves open. Without it a column is converted only when
    some cell proves which mark is the decimal one.

    >>> judge(Counter({"9.999,99": 3, "99": 1}), 4, (), threshold=0.7).convention
    Convention(decimal=',', group='.')
    >>> judge(Counter({"9.999": 4}), 4, (), threshold=0.7).convention is None
    True
    """
    if non_missing == 0 or found.total() < threshold * non_missing:
        return Verdict()
    identifiers = sum(count for shape, count in found.items() if is_identifier(shape))
    if identifiers:
        what = f"leading zeros or over {EXACT_DIGITS} digits in {identifiers:,} cells"
        return Verdict(reason=f"it holds identifiers ({what})")
    written = tuple(sorted({unit for shape in found for unit in units if unit in shape}))
    if len(written) > 1:
        return Verdict(reason=f"it has different units ({', '.join(written)})")
    try:
        convention, rival = _conventions(found, units, decimal)
    except _Undecided as undecided:
        return Verdict(reason=str(undecided))
    fitting = {shape: count for shape, count in found.items()
               if _is_number(shape, convention, rival, units)}  # fmt: skip
    numbers = sum(fitting.values())
    if numbers < threshold * non_missing:
        return Verdict()
    is_whole = not any(_has_fraction(shape, convention) for shape in fitting)
    if is_whole and not written and _looks_like_codes(fitting, convention):
        return Verdict(reason="its digits are grouped like phone numbers or addresses")
    return Verdict(
        convention=convention,
        rival=rival,
        is_all=numbers == non_missing,
        is_whole=is_whole,
        units=written,
    )


def is_identifier(shape: str) -> bool:
    """Whether digits of this shape name something rather than count it.

    >>> is_identifier("09999"), is_identifier("9" * 16), is_identifier("0,5")
    (True, True, False)
    """
    digits = re.sub(r"[^0-9.,]", "", shape)
    whole = re.split(r"[.,](?=[0-9]*$)", digits)[0]
    if re.match(r"0[0-9.]", digits) and not re.match(r"0[.,][0-9]+$", digits):
        return True
    return len(re.sub(r"[^0-9]", "", whole)) > EXACT_DIGITS


class _Undecided(Exception):
    """The column does not say which mark is the decimal one."""


def _conventions(
    found: Counter[str], units: Sequence[str], decimal: str | None
) -> tuple[Convention, Convention | None]:
    """The convention most cells follow, and its rival where some cells prove that one."""
    fits = {
        convention: {shape for shape in found if re.match(convention.pattern(units), shape)}
        for convention in CONVENTIONS
    }

    def reach(convention: Convention) -> int:
        return sum(found[shape] for shape in fits[convention])

    point, comma = (
        max((one for one in CONVENTIONS if one.decimal == mark), key=reach) for mark in ".,"
    )
    if decimal is not None:
        return (point if decimal == "." else comma), None
    proven = {
        point: sum(found[shape] for shape in fits[point] - fits[comma]),
        comma: sum(found[shape] for shape in fits[comma] - fits[point]),
    }
    if not any(proven.values()):
        if any(_has_mark(shape) for shape in fits[point] & fits[comma]):
            raise _Undecided(
                "its separator may group thousands or mark decimals; set decimal to say which"
            )
        return point, None
    best = max(proven, key=lambda convention: proven[convention])
    rival = comma if best is point else point
    return best, rival if proven[rival] else None


def _is_number(
    shape: str, convention: Convention, rival: Convention | None, units: Sequence[str]
) -> bool:
    if not re.match(convention.pattern(units), shape):
        return False
    return rival is None or not (_has_mark(shape) and re.match(rival.pattern(units), shape))


def _has_mark(shape: str) -> bool:
    return "." in shape or "," in shape


def _has_fraction(shape: str, convention: Convention) -> bool:
    return convention.decimal in shape or re.search(r"[0-9][eE]", shape) is not None


def _looks_like_codes(fitting: dict[str, int], convention: Convention) -> bool:
    """Whole numbers in groups that name something: digits of one length between blanks (phone
    and account numbers), or four dotted groups (network addresses).
    """
    if convention.group == ".":
        return any(shape.count(".") == 3 for shape in fitting)
    if convention.group != SPACES:
        return False
    lengths = {len(re.sub(r"[^0-9]", "", shape)) for shape in fitting}
    return len(lengths) == 1 and any(
        re.search(rf"[0-9][{SPACES}][0-9]", shape) for shape in fitting
    )


def is_number(column: pl.Series, verdict: Verdict, units: Sequence[str]) -> pl.Series:
    """Which cells are numbers beyond doubt, by the column's verdict. No cell may be null."""
    assert verdict.convention is not None
    fits = column.str.contains(verdict.convention.pattern(units))
    if verdict.rival is None:
        return fits
    unsure = column.str.contains(verdict.rival.pattern(units)) & column.str.contains(r"[.,]")
    return fits & ~unsure


def plain_numbers(column: pl.Series, convention: Convention, units: Sequence[str]) -> pl.Series:
    """The same numbers written plainly: no groups, a decimal point, a leading minus.

    Every cell must fit the convention. Digits are never added, dropped or rounded.

    >>> plain_numbers(pl.Series(["1.988,39", "(5,0)"]), Convention(",", "."), ()).to_list()
    ['1988.39', '-5.0']
    """
    negative = column.str.contains(rf"[(]|^[^0-9]*[{_SIGN}]")
    # Only the ends are stripped: the sign of an exponent stays.
    bare = column.str.strip_chars("".join(units) + SPACES + _MINUS + "()")
    for mark in convention.group:
        bare = bare.str.replace_all(mark, "", literal=True)
    if convention.decimal != ".":
        bare = bare.str.replace(convention.decimal, ".", literal=True)
    return bare.zip_with(~negative, "-" + bare) if negative.any() else bare
