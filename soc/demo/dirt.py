"""What real tables look like: typing errors, full-width digits, blanks, masked and missing values."""

from collections.abc import Sequence
from dataclasses import dataclass

from soc.demo.chance import Rng

_FULL_WIDTH = str.maketrans(
    "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ", "０１２３４５６７８９ＡＢＣＤＥＦＧＨＩＪＫＬＭＮＯＰＱＲＳＴＵＶＷＸＹＺ"
)


@dataclass(frozen=True)
class Dirt:
    """Shares (0 to 1) of values that are missing, blank, mistyped, full-width, spaced out or masked."""

    missing: float = 0.01
    blank: float = 0.005
    wrong: float = 0.02
    full_width: float = 0.004
    spaced: float = 0.01
    masked: float = 0.0


#: a table somebody typed by hand for twenty years
NEGLECTED = Dirt(missing=0.08, blank=0.04, wrong=0.3, full_width=0.03, spaced=0.05)
#: what left a masking tool
MASKED = Dirt(missing=0.01, masked=1.0)


def dirty(rng: Rng, values: Sequence[str], dirt: Dirt | None = None) -> list[str | None]:
    """Spoil some of the values; each by one kind of dirt at most."""
    dirt = dirt or Dirt()
    drawn = rng.random(len(values))
    where = rng.random(len(values))
    return [_spoil(value, chance, place, dirt) for value, chance, place in zip(values, drawn, where, strict=True)]


def _spoil(value: str, chance: float, place: float, dirt: Dirt) -> str | None:
    ways = (
        (dirt.missing, lambda: None),
        (dirt.blank, lambda: "" if place < 0.5 else " "),
        (dirt.wrong, lambda: mistyped(value, place)),
        (dirt.full_width, lambda: value.translate(_FULL_WIDTH)),
        (dirt.spaced, lambda: spaced(value, place)),
        (dirt.masked, lambda: masked(value)),
    )
    for share, way in ways:
        if chance < share:
            return way()
        chance -= share
    return value


def mistyped(value: str, place: float) -> str:
    """One digit changed, so that a check digit no longer holds."""
    spots = [index for index, letter in enumerate(value) if "0" <= letter <= "9"]
    if not spots:
        return value
    spot = spots[int(place * len(spots))]
    return value[:spot] + str((int(value[spot]) + 1 + int(place * 97) % 9) % 10) + value[spot + 1 :]


def spaced(value: str, place: float) -> str:
    """Blanks or dashes in the number, or around it."""
    if place < 0.4:
        return f" {value}"
    mark = " " if place < 0.7 else "-"
    return mark.join(value[index : index + 4] for index in range(0, len(value), 4)) if len(value) > 8 else f"{value} "


def masked(value: str) -> str:
    """The middle replaced by stars, as most tools do it."""
    if len(value) < 8:
        return value[:1] + "*" * (len(value) - 1)
    head, tail = (3, 4) if len(value) < 15 else (6, 4)
    return value[:head] + "*" * (len(value) - head - tail) + value[-tail:]
