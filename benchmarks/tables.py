"""The tables that are measured on: made, never shipped, and the same on every machine."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

CITIES = (
    "İstanbul",
    "Ankara",
    " İzmir",
    "Bursa ",
    "Antalya",
    "Eskişehir",
    "Paris",
    "Şanlıurfa",
)
FIRST = ("Ayşe", "Mehmet", "Ali", "Zeynep", "John", "Mary", "José", "Anna", "Olga", "Çağla")
LAST = (
    "Yılmaz",
    "Öz",
    "Can",
    "Smith",
    "O'Neil",
    "Garcia",
    "Müller",
    "Kaya",
    "Demir",
    "Ivanova",
)
NOTES = ("", "tamam", "acele, “kırılır”", "N/A", "-", "kargo ile gönderildi", "teslim edildi ")
HEADER = (
    "Müşteri No", "Ad Soyad", "ŞEHİR", "E-Mail", "Tutar (TL)", "Adet", "Kayıt Tarihi", "Not"
)  # fmt: skip
NAMES = (
    "musteri_no", "ad_soyad", "sehir", "e_mail", "tutar_tl", "adet", "kayit_tarihi", "not"
)  # fmt: skip
#: Earlier rows that may be repeated: a few, so that making the table needs no memory.
POOL = 5000

Row = Callable[[int, random.Random], list[str]]


@dataclass(frozen=True, kw_only=True)
class Table:
    """A kind of table, and what one must know to clean it by hand."""

    header: tuple[str, ...] = HEADER
    #: The columns after cleaning.
    names: tuple[str, ...] = NAMES
    #: Column -> tokens for missing that occur in it.
    tokens: dict[str, tuple[str, ...]] = field(default_factory=dict)
    #: Columns of amounts in Turkish notation, and of whole numbers.
    amounts: tuple[str, ...] = ()
    integers: tuple[str, ...] = ("adet",)
    row: Row
    #: Share of rows that repeat an earlier one.
    repeated: float
    rows: int = 1_000_000

    def make(self, path: Path, rows: int) -> Path:
        """Write the table with `rows` rows, once: a file that is there already is kept."""
        if path.exists():
            return path
        path.parent.mkdir(parents=True, exist_ok=True)
        aside = path.with_suffix(".part")
        with aside.open("w", encoding="utf-8") as file:
            file.write(";".join(self.header) + "\n")
            file.writelines(self._lines(rows))
        aside.rename(path)
        return path

    def _lines(self, rows: int) -> Iterator[str]:
        chance = random.Random(7)
        pool: list[str] = []
        for number in range(rows):
            if pool and chance.random() < self.repeated:
                yield chance.choice(pool)
                continue
            line = ";".join(self.row(number, chance)) + "\n"
            if len(pool) < POOL:
                pool.append(line)
            else:
                pool[chance.randrange(POOL)] = line
            yield line


def messy_row(number: int, chance: random.Random) -> list[str]:
    """As real exports are: most cells fine, one in ten not."""
    first, last = chance.choice(FIRST), chance.choice(LAST)
    return [
        f"{number:08d}",
        _name(first, last, chance.random()),
        chance.choice(CITIES),
        f"{first.lower()}{number}@example.com",
        "N/A" if chance.random() < 0.05 else _amount(chance),
        str(chance.randrange(1, 500)),
        _day(number),
        chance.choice(NOTES),
    ]


def dirty_row(number: int, chance: random.Random) -> list[str]:
    """Nearly every cell needs something done to it."""
    first, last = chance.choice(FIRST), chance.choice(LAST)
    return [
        f" {number:08d} ",
        f"  {first}  \u00a0{last} ",
        f" {chance.choice(CITIES).strip()}\u200b ",
        f" {first.lower()}{number}@example.com\u00a0",
        "N/A" if chance.random() < 0.2 else f" {_amount(chance)} ",
        f"{chance.randrange(1, 500)} ",
        f" {_day(number)}",
        chance.choice(("-", "“acele”  çok", " N/A ", "‘tamam’ ")),
    ]


def clean_row(number: int, chance: random.Random) -> list[str]:
    """Nothing is left to do but to find that out."""
    first, last = chance.choice(FIRST), chance.choice(LAST)
    return [
        f"{number:08d}",
        f"{first} {last}",
        chance.choice(CITIES).strip(),
        f"{first.lower()}{number}@example.com",
        f"{chance.random() * 10_000:.2f}",
        str(chance.randrange(1, 500)),
        _day(number),
        chance.choice(("", "tamam", "teslim edildi")),
    ]


#: How often the eight columns stand side by side in the wide table.
REPEATS = 125


def wide_row(number: int, chance: random.Random) -> list[str]:
    return [cell for _ in range(REPEATS) for cell in messy_row(number, chance)]


def _numbered(name: str, turn: int) -> str:
    return f"{name}_{turn}"


def _name(first: str, last: str, draw: float) -> str:
    if draw < 0.10:
        return f"  {first} {last} "
    if draw < 0.15:
        return f"{first}  {last}"
    if draw < 0.17:
        return f"{first}\u00a0{last}"
    return f"{first} {last}"


def _amount(chance: random.Random) -> str:
    english = f"{chance.random() * 10_000:,.2f}"
    return english.translate(str.maketrans(",.", ".,"))


def _day(number: int) -> str:
    return f"{2020 + number % 6}-{number % 12 + 1:02d}-{number % 28 + 1:02d}"


_TURNS = range(1, REPEATS + 1)
TABLES = {
    "messy": Table(
        row=messy_row,
        repeated=0.05,
        tokens={"tutar_tl": ("N/A",), "not": ("N/A", "-")},
        amounts=("tutar_tl",),
    ),
    "dirty": Table(
        row=dirty_row,
        repeated=0.3,
        tokens={"tutar_tl": ("N/A",), "not": ("N/A", "-")},
        amounts=("tutar_tl",),
    ),
    "clean": Table(row=clean_row, repeated=0.0, header=NAMES),
    "wide": Table(
        row=wide_row,
        repeated=0.05,
        header=tuple(_numbered(name, turn) for turn in _TURNS for name in HEADER),
        names=tuple(_numbered(name, turn) for turn in _TURNS for name in NAMES),
        tokens={
            _numbered(name, turn): tokens
            for turn in _TURNS
            for name, tokens in (("tutar_tl", ("N/A",)), ("not", ("N/A", "-")))
        },
        amounts=tuple(_numbered("tutar_tl", turn) for turn in _TURNS),
        integers=tuple(_numbered("adet", turn) for turn in _TURNS),
        rows=8_000,
    ),
}
