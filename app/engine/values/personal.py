"""Personal data within texts: where an address, a number of a person, card or account stands.

What can be checked is checked: cards by Luhn, accounts by modulo 97, Turkish identity numbers
by their two check digits, phone numbers by the numbering plan of their country.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Literal

Kind = Literal["email", "phone", "card", "iban", "tc_id", "us_ssn"]
#: What a text needs to be worth a look: an at sign, or so many digits.
WORTH_A_LOOK = r"@|[0-9](?:[^0-9]{0,3}[0-9]){6}"
_EMAIL = re.compile(r"[\w.%+-]+@[\w-]+(?:\.[\w-]+)*\.[^\W\d_]{2,}")
_CARD = re.compile(r"(?<![\w-])(?:[2-6]|9792)[0-9](?:[ -]?[0-9]){10,17}(?![\w-])")
_IBAN = re.compile(r"(?<!\w)[A-Z]{2}[0-9]{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,4})?(?!\w)")
_TC_ID = re.compile(r"(?<!\w)[1-9][0-9]{10}(?!\w)")
_US_SSN = re.compile(
    r"(?<![\w-])(?!000|666|9)[0-9]{3}-(?!00)[0-9]{2}-(?!0000)[0-9]{4}(?![\w-])"
)


def spans(text: str, kinds: tuple[Kind, ...], region: str | None) -> list[tuple[int, int]]:
    """Where personal data of these kinds stands in a text, in order and apart.

    `region`: the country of phone numbers that are written without its code.

    >>> text = "ada@example.com, +90 532 123 45 67"
    >>> [text[start:end] for start, end in spans(text, ("email", "phone"), None)]
    ['ada@example.com', '+90 532 123 45 67']
    """
    found: list[tuple[int, int]] = []
    for kind in _FINDERS:
        if kind in kinds:
            for start, end in _FINDERS[kind](text, region):
                if all(end <= taken[0] or start >= taken[1] for taken in found):
                    found.append((start, end))
    return sorted(found)


def is_luhn(digits: str) -> bool:
    """Whether the last digit is the check digit that cards carry.

    >>> is_luhn("4111111111111111"), is_luhn("4111111111111112")
    (True, False)
    """
    doubled = [int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(digits))]
    return sum(value - 9 * (value > 9) for value in doubled) % 10 == 0


def is_iban(text: str) -> bool:
    """Whether an account number has the check digits of ISO 13616.

    >>> is_iban("TR330006100519786457841326"), is_iban("TR340006100519786457841326")
    (True, False)
    """
    bare = text.replace(" ", "")
    return int("".join(str(int(char, 36)) for char in bare[4:] + bare[:4])) % 97 == 1


def is_tc_id(digits: str) -> bool:
    """Whether eleven digits have the check digits of Turkish identity numbers.

    >>> is_tc_id("10000000146"), is_tc_id("10000000147")
    (True, False)
    """
    values = [int(digit) for digit in digits]
    tenth = (7 * sum(values[0:9:2]) - sum(values[1:8:2])) % 10
    return values[9] == tenth and values[10] == sum(values[:10]) % 10


def _by(
    pattern: re.Pattern[str], is_one: Callable[[str], bool] = lambda _: True
) -> Callable[[str, str | None], Iterator[tuple[int, int]]]:
    def find(text: str, region: str | None) -> Iterator[tuple[int, int]]:
        return (match.span() for match in pattern.finditer(text) if is_one(match[0]))

    return find


def _is_card(text: str) -> bool:
    digits = re.sub("[ -]", "", text)
    return 13 <= len(digits) <= 19 and is_luhn(digits)


def _phones(text: str, region: str | None) -> Iterator[tuple[int, int]]:
    # 17 ms to load: only once a text has digits enough.
    import phonenumbers

    for match in phonenumbers.PhoneNumberMatcher(text, region and region.upper()):
        yield match.start, match.end


#: In this order: digits of a card or an account may look like a phone number.
_FINDERS: dict[Kind, Callable[[str, str | None], Iterator[tuple[int, int]]]] = {
    "email": _by(_EMAIL),
    "iban": _by(_IBAN, is_iban),
    "card": _by(_CARD, _is_card),
    "tc_id": _by(_TC_ID, is_tc_id),
    "us_ssn": _by(_US_SSN),
    "phone": _phones,
}
