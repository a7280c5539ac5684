"""Marks of state secrets (国家秘密标志): where one stands, reading stops.

A mark is a level, and mostly ★ with a term: 机密★10年, 绝密★长期, 秘密 ★ 启封前. With the star it
counts wherever it stands by itself; the bare word counts only in the places that marks are put:
alone on one of the first lines, in a page's header or footer, set apart in a name. A sentence that
speaks of secrets (商业秘密, 国家秘密管理) bears none.

Source: 国家秘密定密管理规定; GB/T 9704-2012, 7.2.2 (密级和保密期限).
"""

import re
from collections.abc import Iterable

import polars as pl

_LEVEL = r"(?:绝[ \u3000]{0,2}密|机[ \u3000]{0,2}密|秘[ \u3000]{0,2}密)"
_STAR = r"[★☆✩✭⭐]"
_DIGITS = r"[0-9０-９一二三四五六七八九十百]{1,4}"
_TERM = rf"(?:{_DIGITS}[ ]?(?:年|个?月|天|日)|长[ \u3000]?期|[0-9]{{4}}[-./年][0-9]{{1,2}}|[^\s★，。；,;]{{1,10}}前)"
#: what may stand directly before a mark: nothing that makes it part of a word or a quotation
_BEFORE = r"(?:^|[\s\[【〔（(<《|:：、_\-0-9０-９])"
#: what every level ends with: looked for first, since next to no column has it
_SIGN = "密".encode()
#: for RE2: looked for in whole columns; the narrow pattern settles what it finds
_WIDE = rf"(?m){_LEVEL}\s*(?:{_STAR}|[*＊※]\s*{_TERM})"
_STARRED = re.compile(
    rf"(?m){_BEFORE}{_LEVEL}[ \t\u3000]*(?:{_STAR}[ \t\u3000]*(?:{_TERM})?|[*＊※][ \t\u3000]*{_TERM})(?=$|[^”’」』\"'])"
)
_BARE = re.compile(
    rf"^[\s\[【〔（(<《]*(?:密\s*级\s*[:：]\s*)?{_LEVEL}[ \t\u3000]*(?:[★☆*＊※大女][ \u3000]*)?(?:{_TERM})?[\s\]】〕）)>》]*$"
)
_APART = r"[\s\[\]【】〔〕（）()《》<>{}_\-—.,，、。·+&#@!/\\]"
_NAMED = re.compile(rf"(?:^|{_APART})(?:绝密|机密|秘密)(?:级|件)?(?:$|{_APART}|[★☆*＊※]|{_DIGITS}年)")
#: lines of a document in which a bare mark counts: GB/T 9704 puts it at the second line of the first page
HEAD_LINES = 8


def in_name(name: str) -> bool:
    """Whether a file's or a table's name bears a mark, set apart from other words."""
    return bool(_NAMED.search(name) or _STARRED.search(name))


def in_text(text: str) -> bool:
    """Whether a mark with its star stands by itself anywhere in ``text``."""
    return bool(_STARRED.search(text))


def in_header(text: str) -> bool:
    """Whether one of the lines of a page's header or footer, or a title, is a mark."""
    return any(_BARE.match(line) for line in text.splitlines()) or in_text(text)


def in_start(text: str) -> bool:
    """Whether one of the first lines of a document is a mark."""
    lines = [line for line in text.splitlines()[:60] if line.strip()][:HEAD_LINES]
    return any(_BARE.match(line) for line in lines) or in_text(text)


def in_values(values: pl.Series) -> bool:
    """Whether a value of a column bears a mark with its star, by itself or at the start of its line."""
    if not _holds_sign(values):
        return False
    near = values.filter(values.str.contains(_WIDE).fill_null(value=False))
    return any(in_text(value) for value in near.head(1000).to_list())


def _holds_sign(values: pl.Series) -> bool:
    """Whether the sign stands anywhere in the bytes of all values: one search instead of one for each."""
    raw = values.rechunk().to_arrow().cast("large_string").buffers()[2]
    return raw is not None and _SIGN in raw.to_pybytes()


def in_titles(titles: Iterable[str]) -> bool:
    """Whether one of the texts above a table, or of its comments, is a mark."""
    return any(in_header(title) for title in titles)
