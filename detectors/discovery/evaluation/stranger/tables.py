"""Tables as the systems of a transport province keep them, under the headers that their builders gave them."""

from functools import cache
from random import Random

from detectors.discovery.evaluation.numbers import FIRM
from detectors.discovery.evaluation.stranger.dirt import soil
from detectors.discovery.evaluation.stranger.values import Kind, kinds, read, write
from detectors.discovery.evaluation.tables import Known, KnownTable

_COPIES = 4  # of each family, in different styles
_DIRTY = 0.4
_STYLES = {
    "Chinese": 20, "Chinese noted": 6, "initials": 14, "INITIALS": 6, "snake": 14, "camel": 12, "UPPER": 8,
    "f_ initials": 6, "c_ snake": 4, "t_ Chinese": 2, "numbered": 4, "nameless": 5, "vague": 5, "shifted": 3,
}  # fmt: skip
_VAGUE = (
    "备注1",
    "编号",
    "名称",
    "ext1",
    "扩展字段",
    "data",
    "remark2",
    "value",
    "bz2",
    "内容",
    "其他",
    "code",
    "信息",
)
_UNREADABLE = {"nameless", "vague", "shifted"}

Line = tuple[Kind, str, str, str]  # a kind and its header in Chinese, as initials and in English words


@cache
def _families() -> dict[str, list[Line]]:
    return {name: [_line(line) for line in text.strip().splitlines()] for name, text in read("families.toml").items()}


def _line(text: str) -> Line:
    kind, headers = text.split(" ", 1)
    chinese, initials, words = headers.split("|")
    return kinds()[kind], chinese, initials, words


def tables(seed: int) -> list[KnownTable]:
    """Make every family's tables; the same seed makes the same."""
    r = Random(f"stranger/tables/{seed}")
    return [_table(r, f"{name}_{copy}", lines) for name, lines in _families().items() for copy in range(_COPIES)]


def _table(r: Random, name: str, lines: list[Line]) -> KnownTable:
    style = r.choices(list(_STYLES), list(_STYLES.values()))[0]
    rows = r.choice((r.randint(3, 9), r.randint(10, 60), r.randint(61, 300)))
    lines = r.sample(lines, len(lines))
    headers = _headers(r, style, lines)
    return KnownTable(
        name, tuple(_column(r, line[0], *header, rows) for line, header in zip(lines, headers, strict=True))
    )


def _column(r: Random, kind: Kind, header: str, style: str, rows: int) -> Known:
    values, how = _values(r, kind, rows), "clean"
    if r.random() < _DIRTY:
        values, how = soil(r, kind, values)
    return Known(kind.name, kind.truth, header, tuple(values), f"{style}, {how}, {rows} rows", kind.also)


def _values(r: Random, kind: Kind, rows: int) -> list[str]:
    """Values of one form; up to two in five are of the kind's other forms, if it has such."""
    form, share = r.choice(kind.forms), r.choice((0.05, 0.2, 0.4))
    return [write(r, r.choice(kind.rest) if kind.rest and r.random() < share else form, row) for row in range(rows)]


def _headers(r: Random, style: str, lines: list[Line]) -> list[tuple[str, str]]:
    """Headers and their styles; a type that only a header can tell keeps one that can be read."""
    readable = "Chinese" if style in _UNREADABLE else style
    written = [(_written(r, readable, line), readable) for line in lines]
    hidden = [place for place, (kind, *_) in enumerate(lines) if kind.truth is None or kind.truth in FIRM]
    if style in _UNREADABLE:
        for place, other in zip(hidden, hidden[1:] + hidden[:1], strict=True):
            written[place] = _unreadable(r, style, place, lines[other]), style
    return written


def _unreadable(r: Random, style: str, place: int, other: Line) -> str:
    if style == "shifted":
        return other[1]
    return (
        r.choice(_VAGUE)
        if style == "vague"
        else r.choice(("", f"F{place + 1}", f"col_{place}", f"Column{place}", f"字段{place}"))
    )


def _written(r: Random, style: str, line: Line) -> str:
    _, chinese, initials, words = line
    camel = words.split("_")[0] + "".join(word.capitalize() for word in words.split("_")[1:])
    return {
        "Chinese": chinese,
        "Chinese noted": r.choice(
            (f"*{chinese}", f"{chinese}(必填)", f"{chinese}\n", f"【{chinese}】", f"{chinese}（导出）")
        ),
        "initials": initials,
        "INITIALS": initials.upper(),
        "snake": words,
        "camel": camel,
        "UPPER": words.upper(),
        "f_ initials": f"f_{initials}",
        "c_ snake": f"c_{words}",
        "t_ Chinese": f"t_{chinese}",
        "numbered": r.choice((f"{words}1", f"{chinese}2", f"{initials}_01")),
    }[style]
