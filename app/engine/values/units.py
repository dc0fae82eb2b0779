"""What stands beside a number: currencies, measures, percent signs and words of magnitude.

Several spellings of one unit (TL, ₺, TRY, lira) are one unit here, so that a column in which
they stand side by side is a column of one unit.
"""

from __future__ import annotations

import unicodedata
from functools import cache, lru_cache

#: Currency -> how people write it, besides its ISO 4217 code. Capitals count where a spelling
#: has only one or two letters.
_CURRENCIES = {
    "TRY": "₺ TL TL. YTL lira lirası liralık türk_lirası",
    "USD": "$ US$ $US U$ U$S USD$ US_$ $USD dollar dollars dolar",
    "EUR": "€ euro euros eur. €uro евро ευρώ",
    "GBP": "£ UK£ GB£ pound pounds sterling",
    "JPY": "¥ JP¥ ￥ 円 yen",
    "CNY": "元 CN¥ 圆 圓 RMB yuan 人民币",
    "RUB": "₽ руб руб. р. р Р Р. рублей рубля рубль rub.",
    "UAH": "₴ грн грн. гривень hrn hrn. грн/шт",
    "PLN": "zł zl zł. zlotych złotych złoty",
    "CZK": "Kč Kc Kč. korun kč",
    "HUF": "Ft Ft. forint",
    "RON": "lei leu Lei",
    "BGN": "лв лв. leva лева",
    "RSD": "din din. dinara дин дин. Дин",
    "HRK": "kn kuna",
    "BAM": "KM КМ км",
    "MKD": "ден ден. den.",
    "SEK": "kr kr. Skr kronor",
    "NOK": "Nkr kroner",
    "DKK": "Dkr",
    "ISK": "Ikr",
    "CHF": "Fr. Fr fr. SFr. SFr sFr. franken CHf franc francs",
    "ILS": '₪ ש"ח ש״ח NIS שקל',
    "INR": "₹ ₨ Rs Rs. र रु रु. rupees rupee रुपये",
    "PKR": "PKRs",
    "LKR": "රු රු.",
    "NPR": "नेरू NPRs",
    "BDT": "৳ টকা টাকা Tk Tk.",
    "IDR": "Rp Rp. rupiah",
    "MYR": "RM ringgit",
    "SGD": "S$ SG$",
    "THB": "฿ บาท baht THB.",
    "VND": "₫ đ đồng VNĐ vnd.",
    "PHP": "₱ Php",
    "KRW": "₩ ￦ 원",
    "TWD": "NT$ NT",
    "HKD": "HK$ $HK",
    "AUD": "A$ AU$ AU_$ $AU AUD$",
    "NZD": "NZ$ $NZ NZD$",
    "CAD": "C$ CA$ $CA CAD$ Can$",
    "MXN": "MX$ Mex$ pesos peso",
    "BRL": "R$ reais",
    "ARS": "AR$ $AR",
    "CLP": "CL$ $CL",
    "COP": "CO$ COL$ $CO",
    "UYU": "$U",
    "PEN": "S/. S/ soles",
    "BOB": "Bs Bs. $b",
    "PYG": "₲ Gs. Gs",
    "CRC": "₡",
    "GTQ": "Q",
    "HNL": "L L.",
    "DOP": "RD$",
    "CUC": "CUC$",
    "JMD": "J$",
    "TTD": "TT$",
    "BZD": "BZ$",
    "BBD": "Bds$",
    "GYD": "GY$ G$",
    "XCD": "EC$",
    "FJD": "FJ$",
    "NAD": "N$",
    "LRD": "LD L$",
    "ZAR": "R rand",
    "NGN": "₦",
    "GHS": "GH₵ ₵",
    "KES": "KSh Ksh KSh. KShs Kshs /=",
    "UGX": "USh",
    "TZS": "TSh TShs",
    "ETB": "ብር Br Birr",
    "ERN": "Nfk ናቕፋ",
    "XAF": "FCFA F_CFA CFA",
    "DJF": "Fdj",
    "GNF": "FG",
    "RWF": "FRw RF",
    "BIF": "FBu",
    "CDF": "FC",
    "ZMW": "ZK K",
    "MWK": "MK",
    "MRU": "UM أ.م.",
    "MGA": "Ar",
    "SCR": "SR",
    "SZL": "E",
    "GMD": "D",
    "SLE": "Le",
    "EGP": "ج.م ج.م. E£ EG£ LE جنيه",
    "SAR": "ر.س ر.س. ﷼ ريال",
    "AED": "د.إ د.إ. Dhs Dhs. Dh Dh. درهم",
    "QAR": "ر.ق ر.ق. QR",
    "OMR": "ر.ع ر.ع.",
    "YER": "ر.ي ر.ي.",
    "BHD": "د.ب د.ب. .د.ب BD",
    "KWD": "د.ك د.ك. KD دينار_كويتي",
    "IQD": "ع.د د.ع د.ع.",
    "JOD": "د.أ د.أ. JD دينار_أردني",
    "LYD": "ل.د د.ل د.ل.",
    "TND": "د.ت د.ت. DT",
    "DZD": "دج د.ج د.ج. DA",
    "MAD": "د.م د.م. DH درهم_مغربي",
    "SDG": "ج.س ج.س.",
    "SYP": "ل.س ل.س. ش.ص",
    "LBP": "ل.ل ل.ل. LL",
    "IRR": "ریال rial",
    "IRT": "تومان toman تومن",
    "AFN": "؋ Af",
    "AMD": "֏ դր. դր dram",
    "GEL": "₾ ლ ლარი lari",
    "AZN": "₼ man. ман.",
    "KZT": "₸ тг тг. тңг. тенге",
    "UZS": "so'm soʻm so‘m so’m сўм Sʻ S' som",
    "KGS": "сом с",
    "TJS": "ЅM SM",
    "MNT": "₮ төг төгрөг",
    "LAK": "₭",
    "MMK": "Ks",
    "KHR": "៛",
    "BTN": "Nu Nu.",
    "MVR": "Rf Rf. ރ.",
    "AWG": "ƒ Afl. Afl",
    "MOP": "MOP$",
    "FRF": "₣",
    "ITL": "₤",
    "ESP": "₧ Pts Ptas pta",
    "GRD": "₯ Δρχ. Δρχ",
    "DEM": "DM D-Mark",
    "HTG": "G",
    "LSL": "Sl",
}
#: ISO 4217 codes, the ones of old that still turn up included.
_CODES = frozenset(  # one string, for people to read
    """
    AED AFN ALL AMD ANG AOA ARS ATS AUD AWG AZN BAM BBD BDT BEF BGN BHD BIF BMD BND BOB BRL
    BSD BTN BWP BYN BYR BZD CAD CDF CHF CLP CNY COP CRC CUC CUP CVE CZK DEM DJF DKK DOP DZD
    EEK EGP ERN ESP ETB EUR FIM FJD FKP FRF GBP GEL GHS GIP GMD GNF GRD GTQ GYD HKD HNL HRK
    HTG HUF IDR IEP ILS INR IQD IRR IRT ISK ITL JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD
    KZT LAK LBP LKR LRD LSL LTL LUF LVL LYD MAD MDL MGA MKD MMK MNT MOP MRO MRU MUR MVR MWK
    MXN MYR MZN NAD NGN NIO NLG NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PTE PYG QAR RON RSD
    RUB RWF SAR SBD SCR SDG SEK SGD SHP SIT SKK SLE SLL SOS SRD SSP STN SVC SYP SZL THB TJS
    TMT TND TOP TRL TRY TTD TWD TZS UAH UGX USD UYU UZS VEF VES VND VUV WST XAF XAG XAU XCD
    XOF XPF YER ZAR ZMW BTC ETH
    """.split()  # noqa: SIM905
)
_MEASURES = {
    "%": "٪ ％ percent pct pct. yüzde prozent",
    "‰": "",
    "kg": "kgs kilo kilogram kilograms kilogramm kg. кг",
    "g": "gr gr. gram grams gramm г",
    "mg": "мг",
    "t": "ton tons tonne tonnes",
    "lb": "lbs lbs. lb. pound_weight",
    "oz": "oz. ounce ounces ons",
    "fl oz": "fl._oz. fl_oz. fl.oz fl.oz.",
    "km": "kms kilometre kilometer",
    "m": "mt metre metres meter meters м",
    "cm": "см santim santimetre",
    "mm": "мм milimetre",
    "in": 'inch inches " ″',
    "ft": "feet foot ′",
    "mi": "mile miles",
    "m²": "m2 sqm metrekare м²",
    "m³": "m3 metreküp",
    "km²": "km2",
    "sqft": "sq_ft sq._ft. ft² ft2",
    "ha": "hektar hectare hectares",
    "l": "lt lt. ltr litre litres liter liters л",
    "ml": "мл mililitre",
    "cl": "",
    "°C": "℃ ºC",
    "°F": "℉ ºF",
    "°": "º",
    "km/h": "kmh kph km/sa",
    "mph": "",
    "W": "watt watts",
    "kW": "",
    "MW": "",
    "kWh": "",
    "V": "volt",
    "A": "amp",
    "mAh": "",
    "Hz": "",
    "kHz": "",
    "MHz": "",
    "GHz": "",
    "B": "bytes byte",
    "KB": "kB",
    "MB": "",
    "GB": "",
    "TB": "",
    "cal": "",
    "kcal": "kkal",
    "s": "sec sec. secs second seconds sn saniye",
    "min": "mins minute minutes dk dakika min.",
    "h": "hr hrs hour hours saat",
    "day": "days gün tag tage",
    "week": "weeks hafta",
    "month": "months ay",
    "year": "years yr yrs yıl yıllık",
    "pcs": "pc pcs. pc. piece pieces adet ad. stk stk. stück шт шт. szt szt. ks st.",
    "x": "×",
    "px": "",
    "pt": "pts points puan",
}
#: Word -> power of ten. English short scale: a billion is a thousand millions.
_MAGNITUDES = {
    2: "hundred yüz",
    3: "thousand thousands bin tsd tsd. tausend mil mille тыс тыс. тысяч tys tys. tis tis. "
       "千 천",
    4: "万 萬 만",
    5: "lakh lakhs lac lacs लाख",
    6: "million millions mn mln mln. mio mio. milyon millionen millones millón milhões milhão "
       "milione milioni miljoen miljon miljoner млн млн. миллион миллиона миллионов mil. mill. "
       "miliona milionów milionu milionů",
    7: "crore crores cr करोड़",
    8: "億 亿 억",
    9: "billion billions bn bln bln. mrd mrd. milyar milliarde milliarden milliard milliards "
       "miliardi miliard miliardy miliardów млрд млрд. миллиард миллиарда миллиардов mld mld. "
       "mia mia.",
    12: "trillion trillions trn trilyon трлн трлн. 兆 조",
}  # fmt: skip
#: Single letters that many use and that may mean something else: only where asked for.
_LETTERS = {"k": 3, "K": 3, "M": 6, "B": 9, "T": 12, "mm": 6, "MM": 6, "m": 6, "b": 9}


