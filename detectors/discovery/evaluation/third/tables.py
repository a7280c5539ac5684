"""Draws every family twice: other names, style, length, columns left out, and dirt."""

from random import Random

from detectors.discovery.evaluation.second.dirt import Cells
from detectors.discovery.evaluation.tables import Known, KnownTable
from detectors.discovery.evaluation.third.dirt import DIRT, HIDES, drawn
from detectors.discovery.evaluation.third.headings import NAMELESS, STYLES, Heading, headed
from detectors.discovery.evaluation.third.kinds import Family, Place, everywhere, families
from detectors.discovery.evaluation.third.rows import Row
from detectors.discovery.evaluation.third.shapes import written

_TIMES = 2
_SOILED = 0.54
_LEFT_OUT = 0.04


def tables(seed: int) -> list[KnownTable]:
    """All families, each twice."""
    rng = Random(f"third/{seed}")
    return [_table(family, rng) for _ in range(_TIMES) for family in families()]


def _table(family: Family, rng: Random) -> KnownTable:
    style = rng.choices(list(STYLES), weights=list(STYLES.values()))[0]
    places = _places(family, style, rng)
    count, first = _length(rng), rng.randrange(50000)
    headings = headed([(rng.choice(one.names), one.kind) for one in places], style, rng)
    shared = _rows(family, count, first, rng)
    met: set[str] = set()
    known = []
    for place, heading in zip(places, headings, strict=True):
        # two columns of one kind are about two persons, vehicles, moments
        rows = _rows(family, count, first, rng) if place.kind.name in met else shared
        known.append(_known(place, heading, rows, rng))
        met.add(place.kind.name)
    return KnownTable(f"{family.name} ({style})", tuple(known))


def _places(family: Family, style: str, rng: Random) -> list[Place]:
    """Some lack a column, all have what any system has; under headers that say nothing stands only what tells itself."""
    there = [one for one in family.places if rng.random() >= _LEFT_OUT]
    for one in rng.sample(everywhere(), rng.choice((1, 2, 2))):
        there.insert(rng.choice((0, len(there))), one)
    return [one for one in there if one.kind.alone or style not in NAMELESS]


def _length(rng: Random) -> int:
    return rng.choices((rng.randint(4, 14), rng.randint(20, 110), 260), weights=(20, 68, 12))[0]


def _rows(family: Family, count: int, first: int, rng: Random) -> list[Row]:
    return [Row(rng, first + place, family.pupils) for place in range(count)]


def _known(place: Place, heading: Heading, rows: list[Row], rng: Random) -> Known:
    kind = place.kind
    how = drawn(kind, rng) if rng.random() < _SOILED else "plain"
    shapes = _shapes(place, how, rng)
    clean = [written(rng.choice(shapes), row) for row in rows]
    cells: Cells = DIRT[how](list(clean), kind, rng) if how in DIRT else list(clean)
    if how != "mixed" and cells == clean:
        how = "plain"
    also = kind.also if heading.speaks else kind.also | kind.also_unnamed
    if kind.truth and how in HIDES:
        also |= {None}
    return Known(kind.name, kind.truth, heading.text, tuple(cells), how, also)


def _shapes(place: Place, how: str, rng: Random) -> tuple[str, ...]:
    """A system writes its column in one way, unless the kind, or whoever typed, knows several."""
    if how == "mixed":
        return place.kind.make + place.kind.mixed
    return place.kind.make if place.varied else (rng.choice(place.kind.make),)
