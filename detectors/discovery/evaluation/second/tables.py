"""Draws each family several times: another style of headers, other rows, other dirt."""

from collections.abc import Sequence
from random import Random

from detectors.discovery.evaluation.second.dirt import ANYWHERE, DIRT, HIDES, Cells, possible
from detectors.discovery.evaluation.second.headings import STYLES, UNNAMED, Heading, headed
from detectors.discovery.evaluation.second.kinds import Family, Kind, families
from detectors.discovery.evaluation.second.subjects import Subject
from detectors.discovery.evaluation.second.templates import filled
from detectors.discovery.evaluation.tables import Known, KnownTable

_TIMES = 3
_DIRTY = 0.5


def tables(seed: int) -> list[KnownTable]:
    """All families, each three times."""
    rng = Random(seed)
    return [_table(family, rng) for family in families() for _ in range(_TIMES)]


def _table(family: Family, rng: Random) -> KnownTable:
    style = rng.choices(list(STYLES), weights=list(STYLES.values()))[0]
    columns = [one for one in family.columns if one.kind.alone or style not in UNNAMED]
    rows, first = _length(rng), rng.randrange(1, 90000)
    subjects = _subjects(family, rows, first, rng)
    met: set[str] = set()
    known = []
    for one, heading in zip(columns, headed(columns, style, rng), strict=True):
        # a second column of a kind is about somebody else
        whose = _subjects(family, rows, first, rng) if one.kind.name in met else subjects
        known.append(_known(one.kind, heading, whose, rng))
        met.add(one.kind.name)
    return KnownTable(f"{family.name} ({style})", tuple(known))


def _length(rng: Random) -> int:
    """Few rows often, many sometimes."""
    return rng.choices((rng.randint(5, 15), rng.randint(30, 120), 300), weights=(22, 65, 13))[0]


def _subjects(family: Family, rows: int, first: int, rng: Random) -> list[Subject]:
    return [Subject(rng, first + row, family.young) for row in range(rows)]


def _known(kind: Kind, heading: Heading, subjects: Sequence[Subject], rng: Random) -> Known:
    how = _how(kind, rng)
    clean = [filled(rng.choice(kind.make + (kind.mixed if how == "mixed" else ())), one) for one in subjects]
    cells: Cells = DIRT[how](list(clean), kind, rng) if how in DIRT else list(clean)
    if how != "mixed" and cells == clean:
        how = "plain"
    also = kind.also if heading.speaks else kind.also | kind.also_unnamed
    if kind.truth and how in HIDES:
        also |= {None}
    return Known(kind.name, kind.truth, heading.text, tuple(cells), how, also)


def _how(kind: Kind, rng: Random) -> str:
    """Dirt of the kind's own as often as what befalls every column."""
    if rng.random() >= _DIRTY:
        return "plain"
    own = possible(kind)
    return rng.choice(own if own and rng.random() < 0.65 else ANYWHERE)