@cache
def _units() -> tuple[dict[str, str], dict[str, str]]:
    """Spelling -> unit: as it is written, and with case folded where that is safe."""
    exact: dict[str, str] = {}
    for table in (_CURRENCIES, _MEASURES):
        for unit, spellings in table.items():
            for text in (unit, *spellings.split()):
                exact.setdefault(text.replace("_", " "), unit)
    exact |= {code: code for code in sorted(_CODES)}
    folded: dict[str, str] = {}
    for text, unit in exact.items():
        if len(text.rstrip(".")) > 1:
            folded.setdefault(text.casefold(), unit)
    return exact, folded


@lru_cache(maxsize=4096)
def unit_of(text: str) -> str | None:
    """The unit a text names, or None.

    >>> unit_of("₺"), unit_of("TL"), unit_of("tl"), unit_of("kg"), unit_of("Ada")
    ('TRY', 'TRY', 'TRY', 'kg', None)
    """
    exact, folded = _units()
    found = exact.get(text) or folded.get(text.casefold())
    if found is None and len(text) == 1 and unicodedata.category(text) == "Sc":
        return text
    return found


def is_currency(unit: str) -> bool:
    return unit in _CURRENCIES or unit in _CODES or unicodedata.category(unit[0]) == "Sc"


@cache
def _powers() -> dict[str, int]:
    return {word: power for power, words in _MAGNITUDES.items() for word in words.split()}


def power_of(text: str, *, letters: bool) -> int | None:
    """The power of ten that a word of magnitude stands for. `letters`: k, M, B too.

    >>> power_of("milyon", letters=False), power_of("k", letters=False)
    (6, None)
    >>> power_of("k", letters=True)
    3
    """
    if letters and text in _LETTERS:
        return _LETTERS[text]
    return _powers().get(text.casefold())


def currency_spellings() -> list[str]:
    """Every way to write a currency."""
    return [text for text, unit in _units()[0].items() if is_currency(unit)]
