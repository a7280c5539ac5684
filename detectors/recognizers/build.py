"""Whether values that have a type's shape are built as another thing's numbers are: with a year in them, padded, recent.

A number of a type has digits that nobody chose. Where all values of a column share such a digit, or have a year where a type has
none, they were counted up by somebody: the chance of it is one in ten for each digit and each value after the first.
"""

import re
from collections.abc import Callable, Mapping, Sequence

#: behind a type's id: values of its shape that are built as another thing's numbers
ODD = "+odd"
#: behind a type's id: values whose beginnings are as different as those of many people's numbers
SPREAD = "+spread"
_FEWEST = 5  # values from which on a digit that all of them share is no chance
LOOKED_AT = 200  # values of a type
_YEAR = re.compile(r"[A-Z]{1,3}(?:19[89]|20[0-3])\d")
_NEW = "2015"  # born later, somebody hardly has a number in the books of a ministry of transport
_MOSTLY = 0.9
#: GB/T 28181: eight digits of an office, two of a trade, then the kind: 111-138 devices, 200-216 platforms
_DEVICE = re.compile(r"\d{10}(?:1[123]\d|2[01]\d)")
#: what a switchboard is dialled behind its number
_EXTENSION = re.compile(r"(?<=\d{7})[- 转]+\d{1,6}$")
_STEP = 16  # from one number to the next at most, where they are counted up
_NETWORKS = frozenset({"01", "02", "03", "04", "05"})


def _dated(values: Sequence[str]) -> bool:
    """Whether a year follows the letters: numbers of assets, batches and tools, of no person."""
    return len(values) >= 2 and sum(_YEAR.match(one) is not None for one in values) >= _MOSTLY * len(values)


def _padded(free: int) -> Callable[[Sequence[str]], bool]:
    """Whether a digit among the last ``free`` ones is the same in all values though what stands before differs."""

    def told(values: Sequence[str]) -> bool:
        digits = ["".join(filter(str.isdigit, one)) for one in values]
        length = max(map(len, digits), key=list(map(len, digits)).count)
        same = [one for one in digits if len(one) == length]
        heads, tails = {one[:-free] for one in same}, [one[-free:] for one in same]
        fixed = sum(len(set(place)) == 1 for place in list(zip(*tails, strict=True))[:-1])
        return len(same) >= _FEWEST and len(heads) > 1 and fixed > 0

    return told


def _in_a_row(values: Sequence[str]) -> bool:
    """Whether a few numbers follow one another: they count something."""
    numbers = sorted(int(one) for one in values)
    return len(numbers) >= 3 and numbers[-1] - numbers[0] <= _STEP * len(numbers)


def _recent(values: Sequence[str]) -> bool:
    """Whether the birth dates are nearly all of the last years: days on which orders were made."""
    return len(values) >= 2 and sum(one[6:10] >= _NEW for one in values) >= _MOSTLY * len(values)


def _of_no_network(values: Sequence[str]) -> bool:
    """Whether the issuing network is none: they have a province and 01, 02 … in their numbers."""
    return sum(one[2:4] not in _NETWORKS for one in values) > (1 - _MOSTLY) * len(values)


def _of_no_network_or_cameras(values: Sequence[str]) -> bool:
    """Whether numbers of cards are none: of no network, or with a kind of device in all of them, as video networks number theirs."""
    return _of_no_network(values) or (
        len(values) >= _FEWEST and sum(_DEVICE.match(one) is not None for one in values) >= _MOSTLY * len(values)
    )


def _padded_before_extension(values: Sequence[str]) -> bool:
    """As :func:`_padded`, of what is dialled first: extensions of one office begin alike."""
    return _padded(6)([_EXTENSION.sub("", one) for one in values])


_TELLING: Mapping[str, Callable[[Sequence[str]], bool]] = {
    "passport": _dated,
    "twid": _dated,
    "hkmo_permit_in": _dated,
    "permit_out": _dated,
    "seafarer_book": _dated,
    "mobile": _padded(8),
    "landline": _padded_before_extension,
    "mmsi": _padded(6),
    "m2m_number": lambda values: _padded(8)(values) or _in_a_row(values),
    "resident_id": _recent,
    "etc_card": _of_no_network_or_cameras,
}


def traits(found: Mapping[str, Sequence[str]], hits: Mapping[str, int]) -> dict[str, int]:
    """How many values of a type are built as another thing's numbers, and how many as many people's: all of them or none.

    Args:
        found: for each type values of its shape, put into its form; more than :data:`LOOKED_AT` are not asked for.
        hits: how many there are of each.
    """
    telling = ((name, values[:LOOKED_AT]) for name, values in found.items() if name in _TELLING and values)
    told = {name + ODD: hits[name] for name, values in telling if _TELLING[name](values)}
    mobiles = found.get("mobile", ())[:LOOKED_AT]
    return told | ({"mobile" + SPREAD: hits["mobile"]} if _spread(mobiles) else {})


def _spread(values: Sequence[str]) -> bool:
    """Whether numbers begin as those of many people do: a serial's first three digits are one, two or three."""
    heads = {one[-11:-8] for one in values}
    return len(values) >= _FEWEST and len(heads) >= min(5, 0.6 * len(values))
