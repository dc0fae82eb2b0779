"""The tables that are measured on: made, never shipped, and the same on every machine."""

from __future__ import annotations

import random
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
HEADER = "Müşteri No;Ad Soyad;ŞEHİR;E-Mail;Tutar (TL);Adet;Kayıt Tarihi;Not\n"
#: Share of rows that repeat an earlier one.
REPEATED = 0.05
#: Earlier rows that may be repeated: a few, so that making the table needs no memory.
POOL = 5000


def messy(path: Path, rows: int) -> Path:
    """`rows` x 8, about 88 bytes a row: blanks, curly quotes, Turkish amounts, tokens for
    missing, repeated rows. Made once per size.
    """
    if path.exists():
        return path
    path.parent.mkdir(parents=True, exist_ok=True)
    chance = random.Random(7)
    pool: list[str] = []
    aside = path.with_suffix(".part")
    with aside.open("w", encoding="utf-8") as file:
        file.write(HEADER)
        for number in range(rows):
            if pool and chance.random() < REPEATED:
                file.write(chance.choice(pool))
                continue
            line = _row(number, chance)
            if len(pool) < POOL:
                pool.append(line)
            else:
                pool[chance.randrange(POOL)] = line
            file.write(line)
    aside.rename(path)
    return path


def _row(number: int, chance: random.Random) -> str:
    first, last = chance.choice(FIRST), chance.choice(LAST)
    return ";".join(
        (
            f"{number:08d}",
            _name(first, last, chance.random()),
            chance.choice(CITIES),
            f"{first.lower()}{number}@example.com",
            _amount(chance),
            str(chance.randrange(1, 500)),
            f"{2020 + number % 6}-{number % 12 + 1:02d}-{number % 28 + 1:02d}",
            chance.choice(NOTES) + "\n",
        )
    )


def _name(first: str, last: str, draw: float) -> str:
    if draw < 0.10:
        return f"  {first} {last} "
    if draw < 0.15:
        return f"{first}  {last}"
    if draw < 0.17:
        return f"{first}\u00a0{last}"
    return f"{first} {last}"


def _amount(chance: random.Random) -> str:
    if chance.random() < 0.05:
        return "N/A"
    english = f"{chance.random() * 10_000:,.2f}"
    return english.translate(str.maketrans(",.", ".,"))
