"""E-mail addresses in one form."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Literal

import polars as pl

from app.engine.looking.recognising import Recogniser
from app.engine.module import ColumnParams, Meta, Outcome
from app.engine.modules.trim_spaces import BLANKS
from app.engine.values.casing import lower
from app.engine.values.cells import Invalid, Rewriting, rewritten


@dataclass(frozen=True, kw_only=True)
class Params(ColumnParams):
    #: What is written in small letters: the domain, in which case never counts, or all of it,
    #: as hardly a server tells Ada@ from ada@.
    lowercase: Literal["domain", "all"] = "domain"
    #: Domains in other than Latin letters as DNS has them (xn--...).
    ascii_domain: bool = False
    #: What becomes of a cell that is no address in a column that is worked on.
    invalid: Invalid = "keep"


@lru_cache(maxsize=65536)
def read_email(text: str, lowercase: str, *, ascii_domain: bool) -> str | None:
    """An address in one form; None where the text is none that mail could be sent to.

    Nothing is looked up: the address is well-formed, not proven to exist.

    >>> read_email(" mailto:Ada@Example.COM ", "domain", ascii_domain=False)
    'Ada@example.com'
    >>> read_email("ada@localhost", "domain", ascii_domain=False) is None
    True
    """
    # Loads idna and DNS libraries: not for pipelines without addresses.
    from email_validator import EmailNotValidError, validate_email

    bare = text.strip(BLANKS)
    if bare[:7].lower() == "mailto:":
        bare = bare[7:]
    if bare[:1] == "<" and bare[-1:] == ">":
        bare = bare[1:-1]
    if "@" not in bare:
        return None
    try:
        found = validate_email(bare, check_deliverability=False, allow_quoted_local=True)
    except EmailNotValidError:
        return None
    domain = found.ascii_domain if ascii_domain else found.domain
    local = lower(found.local_part) if lowercase == "all" else found.local_part
    return f"{local}@{domain}"


def _read(params: Params, text: str) -> str | None:
    return read_email(text, params.lowercase, ascii_domain=params.ascii_domain)


def email_columns(params: Params, columns: list[str]) -> Recogniser:
    return Recogniser(params, columns, lambda text: _read(params, text) is not None)


def normalize_email(batch: pl.DataFrame, params: Params, columns: tuple[str, ...]) -> Outcome:
    """Write addresses without blanks, mailto: and angle brackets, the domain in small letters.

    Left alone: texts with a name or a second address in them, domains without a dot, domains
    that are reserved (.test, .invalid), and what no mail server would take. Misspelled domains
    are not mended.
    Shape: columns unchanged; rows fewer only with invalid="reject".

    >>> batch = pl.DataFrame({"a": ["Ada@Example.COM"]})
    >>> normalize_email(batch, Params(), ("a",)).frame.item()
    'Ada@example.com'
    """
    rewriting = Rewriting(batch, params.invalid)
    for name in columns:
        new, unread = rewritten(batch[name], partial(_read, params))
        rewriting.put(name, new, unread, "an e-mail address")
    return rewriting.outcome()


META = Meta(
    key="normalize_email",
    name="Normalize Email",
    description="E-mail addresses in one form; what is none is found.",
    order=63,
    params=Params,
    learn=email_columns,
)
