"""The plan of the province: 1,335 relations of 35,672 columns, or the first so many of them, the same for each seed."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from zlib import crc32

import numpy as np

from soc.demo.chance import Rng
from soc.demo.estate.columns import columns_of
from soc.demo.estate.naming import Style, draw_style, named
from soc.demo.estate.relation import Dirt, Form, Planned, Relation
from soc.demo.estate.words import Subject, System, Variant, words
from soc.demo.places import load_places
from soc.demo.table import rng_for

RELATIONS, ITEMS = 1335, 35_672
_FEWEST, _MOST = 4, 130
_VIEWED = 8  # columns of a view
#: how many rows: share of the tables, fewest, most
_ROWS = ((0.04, 0, 0), (0.56, 20, 800), (0.31, 800, 4_000), (0.08, 4_000, 20_000), (0.01, 20_000, 120_000))


@dataclass(frozen=True, slots=True)
class _Seat:
    """One table to be: whose it is, of what, and in which style."""

    schema: str
    system: System
    subject: Subject
    variant: Variant
    style: Style
    commented: float
    key: int


@dataclass(frozen=True)
class Plan:
    """The relations of one seed, ``relations`` of them with ``items`` columns in all."""

    seed: int
    relations: int = RELATIONS
    items: int = ITEMS

    def first(self, items: int) -> list[Relation]:
        """Relations in an order of chance until they have ``items`` columns; the last is cut to fit."""
        chosen: list[Relation] = []
        left = items
        for one in self._shuffled():
            if left <= 0:
                break
            cut = one if len(one.columns) <= left else replace(one, columns=one.columns[:left], form=Form.TABLE)
            chosen.append(cut)
            left -= len(cut.columns)
        return chosen

    def _shuffled(self) -> Iterator[Relation]:
        """Tables in an order of chance, each followed by its view."""
        views = {(one.schema, one.base): one for one in self.all if one.form is Form.VIEW}
        tables = [one for one in self.all if one.form is not Form.VIEW]
        for at in rng_for(self.seed, "estate order").permutation(len(tables)).tolist():
            yield tables[at]
            if view := views.get((tables[at].schema, tables[at].name)):
                yield view

    @cached_property
    def all(self) -> tuple[Relation, ...]:
        """Every relation, views last."""
        rng = rng_for(self.seed, "estate plan")
        views = self.relations // 30
        seats = _seats(rng, self.seed, self.relations - views)
        counts = _counts(rng, seats, self.items - views * _VIEWED)
        tables = _distinct([_table(seat, count) for seat, count in zip(seats, counts, strict=True)])
        wide = [one for one in tables if len(one.columns) >= 2 * _VIEWED and one.form is Form.TABLE]
        looked = rng.choice(len(wide), views, replace=False).tolist()
        return (*tables, *(_view(wide[at]) for at in sorted(looked)))


def _seats(rng: Rng, seed: int, count: int) -> list[_Seat]:
    """The province's own systems with all their tables, then cities' systems until there are ``count``."""
    seats: list[_Seat] = []
    for system in words().systems:
        seats += _of_system(rng, seed, system, "", 2.2)
    cities = sorted({place.city_code for place in load_places()})
    pairs = [(city, system) for city in cities for system in words().systems]
    for at in rng.permutation(len(pairs)).tolist():
        city, system = pairs[at]
        if len(seats) < count:
            seats += _of_system(rng, seed, system, city[:4], 1.1, part=0.6)
    return seats[:count]


def _of_system(rng: Rng, seed: int, system: System, city: str, tables: float, part: float = 1.0) -> list[_Seat]:
    """One system's tables at one centre; on average ``tables`` for each of the ``part`` of its subjects."""
    schema = named(system.term, Style.INITIALS) + (f"_{city}" if city else "")
    style, commented = draw_style(rng), float(rng.choice([1.0, 0.6, 0.0], p=[0.4, 0.3, 0.3]))
    seats = []
    for subject in system.subjects:
        if rng.random() > part:
            continue
        extra = rng.choice(len(words().variants) - 1, min(8, int(rng.poisson(tables - 1))), replace=False) + 1
        for at in (0, *extra.tolist()):
            variant = words().variants[at]
            key = crc32(f"{seed}/{schema}/{subject.term.zh}/{at}".encode())
            loose = variant.term.zh == "临时" and rng.random() < 0.4
            seats.append(
                _Seat(
                    schema,
                    system,
                    subject,
                    variant,
                    Style.NUMBERED if loose else style,
                    0.0 if loose else commented,
                    key,
                )
            )
    return seats


