"""What befalls a column's cells: the second stranger's dirt, and what that one had not thought of."""

from collections.abc import Callable, Mapping
from random import Random
from types import MappingProxyType

from detectors.discovery.evaluation.second import dirt as second
from detectors.discovery.evaluation.second.dirt import Cells
from detectors.discovery.evaluation.second.kinds import Kind

_FILLERS = (
    "0", "000000", "111111", "123456", "999999999", "待定", "XXX", "?", "99", "1900-01-01", "（空）", "#N/A", "同上", "…",
)  # fmt: skip
_NOTED = ("（已核）", "(旧)", "[更正]", "（复印件）", "*", "？", "（本人）", "(系统导入)")
_LOOKS = str.maketrans("0158", "OlSB")


def _share(cells: Cells, share: float, rng: Random, change: Callable[[str], str]) -> Cells:
    return [change(cell) if cell and rng.random() < share else cell for cell in cells]


def _fillers(cells: Cells, _: Kind, rng: Random) -> Cells:
    """Whoever had to write something wrote anything."""
    few = rng.sample(_FILLERS, 2)
    return _share(cells, rng.uniform(0.05, 0.3), rng, lambda _cell: rng.choice(few))


def _noted(cells: Cells, _: Kind, rng: Random) -> Cells:
    note = rng.choice(_NOTED)
    return _share(cells, rng.uniform(0.05, 0.25), rng, lambda cell: cell + note)


def _cut(cells: Cells, _: Kind, rng: Random) -> Cells:
    """Some lost their end on the way."""
    return _share(
        cells, rng.uniform(0.04, 0.12), rng, lambda cell: cell[: -rng.randint(1, 2)] if len(cell) > 4 else cell
    )


def _misread(cells: Cells, _: Kind, rng: Random) -> Cells:
    """Read by a machine from paper: some digits became letters."""
    return _share(cells, rng.uniform(0.04, 0.12), rng, lambda cell: cell.translate(_LOOKS))


def _bracketed(cells: Cells, _: Kind, rng: Random) -> Cells:
    left, right = rng.choice(("“”", "[]", '""', "【】", "()"))
    return _share(cells, 1.0, rng, lambda cell: f"{left}{cell}{right}")


DIRT: Mapping[str, Callable[[Cells, Kind, Random], Cells]] = MappingProxyType(
    {**second.DIRT, "fillers": _fillers, "noted": _noted, "cut": _cut, "misread": _misread, "bracketed": _bracketed}
)
HIDES = second.HIDES
_ANYWHERE = (*second.ANYWHERE, "fillers", "noted", "cut", "bracketed")


def drawn(kind: Kind, rng: Random) -> str:
    """The dirt of a column: its kind's own as often as what befalls all."""
    own = second.possible(kind) + (["misread", "misread"] if kind.figure or kind.check else [])
    return rng.choice(own if own and rng.random() < 0.6 else _ANYWHERE)
