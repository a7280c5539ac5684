"""What happens to a column on its way through forms, spreadsheets and exports; the truth stays what it was."""

from collections.abc import Callable, Mapping
from random import Random
from types import MappingProxyType

from detectors.discovery.evaluation.second.kinds import Kind

Cells = list[str | None]

_BLANKS = (None, "", "无", "/", "-", "NULL", "null", "N/A", "不详", "未填", "—", "暂无", "空", " ")
_STRAY = ("见附件", "同上", "待补", "已注销", "详见备注", "测试", "重复录入", "2023.5", "##", "已离职")
_PADS = ("{} ", " {}", "\t{}", "{}\n", "\u3000{}", "{}\u00a0")
_BETWEEN = ("、", "/", ";", ",", " ", "；", "\n")
_WIDE = {code: code + 0xFEE0 for code in (*range(0x30, 0x3A), *range(0x41, 0x5B), *range(0x61, 0x7B))}


def _some(cells: Cells, share: float, rng: Random, change: Callable[[str], str | None]) -> Cells:
    return [change(cell) if cell and rng.random() < share else cell for cell in cells]


def _blanks(cells: Cells, _: Kind, rng: Random) -> Cells:
    words = rng.sample(_BLANKS, 2)
    return _some(cells, rng.uniform(0.1, 0.5), rng, lambda _cell: rng.choice(words))


def _sparse(cells: Cells, _: Kind, rng: Random) -> Cells:
    """Mostly empty; three stay at the least."""
    kept = set(rng.sample(range(len(cells)), max(3, len(cells) // rng.randint(8, 20))))
    word = rng.choice(_BLANKS)
    return [cell if place in kept else word for place, cell in enumerate(cells)]


def _padded(cells: Cells, _: Kind, rng: Random) -> Cells:
    return _some(cells, 0.7, rng, lambda cell: rng.choice(_PADS).format(cell))


def _wide(cells: Cells, _: Kind, rng: Random) -> Cells:
    return _some(cells, rng.choice((0.3, 1.0)), rng, lambda cell: cell.translate(_WIDE))


def _repeated(cells: Cells, _: Kind, rng: Random) -> Cells:
    few = rng.sample(cells, min(len(cells), rng.randint(2, 4)))
    return [rng.choice(few) for _ in cells]


def _masked(cells: Cells, kind: Kind, rng: Random) -> Cells:
    head, tail = kind.mask or (1, 1)

    def hidden(cell: str) -> str:
        return cell[:head] + "*" * max(1, len(cell) - head - tail) + (cell[-tail:] if tail else "")

    return _some(cells, rng.choice((0.6, 1.0)), rng, hidden)


def _exponent(cells: Cells, _: Kind, rng: Random) -> Cells:
    """A spreadsheet took some for figures and rounded them."""
    return _some(cells, rng.uniform(0.15, 0.35), rng, lambda cell: f"{float(cell):.5E}" if cell.isdigit() else cell)


def _floated(cells: Cells, _: Kind, rng: Random) -> Cells:
    """A column of figures with a gap comes back as fractions."""
    return _some(cells, 1.0, rng, lambda cell: f"{cell}.0" if cell.isdigit() and cell[0] != "0" else cell)


def _quoted(cells: Cells, _: Kind, rng: Random) -> Cells:
    return _some(cells, 1.0, rng, lambda cell: f"'{cell}")


def _grouped(cells: Cells, _: Kind, rng: Random) -> Cells:
    return _some(cells, 0.6, rng, lambda cell: " ".join(cell[at : at + 4] for at in range(0, len(cell), 4)))


def _prefixed(cells: Cells, kind: Kind, rng: Random) -> Cells:
    return _some(cells, rng.choice((0.4, 1.0)), rng, lambda cell: f"{kind.prefix}{cell}")


def _listed(cells: Cells, _: Kind, rng: Random) -> Cells:
    between = rng.choice(_BETWEEN)
    return _some(cells, rng.uniform(0.2, 0.6), rng, lambda cell: f"{cell}{between}{rng.choice(cells)}")


def _strayed(cells: Cells, _: Kind, rng: Random) -> Cells:
    """Who had no place for a word wrote it here."""
    return _some(cells, rng.uniform(0.04, 0.12), rng, lambda _cell: rng.choice(_STRAY))


def _lowered(cells: Cells, _: Kind, rng: Random) -> Cells:
    return _some(cells, rng.choice((0.4, 1.0)), rng, str.lower)


def mistyped(cell: str, rng: Random) -> str:
    """One digit of it is another: the check digit no longer holds."""
    places = [place for place, sign in enumerate(cell) if sign.isdigit()]
    at = rng.choice(places)
    return f"{cell[:at]}{(int(cell[at]) + rng.randint(1, 9)) % 10}{cell[at + 1 :]}"


def _wrong(cells: Cells, _: Kind, rng: Random) -> Cells:
    return _some(cells, rng.uniform(0.04, 0.15), rng, lambda cell: mistyped(cell, rng))


DIRT: Mapping[str, Callable[[Cells, Kind, Random], Cells]] = MappingProxyType(
    {
        "blanks": _blanks, "sparse": _sparse, "padded": _padded, "wide": _wide, "repeated": _repeated, "masked": _masked,
        "exponent": _exponent, "floated": _floated, "quoted": _quoted, "grouped": _grouped, "prefixed": _prefixed,
        "listed": _listed, "wrong": _wrong, "strayed": _strayed, "lowered": _lowered,
    }
)  # fmt: skip
#: what befalls every column
ANYWHERE = ("blanks", "sparse", "padded", "wide", "repeated", "strayed")
#: dirt after which to see nothing in a column is no mistake
HIDES = frozenset({"masked"})


def possible(kind: Kind) -> list[str]:
    """The dirt that is this kind's own, what is met oftener more than once; ``mixed`` is made, not added."""
    figure, check = int(kind.figure), int(kind.check)
    times = {
        "masked": int(kind.mask is not None), "exponent": 2 * figure, "floated": figure, "quoted": figure,
        "grouped": figure * check, "prefixed": int(bool(kind.prefix)), "listed": int(kind.many), "wrong": 4 * check,
        "mixed": 2 * int(bool(kind.mixed)), "lowered": int(kind.lower),
    }  # fmt: skip
    return [name for name, often in times.items() for _ in range(often)]
