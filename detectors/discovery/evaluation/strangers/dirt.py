"""What happens to the cells of a column between the form and the table."""

from collections.abc import Callable, Mapping
from random import Random

from detectors.discovery.evaluation.strangers.families import Kind

Cells = list[str | None]

_FULL_WIDTH = str.maketrans("0123456789", "０１２３４５６７８９")
_PLACEHOLDERS = ("无", "-", "/", "NULL", "暂无", "N/A", "不详")
_FEW = 40  # rows: a column of a shorter table is not left almost empty by chance


def _some(cells: Cells, chance: Random, share: float, change: Callable[[str], str | None]) -> Cells:
    return [cell if cell is None or chance.random() >= share else change(cell) for cell in cells]


def _gaps(cells: Cells, _kind: Kind, chance: Random) -> Cells:
    return _some(cells, chance, chance.uniform(0.05, 0.4), lambda _: None)


def _sparse(cells: Cells, _kind: Kind, chance: Random) -> Cells:
    nothing = chance.choice((None, ""))
    return _some(cells, chance, 0.8, lambda _: nothing)


def _placeholders(cells: Cells, _kind: Kind, chance: Random) -> Cells:
    nothing = chance.choice(_PLACEHOLDERS)
    return _some(cells, chance, chance.uniform(0.05, 0.2), lambda _: nothing)


def _spaces(cells: Cells, _kind: Kind, chance: Random) -> Cells:
    return _some(cells, chance, 0.3, lambda cell: chance.choice((f" {cell}", f"{cell} ", f"{cell}\t", f"{cell}  ")))


def _full_width(cells: Cells, _kind: Kind, chance: Random) -> Cells:
    return _some(cells, chance, 0.2, lambda cell: cell.translate(_FULL_WIDTH) if cell.isalnum() else cell)


def _hidden(cell: str, kind: Kind) -> str:
    first, last = kind.keep or (0, 0)
    return cell[:first] + "*" * (len(cell) - first - last) + cell[len(cell) - last :]


def _masked(cells: Cells, kind: Kind, chance: Random) -> Cells:
    return _some(cells, chance, 1, lambda cell: _hidden(cell, kind))


def _partly_masked(cells: Cells, kind: Kind, chance: Random) -> Cells:
    return _some(cells, chance, 0.5, lambda cell: _hidden(cell, kind))


def _slipped(cell: str, chance: Random) -> str:
    """``cell`` with one digit struck as another."""
    place = chance.choice([place for place, sign in enumerate(cell) if sign.isdigit()])
    return cell[:place] + chance.choice([digit for digit in "0123456789" if digit != cell[place]]) + cell[place + 1 :]


def _mistyped(cells: Cells, _kind: Kind, chance: Random) -> Cells:
    return _some(cells, chance, 0.06, lambda cell: _slipped(cell, chance))


WAYS: Mapping[str, Callable[[Cells, Kind, Random], Cells]] = {
    "gaps": _gaps,
    "sparse": _sparse,
    "placeholders": _placeholders,
    "spaces": _spaces,
    "full-width": _full_width,
    "masked": _masked,
    "partly masked": _partly_masked,
    "mistyped": _mistyped,
}


def drawn(kind: Kind, rows: int, chance: Random) -> str:
    """How a column of that kind fares: six in ten stay as they were written."""
    weights = {"plain": 60, "gaps": 12, "placeholders": 8, "spaces": 7, "full-width": 2}
    weights |= {"sparse": 3} if rows >= _FEW else {}
    weights |= {"masked": 4, "partly masked": 4} if kind.keep else {}
    weights |= {"mistyped": 4} if kind.check else {}
    return chance.choices(tuple(weights), tuple(weights.values()))[0]


def soiled(cells: Cells, kind: Kind, how: str, chance: Random) -> Cells:
    """The cells after what ``how`` names has befallen them; "plain" leaves them."""
    return cells if how == "plain" else WAYS[how](cells, kind, chance)
