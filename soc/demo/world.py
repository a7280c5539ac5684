"""The persons and things that many tables speak of: joins hold because all draw from here."""

from dataclasses import dataclass
from datetime import date
from functools import cached_property

from soc.demo.people import Persons, make_persons
from soc.demo.places import Place, load_places
from soc.demo.table import SIZES, Size, rng_for
from soc.demo.things import Enterprises, Vehicles, make_enterprises, make_vehicles

#: the last day that anything in the province happened
TODAY = date(2026, 11, 22)


@dataclass(frozen=True)
class World:
    """One province, of one seed and size."""

    seed: int
    size: Size

    @classmethod
    def of(cls, seed: int, size: str) -> "World":
        """The province of ``seed`` at the named size.

        Raises:
            KeyError: no such size.
        """
        return cls(seed, SIZES[size])

    @cached_property
    def places(self) -> list[Place]:
        """Counties."""
        return load_places()

    @cached_property
    def persons(self) -> Persons:
        """Drivers and other practitioners."""
        return make_persons(rng_for(self.seed, "persons"), self.places, self.size.persons)

    @cached_property
    def staff(self) -> Persons:
        """People who work for the transport departments."""
        return make_persons(rng_for(self.seed, "staff"), self.places, self.size.staff, date(2002, 12, 31))

    @cached_property
    def enterprises(self) -> Enterprises:
        """Companies."""
        return make_enterprises(rng_for(self.seed, "enterprises"), self.places, self.size.enterprises)

    @cached_property
    def vehicles(self) -> Vehicles:
        """Vehicles of the companies."""
        return make_vehicles(rng_for(self.seed, "vehicles"), self.enterprises, self.size.vehicles)
