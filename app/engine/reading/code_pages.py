"""Code pages by what they have in common, as far as choosing between them needs it."""

from __future__ import annotations

#: What decodes all that the encoding does, and more: chardet names the smaller one when it saw
#: no proof of the larger.
SUPERSETS = {
    "iso-8859-1": "windows-1252",
    "iso-8859-9": "windows-1254",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "shift_jis": "cp932",
    "euc-kr": "cp949",
    "big5": "big5hkscs",
    "tis-620": "cp874",
    "ascii": "windows-1252",
}
#: Latin letters in much the same places: a short text may read alike in several.
WESTERN = frozenset(
    {
        *("windows-1250", "windows-1254", "windows-1257", "windows-1258"),
        *("iso-8859-1", "iso-8859-2", "iso8859-3", "iso8859-4", "iso-8859-9", "iso8859-10"),
        *("iso-8859-13", "iso8859-14", "iso8859-15", "iso8859-16"),
    }
)
#: Of old DOS, Mac and Unix machines, and of few speakers.
RARE = frozenset(
    {
        *(
            "maclatin2",
            "maciceland",
            "macturkish",
            "macgreek",
            "hp-roman8",
            "ptcp154",
            "kz1048",
        ),
        *("koi8-t", "cp1006", "cp1125", "cp1140", "cp500", "cp720", "cp737", "cp775", "cp852"),
        *("cp856", "cp857", "cp858", "cp860", "cp861", "cp862", "cp863", "cp864", "cp865"),
        *("cp869", "iso8859-3", "iso8859-4", "iso8859-10", "iso-8859-13", "iso8859-14"),
        "iso8859-16",
    }
)
#: Mainframes': letters and line ends where ASCII has none.
EBCDIC = frozenset({"cp037", "cp273", "cp424", "cp500", "cp875", "cp1026", "cp1140"})
