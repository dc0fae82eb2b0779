"""Times of day and their distance from UTC, in one form."""

from __future__ import annotations

#: Zones whose letters mean one thing. CST, IST, BST and others mean several and are not read.
ZONES = {
    "z": 0, "utc": 0, "gmt": 0, "wet": 0, "west": 1, "cet": 1, "cest": 2, "mez": 1, "mesz": 2,
    "eet": 2, "eest": 3, "msk": 3, "trt": 3, "est": -5, "edt": -4, "cdt": -5, "mst": -7,
    "mdt": -6, "pst": -8, "pdt": -7, "jst": 9, "kst": 9, "brt": -3, "brst": -2, "aest": 10,
    "aedt": 11, "nzst": 12, "nzdt": 13,
}  # fmt: skip


def clock(
    hour: str, minute: str, second: str | None, fraction: str | None, half: str | None
) -> str | None:
    """HH:MM:SS, and a fraction where there is one (to the microsecond); None where no clock
    shows such a time.

    >>> clock("2", "57", None, None, "pm"), clock("12", "5", "9", "25", "am")
    ('14:57:00', '00:05:09.25')
    """
    hours = int(hour)
    if half == "am" and hours > 12:
        return None
    if half in ("am", "midnight"):
        hours %= 12
    elif half in ("pm", "noon") and hours < 12:
        hours += 12
    if hours > 23 or int(minute) > 59 or int(second or 0) > 59:
        return None
    text = f"{hours:02d}:{int(minute):02d}:{int(second or 0):02d}"
    return f"{text}.{fraction[:6]}" if fraction and fraction.strip("0") else text


def utc_offset(text: str | None) -> str | None:
    """ "+03:00" of whatever way to write it."""
    if text is None:
        return None
    if text.upper() == "Z":
        return "+00:00"
    return f"{text[:3]}:{text[3:].strip(':') or '00'}"
