"""Tables for the acceptance tests."""

from __future__ import annotations

MESSY = (
    "Müşteri Adı;ŞEHİR;Tutar;Not\n"
    "  Ayşe Yılmaz ;İstanbul;1.988,39;\u201cacele\u201d\n"
    "Mehmet Öz;Ankara;12,50;N/A\n"
    "Mehmet Öz;Ankara;12,50;N/A\n"
    "bad line;with;too;many;fields\n"
    "Ali Can;İzmir;2.500,00;tamam\n"
).encode()

CLEAN = (
    "musteri_adi,sehir,tutar,not\n"
    'Ayşe Yılmaz,İstanbul,1988.39,"""acele"""\n'
    "Mehmet Öz,Ankara,12.50,\n"
    "Ali Can,İzmir,2500.00,tamam\n"
)

PIPELINE = [
    "standardize_headers",
    "text_normalize",
    "trim_spaces",
    "drop_duplicates",
    {"key": "handle_missing", "params": {"tokens": ["N/A"]}},
    "convert_types",
]


def large(rows: int) -> bytes:
    """A table that takes the engine a while: `rows` x 6, about 90 bytes a row."""
    lines = ["id;name;city;amount;day;note"]
    for number in range(rows):
        lines.append(
            f"{number:08d}; name {number % 5003} ;city {number % 81};"
            f"{number % 9973}.{number % 100:02d};"
            f"2026-01-{number % 28 + 1:02d};\u201cnote\u201d number {number * 7919 % rows}"
        )
    return "\n".join(lines).encode()
