"""Nested records as rows: objects become dotted columns, arrays further rows of columns ending in ``[]``.

``{"id": 1, "who": {"tel": "a"}, "kids": [{"name": "x"}, {"name": "y"}]}`` is two rows of the columns
``id``, ``who.tel`` and ``kids[].name``. An object whose keys are themselves values (numbers of
persons, say) is a list of pairs, ``<name>{}`` and ``<name>{}.key``: a value must not become the name of a column.
"""

import json
import re
from collections.abc import Iterable, Mapping
from itertools import zip_longest

from detectors.discovery.sources.base import VALUE_LIMIT

DEEPEST = 24  # levels that are followed; what lies deeper is one text
_MANY = 120  # keys beyond which an object is taken for a list of pairs
#: a key that could be somebody's value
_VALUE_KEY = re.compile(r"^\+?[\d\-: ]{5,}[Xx]?$|[^@]@.|^[0-9a-f]{8}-[0-9a-f]{4}-|^[\u4e00-\u9fff]?[A-Z]\w{5,7}$")

Cells = dict[str, list[str | None]]


def cells_of(record: object) -> Cells:
    """Every column of a record and its values, in their order."""
    cells: Cells = {}
    _gather(record, "", cells, 0)
    return cells


def rows_of(cells: Cells) -> Iterable[dict[str, str | None]]:
    """The rows of a record's cells: the first has all single values, further ones what arrays have more."""
    names = list(cells)
    for values in zip_longest(*cells.values()):
        yield dict(zip(names, values, strict=True))


def _gather(value: object, name: str, cells: Cells, depth: int) -> None:
    if isinstance(value, Mapping | list | tuple) and depth >= DEEPEST:
        _put(cells, name, json.dumps(value, ensure_ascii=False, default=str))
    elif isinstance(value, Mapping):
        _gather_object(value, name, cells, depth)
    elif isinstance(value, list | tuple):
        for one in value:
            _gather(one, f"{name}[]", cells, depth + 1)
        if not value and name:
            cells.setdefault(f"{name}[]", [])
    else:
        _put(cells, name or "value", _text(value))


def _gather_object(value: Mapping[object, object], name: str, cells: Cells, depth: int) -> None:
    pairs = _are_pairs(value)
    for key, one in value.items():
        if pairs:
            _put(cells, f"{name}{{}}.key", str(key))
            _gather(one, f"{name}{{}}", cells, depth + 1)
        else:
            _gather(one, f"{name}.{key}" if name else str(key), cells, depth + 1)


def _are_pairs(value: Mapping[object, object]) -> bool:
    """Whether an object's keys are values."""
    if len(value) > _MANY:
        return True
    odd = sum(bool(_VALUE_KEY.search(str(key))) for key in value)
    return odd > 0 and odd * 2 >= len(value)


def _put(cells: Cells, name: str, text: str | None) -> None:
    cells.setdefault(name, []).append(text[:VALUE_LIMIT] if text else text)


def _text(value: object) -> str | None:
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    if isinstance(value, float) and value.is_integer() and abs(value) < 10**15:
        return str(int(value))
    return str(value)
