"""The text of an API key: nd_<id>_<secret><checksum>.

The checksum lets a typo be refused before any query, and lets scanners tell a real key from a
look-alike. Format after GitHub's tokens: prefix, base62, CRC-32 as six base62 digits
(https://github.blog/2021-04-05-behind-githubs-new-authentication-token-formats/).
"""

from __future__ import annotations

import hashlib
import re
import secrets
import string
import zlib
from dataclasses import dataclass, field

ALPHABET = string.digits + string.ascii_uppercase + string.ascii_lowercase
ID_LENGTH = 12
#: 32 base62 digits are 190 random bits.
SECRET_LENGTH = 32
CHECKSUM_LENGTH = 6

_KEY = re.compile(
    rf"nd_([0-9A-Za-z]{{{ID_LENGTH}}})_([0-9A-Za-z]{{{SECRET_LENGTH}}})([0-9A-Za-z]{{{CHECKSUM_LENGTH}}})"
)


@dataclass(frozen=True)
class KeyText:
    """A key in its parts. Its repr never shows the secret."""

    id: str
    secret: str = field(repr=False)

    @classmethod
    def new(cls, key_id: str | None = None) -> KeyText:
        return cls(key_id or _random(ID_LENGTH), _random(SECRET_LENGTH))

    @property
    def digest(self) -> bytes:
        """SHA-256 of the secret: what is stored."""
        return hashlib.sha256(self.secret.encode()).digest()

    def reveal(self) -> str:
        """The whole key, for the one time it is shown."""
        body = f"nd_{self.id}_{self.secret}"
        return body + checksum(body)


def parse(text: str) -> KeyText | None:
    """The key in `text`; None when it is not in our format or its checksum is wrong.

    >>> parse("nd_nonsense") is None
    True
    >>> key = KeyText.new()
    >>> parse(key.reveal()) == key
    True
    """
    match = _KEY.fullmatch(text)
    if match is None:
        return None
    key_id, secret, found = match.groups()
    if checksum(f"nd_{key_id}_{secret}") != found:
        return None
    return KeyText(key_id, secret)


def checksum(body: str) -> str:
    number = zlib.crc32(body.encode())
    digits = []
    for _ in range(CHECKSUM_LENGTH):
        number, digit = divmod(number, len(ALPHABET))
        digits.append(ALPHABET[digit])
    return "".join(reversed(digits))


def _random(length: int) -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(length))
