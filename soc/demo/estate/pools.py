"""Pools of values: each kind's are made once, and columns draw from them, which is what makes millions of cells quick.

A pool is its clean values, then some spoilt ones, then a missing one; so one look-up gives a dirty column.
"""

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import polars as pl
from numpy.typing import NDArray

from soc.demo.chance import digits, letters, pick
from soc.demo.dirt import Dirt as Spoiling
from soc.demo.dirt import dirty, masked
from soc.demo.estate.choices import CHOICES, COUNTED
from soc.demo.estate.numbers import MAKERS, numbers
from soc.demo.people import Persons, make_persons
from soc.demo.places import Place, addresses, load_places
from soc.demo.table import rng_for
from soc.demo.things import Enterprises, Vehicles, make_enterprises, make_vehicles

Ints = NDArray[np.int64]
CLEAN, SPOILT = 20_000, 2_000
_FEW = 4_000  # values of kinds of which many would only be more of the same
_SPOILING = Spoiling(missing=0.0, blank=0.1, wrong=0.6, full_width=0.1, spaced=0.2)


@dataclass(frozen=True, slots=True)
class Pool:
    """Values of one kind: ``clean`` of them, then the spoilt, then one that is missing."""

    values: pl.Series
    clean: int

    def draw(self, chosen: Ints, spoilt: NDArray[np.bool_], missing: NDArray[np.bool_]) -> pl.Series:
        """The values at ``chosen`` (any numbers), some of them spoilt or missing."""
        places = chosen % self.clean
        extra = len(self.values) - self.clean - 1
        if extra:
            places = np.where(spoilt, self.clean + chosen % extra, places)
        places = np.where(missing, len(self.values) - 1, places)
        return self.values.gather(places)


@dataclass(frozen=True)
class Pools:
    """All pools of one seed, made when first asked for."""

    seed: int
    _made: dict[tuple[str, bool], Pool] = field(default_factory=dict)

    def of(self, kind: str, *, hidden: bool = False) -> Pool:
        """The pool of a kind; ``hidden`` gives its values masked.

        Raises:
            KeyError: the kind has no pool.
        """
        if (kind, hidden) not in self._made:
            self._made[kind, hidden] = self._make(kind, hidden)
        return self._made[kind, hidden]

    def _make(self, kind: str, hidden: bool) -> Pool:
        values = self._values(kind)
        if hidden:
            values = [masked(value) for value in values]
        spoilt = (
            [] if hidden or kind in CHOICES else dirty(rng_for(self.seed, f"spoilt {kind}"), values[:SPOILT], _SPOILING)
        )
        return Pool(pl.Series([*values, *spoilt, None], dtype=pl.String), len(values))

    def _values(self, kind: str) -> list[str]:
        if kind in CHOICES:
            return list(CHOICES[kind])
        rng = rng_for(self.seed, f"pool {kind}")
        if kind in MAKERS:
            return numbers(kind, rng, CLEAN if kind.startswith(("person", "vehicle")) else _FEW, self.places)
        if kind in COUNTED:
            heads, length = COUNTED[kind]
            return [head + tail for head, tail in zip(pick(rng, heads, _FEW), digits(rng, _FEW, length), strict=True)]
        return self._own(kind)

    def _own(self, kind: str) -> list[str]:
        people, fleet, firms = self.people, self.fleet, self.firms
        made = {
            "person.name": lambda: people.names,
            "person.id": lambda: people.resident_ids,
            "person.licence": lambda: people.resident_ids,
            "person.mobile": lambda: people.mobiles,
            "person.phone": self._phones,
            "person.address": lambda: people.addresses,
            "person.email": lambda: people.emails,
            "person.card": lambda: people.cards,
            "person.division": lambda: [home.code for home in people.homes],
            "vehicle.plate": lambda: fleet.plates,
            "vehicle.vin": lambda: fleet.vins,
            "vehicle.engine": lambda: letters(rng_for(self.seed, kind), _FEW, 8, "ABCDEFGH0123456789"),
            "vehicle.cert": lambda: fleet.certificates,
            "enterprise.name": lambda: firms.names,
            "enterprise.uscc": lambda: firms.usccs,
            "enterprise.licence": lambda: firms.licences,
            "enterprise.address": lambda: addresses(rng_for(self.seed, kind), firms.homes),
            "text.facts": self._facts,
            "text.remark_contact": self._contacts,
        }
        return list(made[kind]())

    def _phones(self) -> list[str]:
        fixed = self.of("person.landline").values
        return [fixed[at] if at % 5 == 4 else one for at, one in enumerate(self.people.mobiles)]

    def _facts(self) -> list[str]:
        people, fleet, causes = self.people, self.fleet, CHOICES["plain.cause"]
        return [
            f"执法人员在{people.homes[at].city}{people.homes[at].name}检查发现，当事人{people.names[at]}"
            f"（身份证号{people.resident_ids[at]}）驾驶{fleet.plates[at]}号车辆{causes[at % len(causes)]}。"
            for at in range(_FEW)
        ]

    def _contacts(self) -> list[str]:
        people = self.people
        told = ("联系{}，电话{}", "{} {}", "请与{}联系：{}")
        return [
            told[at % 3].format(people.names[at], people.mobiles[at]) if at % 3 else "已电话通知" for at in range(_FEW)
        ]

    @cached_property
    def places(self) -> list[Place]:
        """The counties."""
        return load_places()

    @cached_property
    def people(self) -> Persons:
        """Everybody who occurs anywhere."""
        return make_persons(rng_for(self.seed, "estate people"), self.places, CLEAN)

    @cached_property
    def firms(self) -> Enterprises:
        """Companies."""
        return make_enterprises(rng_for(self.seed, "estate firms"), self.places, _FEW)

    @cached_property
    def fleet(self) -> Vehicles:
        """Vehicles."""
        return make_vehicles(rng_for(self.seed, "estate fleet"), self.firms, CLEAN)