def _counts(rng: Rng, seats: list[_Seat], items: int) -> list[int]:
    """How many columns each table has; together exactly ``items``."""
    drawn = rng.lognormal(3.2, 0.5, len(seats)) * [seat.variant.factor for seat in seats]
    counts = np.clip(np.round(drawn * items / drawn.sum()), _FEWEST, _MOST).astype(int)
    step = 1 if counts.sum() < items else -1
    while (gap := abs(items - int(counts.sum()))) > 0:
        movable = np.flatnonzero((counts + step >= _FEWEST) & (counts + step <= _MOST))
        if not len(movable):
            raise ValueError(f"{len(seats)} tables cannot have {items} columns")
        counts[rng.permutation(movable)[:gap]] += step
    return [int(one) for one in counts]


def _table(seat: _Seat, count: int) -> Relation:
    rng = rng_for(seat.key, "estate table")
    hidden = seat.variant.term.zh == "推送" and rng.random() < 0.5
    columns = columns_of(rng, seat.subject, seat.variant, seat.style, count, seat.commented, hidden=hidden)
    rows = _rows(rng)
    dated = any(one.kind in {"time.date", "time.moment"} for one in columns)
    parted = dated and rows > 2_000 and rng.random() < 0.1
    return Relation(
        schema=seat.schema,
        name=_table_name(seat),
        comment=f"{seat.system.term.zh}{seat.subject.term.zh}{seat.variant.term.zh}表" if seat.commented else "",
        columns=columns,
        rows=rows,
        seed=seat.key,
        dirt=(Dirt.CLEAN, Dirt.COMMON, Dirt.NEGLECTED)[int(rng.choice(3, p=[0.55, 0.35, 0.1]))],
        form=Form.PARTITIONED if parted else Form.TABLE,
    )


def _rows(rng: Rng) -> int:
    shares = [one[0] for one in _ROWS]
    _, low, high = _ROWS[int(rng.choice(len(_ROWS), p=shares))]
    return round(float(np.exp(rng.uniform(np.log(low), np.log(high))))) if high else 0


def _table_name(seat: _Seat) -> str:
    style = Style.INITIALS if seat.style is Style.NUMBERED else seat.style
    parts = [named(one, style) for one in (seat.subject.term, seat.variant.term) if one]
    match style:
        case Style.HAN:
            return "".join(parts)
        case Style.CAMEL:
            return "".join(part[:1].upper() + part[1:] for part in parts)
        case Style.UPPER:
            return "_".join(["T", *parts])
        case _:
            return "_".join(["t", *parts]) if style is Style.INITIALS else "_".join(parts)


def _distinct(tables: list[Relation]) -> list[Relation]:
    """Two subjects of one system may have the same initials: the second gets a number."""
    taken: dict[tuple[str, str], int] = {}
    made = []
    for one in tables:
        key = (one.schema, one.name.lower())
        taken[key] = taken.get(key, 0) + 1
        made.append(one if taken[key] == 1 else replace(one, name=f"{one.name}_{taken[key]}"))
    return made


def _view(table: Relation) -> Relation:
    """A view of a table's first columns."""
    kept: tuple[Planned, ...] = tuple(replace(one, comment="") for one in table.columns[:_VIEWED])
    return replace(table, name=f"v_{table.name}", comment="", columns=kept, form=Form.VIEW, base=table.name)
