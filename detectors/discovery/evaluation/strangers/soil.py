"""What forms, spreadsheets and hands do to a column's cells, beside what dirt alone does."""

from collections.abc import Callable, Mapping
from random import Random

from detectors.discovery.evaluation.strangers import dirt
from detectors.discovery.evaluation.strangers.checks import grouped
from detectors.discovery.evaluation.strangers.dirt import Cells
from detectors.discovery.evaluation.strangers.families import Kind

_NOTHINGS = ("无", "暂无", "-", "--", "N/A", "0000", "/", "未填", "空", "待补")
_LABELS = {
    "resident_id": ("身份证:", "身份证号：", "ID "),
    "mobile": ("手机：", "电话:", "TEL:"),
    "landline": ("电话:", "办:"),
    "plate": ("车牌:", "车号："),
    "bank_card": ("卡号:", "工行 "),
    "uscc": ("信用代码：",),
    "vin": ("车架号:", "VIN:"),
    "container": ("箱号:",),
    "person_name": ("姓名:", "联系人："),
    "email": ("邮箱:",),
}
_CUT = {"resident_id": (6, 14), "bank_card": (4, 8, 12, 16), "mobile": (3, 7), "etc_card": (4, 8, 12, 16)}
IN_PAIRS = frozenset({"mobile", "person_name", "plate", "landline", "email", "container", "resident_id"})
SEVERAL, IN_TWOS = "several forms", "two in a cell"


def _nothings(cells: Cells, _kind: Kind, chance: Random) -> Cells:
    """One or two words for nothing among the cells, as several clerks would write them."""
    share, used = chance.uniform(0.06, 0.3), chance.sample(_NOTHINGS, 2)
    return [cell if chance.random() >= share else chance.choice(used) for cell in cells]


def _labelled(cells: Cells, kind: Kind, chance: Random) -> Cells:
    """A word before the value, in most cells."""
    label = chance.choice(_LABELS[kind.truth or ""])
    return [cell if cell is None or chance.random() < 0.2 else label + cell for cell in cells]


def _parted(cells: Cells, kind: Kind, chance: Random) -> Cells:
    """Spaces or dashes inside, in one column always the same."""
    by = chance.choice((" ", "-"))
    return [cell and grouped(cell, *_CUT[kind.truth or ""], by=by) for cell in cells]


_OWN: Mapping[str, Callable[[Cells, Kind, Random], Cells]] = {
    "placeholders": _nothings,
    "labelled": _labelled,
    "parted": _parted,
}
WAYS = {**dirt.WAYS, **_OWN}


def drawn(kind: Kind, rows: int, chance: Random) -> str:
    """How a column of that kind fares: about half stay as they were written."""
    weights = {"plain": 52, "gaps": 12, "placeholders": 11, "spaces": 6, "full-width": 3}
    weights |= {SEVERAL: 10} if len(kind.writings) > 1 else {}
    weights |= {"sparse": 3} if rows >= 50 else {}
    weights |= {"masked": 3, "partly masked": 5} if kind.keep else {}
    weights |= {"mistyped": 9} if kind.check else {}
    if kind.name == kind.truth:  # a variant is already a form of its own
        weights |= {"labelled": 5} if kind.truth in _LABELS else {}
        weights |= {"parted": 5} if kind.truth in _CUT else {}
        weights |= {IN_TWOS: 4} if kind.truth in IN_PAIRS else {}
    return chance.choices(tuple(weights), tuple(weights.values()))[0]


def soiled(cells: Cells, kind: Kind, how: str, chance: Random) -> Cells:
    """The cells after what ``how`` names; forms and twos are already in the cells, and "plain" leaves them."""
    return WAYS[how](cells, kind, chance) if how in WAYS else cells
