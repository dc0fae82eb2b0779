"""Web addresses in the form that browsers give them (the WHATWG's URL standard)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache, partial

import polars as pl

from app.engine.looking.recognising import Recogniser
from app.engine.module import ColumnParams, Meta, Outcome
from app.engine.modules.trim_spaces import BLANKS
from app.engine.values.cells import Invalid, Rewriting, rewritten

_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):(?![0-9]+(?:/|$))")
#: A host as people write it without a scheme: labels with dots, the last one letters.
_BARE_HOST = re.compile(
    r"(?:[^\W_](?:[\w-]*[^\W_])?\.)+[^\W\d_]{2,}(?::[0-9]+)?(?=[/?#]|$)", re.IGNORECASE
)
#: What shops and mailers add to follow people about. It never changes the page.
_TRACKING = re.compile(
    r"utm_\w+|fbclid|gclid|dclid|gbraid|wbraid|msclkid|yclid|igshid|mc_cid|mc_eid|_hsenc|_hsmi"
    r"|vero_id|mkt_tok|ttclid|twclid",
    re.IGNORECASE,
)


@dataclass(frozen=True, kw_only=True)
class Params(ColumnParams):
    #: Scheme of addresses that are written without one (example.com/x).
    default_scheme: str | None = "https"
    #: Schemes of the addresses that are taken.
    schemes: tuple[str, ...] = ("http", "https", "ftp")
    #: Take parameters away that only follow people about (utm_source, fbclid, ...).
    drop_tracking: bool = False
    #: Take away what stands behind #.
    drop_fragment: bool = False
    #: What becomes of a cell that is no web address in a column that is worked on.
    invalid: Invalid = "keep"

    def __post_init__(self) -> None:
        if self.default_scheme is not None and self.default_scheme not in self.schemes:
            raise ValueError("default_scheme must be one of schemes")

    def read(self, text: str) -> str | None:
        return read_url(
            text,
            self.default_scheme,
            frozenset(self.schemes),
            drop_tracking=self.drop_tracking,
            drop_fragment=self.drop_fragment,
        )


@lru_cache(maxsize=65536)
def read_url(
    text: str,
    default_scheme: str | None,
    schemes: frozenset[str],
    *,
    drop_tracking: bool,
    drop_fragment: bool,
) -> str | None:
    """A web address as a browser shows it in full; None where the text is none.

    >>> read_url("Example.COM:443/a/../b", "https", frozenset(["https"]),
    ...     drop_tracking=False, drop_fragment=False)
    'https://example.com/b'
    """
    import ada_url

    bare = text.strip(BLANKS)
    if re.search(r"\s", bare):
        return None  # a browser would mend it; here it is more likely two things
    scheme = _SCHEME.match(bare)
    if scheme is None:
        if default_scheme is None or not _BARE_HOST.match(bare):
            return None
        bare = f"{default_scheme}://{bare}"
    elif scheme[1].lower() not in schemes:
        return None
    try:
        url = ada_url.URL(bare)
    except ValueError:
        return None
    if "." not in url.hostname and not url.hostname.startswith("["):
        return None
    if drop_tracking and url.search:
        url.search = _without_tracking(url.search)
    if drop_fragment:
        url.hash = ""
    return str(url.href)


def _without_tracking(query: str) -> str:
    """The query without the parameters of trackers, the others to the letter.

    >>> _without_tracking("?id=5&utm_source=x&q=a%20b")
    'id=5&q=a%20b'
    """
    parts = query.removeprefix("?").split("&")
    return "&".join(part for part in parts if not _TRACKING.fullmatch(part.split("=")[0]))


def url_columns(params: Params, columns: list[str]) -> Recogniser:
    return Recogniser(params, columns, partial(_is_url, params))


def _is_url(params: Params, text: str) -> bool:
    """Whether a text is a web address beyond doubt: notes.md has the shape of a host."""
    begins = text.strip(BLANKS).lower().startswith(("http:", "https:", "ftp:", "www."))
    return begins and params.read(text) is not None


def normalize_url(batch: pl.DataFrame, params: Params, columns: tuple[str, ...]) -> Outcome:
    """Write web addresses as browsers do: scheme and host in small letters, no default port, no
    dot segments, letters beyond ASCII encoded.

    Left alone: texts with blanks inside, hosts without a dot, other schemes (mailto:,
    javascript:), the order of parameters, www., a slash at the end of a path.
    Shape: columns unchanged; rows fewer only with invalid="reject".

    >>> batch = pl.DataFrame({"a": ["HTTP://Example.COM:80/ü"]})
    >>> normalize_url(batch, Params(), ("a",)).frame.item()
    'http://example.com/%C3%BC'
    """
    rewriting = Rewriting(batch, params.invalid)
    for name in columns:
        new, unread = rewritten(batch[name], params.read)
        rewriting.put(name, new, unread, "a web address")
    return rewriting.outcome()


META = Meta(
    key="normalize_url",
    name="Normalize URL",
    description="Web addresses as browsers write them; what is none is found.",
    order=64,
    params=Params,
    learn=url_columns,
)
