"""Bytes -> text: which encoding the whole file is in.

UTF-8 proves itself: text in another encoding is practically never valid UTF-8 by chance. So a
file is UTF-8 when all of it decodes, or all but a few bytes. What is not goes to chardet, which
is shown the places where the file is not ASCII, from the whole of it.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass, field
from unicodedata import category

import chardet
import numpy as np

from app.engine.errors import SourceError
from app.engine.reading.byte_stream import ByteStream
from app.engine.reading.code_pages import EBCDIC, RARE, SUPERSETS, WESTERN

#: What is looked at for marks, zero bytes and control characters.
HEAD_BYTES = 1024 * 1024
#: What chardet is shown: lines that are not ASCII, gathered from the whole file.
EVIDENCE_BYTES = 200_000
#: A file stays UTF-8 when at least this many of its non-ASCII characters are sound for each
#: that is not.
SOUND_PER_FAULT = 8
#: Beyond this many faults a file is not UTF-8, and counting more of them only costs time.
ENOUGH_FAULTS = 100_000
#: chardet is this sure when a file says what it is in, as XML does.
DECLARED = 0.95
#: What a rare code page is worth when there are no more than FEW_BYTES of evidence.
RARE_WORTH, FEW_BYTES = 0.5, 200
#: C1 control characters, but for a next-line that stands where a line ends.
C1_CONTROL = re.compile("[\x80-\x84\x86-\x9f]|[^\r\n]\x85")
#: What Western text has not: letters of Iceland, signs within words, capitals after small
#: letters, three accented letters in a row, an õ that is a Hungarian ő.
UNLIKE_WESTERN = re.compile(
    "[ÞþÐðÝýŠšŽžŸƒˆ˜¨¯¸¹¬¦¤]|[^\\W\\d_][¡-©«-´¶-¿†‡‰‹›‚„…•™˜][^\\W\\d_]"
    "|[a-zà-öø-ÿ][À-ÖØ-Þ]|[À-ÖØ-öø-ÿ]{3}|õ(?!e)"
)

BOMS = [
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
]
#: ASCII control characters that text files hold: tab, line ends, form feed, substitute (end of
#: a DOS file), escape.
TEXT_CONTROLS = frozenset(b"\t\n\v\f\r\x1a\x1b\x1c\x1d\x1e\x1f")


@dataclass(frozen=True, kw_only=True)
class EncodingGuess:
    """The encoding of a file, how sure that is, and what else it may be."""

    encoding: str
    confidence: float
    alternatives: list[tuple[str, float]] = field(default_factory=list)


def detect_encoding(source: ByteStream) -> EncodingGuess:
    """The encoding of the whole file, streamed once or twice.

    Raises: SourceError binary_file when it is not text in any encoding.
    """
    head = source.head(HEAD_BYTES)
    for bom, name in BOMS:
        if head.startswith(bom):
            return EncodingGuess(encoding=name, confidence=1.0)
    special = wide_encoding(head) or shifting_encoding(head) or mainframe_encoding(head)
    if special is not None:
        return EncodingGuess(encoding=special, confidence=0.95)
    if looks_binary(head):
        return wide_or_refused(head)
    survey = Utf8Survey()
    for block in source:
        survey.feed(block, source.share_read)
    if survey.is_utf8():
        return EncodingGuess(encoding="utf-8", confidence=survey.confidence())
    return legacy_encoding(source, survey, head)


def wide_encoding(head: bytes) -> str | None:
    """UTF-16 or UTF-32 without a byte order mark.

    Its line ends, digits and delimiters have zero bytes, all in the same places of each unit.

        >>> wide_encoding("ad,şehir\\n1,Iğdır\\n".encode("utf-16-le"))
        'utf-16-le'
        >>> wide_encoding(b"a,b\\n")
    """
    sample = np.frombuffer(head[: 64 * 1024 // 4 * 4], dtype=np.uint8)
    if sample.size < 4 or not (sample == 0).any():
        return None
    zero = [float((sample[place::4] == 0).mean()) for place in range(4)]
    patterns = {
        "utf-32-le": zero[2] > 0.5 and zero[3] > 0.95 and zero[0] < 0.05,
        "utf-32-be": zero[1] > 0.5 and zero[0] > 0.95 and zero[3] < 0.05,
        "utf-16-le": min(zero[1], zero[3]) > 0.02 and max(zero[0], zero[2]) < 0.02,
        "utf-16-be": min(zero[0], zero[2]) > 0.02 and max(zero[1], zero[3]) < 0.02,
    }
    for name, fits in patterns.items():
        if fits and is_text_in(head, name) and has_marks(head, name):
            return name
    return None


def has_marks(head: bytes, encoding: str) -> bool:
    """Whether a line end or a common delimiter is in it: bytes that are no text at all, and too
    few to show it, decode to letters of some script, never to these.
    """
    return any(mark in head.decode(encoding, "ignore") for mark in "\n\r,;\t|")


def is_text_in(head: bytes, encoding: str) -> bool:
    """Whether the bytes decode to text without control characters or characters nobody was
    given.
    """
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    try:
        text = decoder.decode(head)[:10_000]
    except UnicodeDecodeError:
        return False
    odd = sum(1 for character in text if category(character) in ("Cc", "Cn", "Co", "Cs"))
    odd -= sum(text.count(character) for character in "\t\n\r\x1a")
    return odd <= 0.01 * len(text)


def shifting_encoding(head: bytes) -> str | None:
    """ISO-2022 and HZ: seven bits, where escape sequences shift into another alphabet.

    >>> shifting_encoding("名前,値\\n".encode("iso2022_jp"))
    'iso-2022-jp'
    """
    if b"\x1b$" not in head and b"\x1b(" not in head and b"~{" not in head:
        return None
    name = (chardet.detect(head)["encoding"] or "").lower()
    shifts = name.startswith(("iso-2022", "iso2022", "hz"))
    return name if shifts and is_text_in(head, name) else None


def mainframe_encoding(head: bytes) -> str | None:
    """EBCDIC, where a space is an @ and no line end is where ASCII has it.

    >>> mainframe_encoding("This is a line of ordinary words, and another.".encode("cp500"))
    'cp500'
    """
    if b" " in head or head.count(b"@") < 0.02 * len(head):
        return None
    name = (chardet.detect(head)["encoding"] or "").lower()
    return name if name in EBCDIC and is_text_in(head, name) else None


def looks_binary(head: bytes) -> bool:
    """Whether more than a few bytes are control characters that no text file holds."""
    counts = np.bincount(np.frombuffer(head, dtype=np.uint8), minlength=256)
    controls = [int(counts[code]) for code in range(1, 32) if code not in TEXT_CONTROLS]
    # One of them may be the delimiter.
    return sum(controls) - max(controls) > 0.01 * len(head) or int(counts[0]) > 0.1 * len(head)


def wide_or_refused(head: bytes) -> EncodingGuess:
    """UTF-16 text with hardly any ASCII in it has no zero bytes to be known by; chardet knows
    it by its words.
    """
    name = (chardet.detect(head)["encoding"] or "").lower()
    is_wide = name.startswith(("utf-16-", "utf-32-"))
    if is_wide and is_text_in(head, name) and has_marks(head, name):
        return EncodingGuess(encoding=name, confidence=0.8)
    raise SourceError(
        "binary_file",
        "The file is not text: it holds control bytes that no table written as text has.",
    )


class Utf8Survey:
    """Counts what is sound and what is not, were the file UTF-8, and keeps what is not ASCII as
    evidence.
    """

    def __init__(self) -> None:
        self.size = 0
        self.sound = 0
        self.faults = 0
        self._lines = bytearray()
        self._decoder = codecs.getincrementaldecoder("utf-8")("neatdata_count")

    def feed(self, block: bytes, share_read: float) -> None:
        self.size += len(block)
        if block.isascii():
            return
        if self.faults < ENOUGH_FAULTS:
            counter.faults = 0
            self._decoder.decode(block)
            self.faults += counter.faults
        leads = np.frombuffer(block, dtype=np.uint8)
        self.sound += int(np.count_nonzero(leads >= 0xC2))
        self._gather(block, share_read)

    def _gather(self, block: bytes, share_read: float) -> None:
        """Keep lines that are not ASCII, no more than in proportion, so that all of the file
        has a say.
        """
        share = max(EVIDENCE_BYTES // 10, int(EVIDENCE_BYTES * share_read))
        at = 0
        while len(self._lines) < share and at < len(block):
            end = block.find(b"\n", at) + 1 or len(block)
            if not block[at:end].isascii():
                self._lines += block[at : min(end, at + EVIDENCE_BYTES)]
            at = end

    def evidence(self) -> bytes:
        return bytes(self._lines)

    def is_utf8(self) -> bool:
        return self.faults * SOUND_PER_FAULT <= max(0, self.sound - self.faults)

    def confidence(self) -> float:
        if not self.faults:
            return 0.99
        return round(1 - self.faults / (self.sound + self.faults), 3)


class _Counter:
    faults = 0

    def __call__(self, error: UnicodeError) -> tuple[str, int]:
        assert isinstance(error, UnicodeDecodeError)
        self.faults += 1
        return "\ufffd", error.end


counter = _Counter()
codecs.register_error("neatdata_count", counter)


def legacy_encoding(source: ByteStream, survey: Utf8Survey, head: bytes) -> EncodingGuess:
    """What chardet thinks of the evidence: the first candidate, or its superset, that decodes
    all of the file.
    """
    evidence = survey.evidence()
    ranked = ranking(head if survey.size <= EVIDENCE_BYTES else evidence, evidence)
    for name, confidence in ranked:
        for encoding in (name, SUPERSETS.get(name)):
            if (
                encoding
                and not has_controls(evidence, encoding)
                and decodes_whole(source, encoding)
            ):
                usual = usual_name(evidence, encoding)
                others = [other for other in ranked if other[0] not in (name, usual)]
                return EncodingGuess(
                    encoding=usual,
                    confidence=sureness(ranked, confidence),
                    alternatives=others[:3],
                )
    # Nothing decodes all of it: then every byte should at least become something.
    return EncodingGuess(encoding="windows-1252", confidence=0.2, alternatives=ranked[:3])


def ranking(whole: bytes, evidence: bytes) -> list[tuple[str, float]]:
    """Candidates, the likeliest first.

    chardet's figures drown in the ASCII of a table, so it is shown the other lines alone; but a
    file that declares its encoding is believed. Little evidence is not enough for a code page
    that hardly anyone uses.
    """
    declared = chardet.detect(whole)
    if declared["encoding"] and declared["confidence"] >= DECLARED:
        return [(declared["encoding"].lower(), declared["confidence"])]
    doubt = RARE_WORTH ** min(1.0, FEW_BYTES / max(1, distinct_high_bytes(evidence)))
    found = [
        (entry["encoding"].lower(), entry["confidence"])
        for entry in chardet.detect_all(
            evidence, ignore_threshold=True, max_bytes=EVIDENCE_BYTES
        )
        if entry["encoding"]
    ]
    found = [(name, sure * doubt if name in RARE else sure) for name, sure in found]
    if distinct_high_bytes(evidence) <= FEW_BYTES and reads_as_western(evidence):
        others = sorted(found, key=lambda each: -each[1])
        return [("windows-1252", 0.6), *(each for each in others if each[0] != "windows-1252")]
    return sorted(found, key=lambda each: -each[1])[:8] or [("windows-1252", 0.1)]


def reads_as_western(evidence: bytes) -> bool:
    """Whether the evidence makes sense in Windows-1252: accented letters here and there, where
    letters are, signs where they are not.

    Too little text for statistics is most likely this; what is Turkish, Polish or Cyrillic in
    another code page has odd letters, signs within words or one accent after the other.
    """
    try:
        text = evidence.decode("windows-1252")
    except UnicodeDecodeError:
        return False
    return UNLIKE_WESTERN.search(text) is None


def distinct_high_bytes(evidence: bytes) -> int:
    words = {word for word in re.split(rb'[,;\t "\r\n]+', evidence) if not word.isascii()}
    return sum(len(word) for word in words)


def has_controls(evidence: bytes, encoding: str) -> bool:
    """Whether the text would hold C1 control characters, which nobody writes: Windows has
    letters there.
    """
    return C1_CONTROL.search(evidence.decode(encoding, "ignore")) is not None


def usual_name(evidence: bytes, encoding: str) -> str:
    """Of the Western code pages that read the evidence alike, the one most people mean."""
    if encoding == "windows-1252" or encoding not in WESTERN:
        return encoding
    try:
        same = evidence.decode("windows-1252") == evidence.decode(encoding)
    except UnicodeDecodeError:
        return encoding
    return "windows-1252" if same else encoding


def sureness(ranked: list[tuple[str, float]], confidence: float) -> float:
    """chardet's confidence falls with the share of ASCII; what counts is the lead over the next
    best.
    """
    runner_up = next((other for _, other in ranked if other < confidence), 0.0)
    lead = 1 - runner_up / confidence if confidence else 0.0
    return round(min(0.99, max(confidence, 0.5 + 5 * lead)), 3)


def decodes_whole(source: ByteStream, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    try:
        for block in source:
            decoder.decode(block)
        decoder.decode(b"", final=True)
    except UnicodeError:
        # Not its subclass only: UTF-16 without a mark has an error of its own.
        return False
    return True
