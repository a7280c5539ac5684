"""Cells that hold more than their value: a name before a number, two numbers, a note behind it, a little JSON.

A whole value that is of no type may still be made of parts of which one is. Parts are what stands between blanks, brackets,
quotation marks and commas; only those with a digit or an @ in them are looked at, so columns of words cost nothing.
"""

import re
from collections.abc import Iterator, Mapping, Sequence

from detectors.recognizers import scanner
from detectors.recognizers.checksums import CHECKS
from detectors.recognizers.definition import Recognizer, recognizers
from detectors.recognizers.scanner import ALSO

_FIRST, _CELLS = 8, 60  # cells that show whether there is anything in the others, and how many are looked at
_LONGEST = 200  # characters of a cell: more of them are prose
_LEAST = 6  # characters of a part: fewer are anything
_HAN = "\u3400-\u9fff"
_BLANKS = r"\s;；、|\"'“”‘’"
_MARKS = _BLANKS + r"/,，=()（）\[\]【】{}<>《》?？!！*＊#~"
#: values have some of these signs in them (a mac its colons, a plate its Han), so a cell is cut in three ways
_CUTS = tuple(re.compile(f"[{signs}]+") for signs in (_BLANKS, _MARKS, f"{_MARKS}:：{_HAN}"))
_TELLING = re.compile(r"[0-9@]")
_MIXED = _CUTS[-1]


def parts_of(values: Sequence[str]) -> tuple[int, dict[str, int]]:
    """How many values are cells with several parts, and in how many of them one is a value of each type, its check digit right."""
    cells = [one for one in values if _LEAST < len(one) <= _LONGEST and _MIXED.search(one) and _TELLING.search(one)]
    spread = cells[:: -(-len(cells) // _CELLS)] if cells else cells
    if not _found(spread[:_FIRST]):
        return len(cells), {}
    scale = len(cells) / len(spread)
    return len(cells), {name: round(count * scale) for name, count in _found(spread).items()}


def _found(cells: Sequence[str]) -> dict[str, int]:
    """The cells with a part of each type, each cell once."""
    owners: dict[str, set[int]] = {}
    for place, cell in enumerate(cells):
        for part in _parts(cell):
            owners.setdefault(part, set()).add(place)
    fitting = scanner.values_by_type(list(owners)) if owners else {}
    known = recognizers()
    cells_of = {
        name: {place for value in _right(known[name], values) for place in owners[value]}
        for name, values in fitting.items()
        if not name.endswith(ALSO)
    }
    return {name: len(places) for name, places in cells_of.items() if places}


def _parts(cell: str) -> Iterator[str]:
    cut = {part for way in _CUTS for part in way.split(cell)}
    return (part for part in cut if len(part) >= _LEAST and part != cell and _TELLING.search(part))


def _right(recognizer: Recognizer, values: Mapping[str, str]) -> list[str]:
    """The values as they stand in their cells, without those whose check digit is wrong."""
    if recognizer.check is None:
        return list(values)
    right = CHECKS[recognizer.check](list(values.values()))
    return [value for value, passes in zip(values, right, strict=True) if passes]
