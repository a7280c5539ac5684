"""Where a declaration looks for what, worked out once for all records."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from audit.ingest.formats.declaration import Declaration
from audit.ingest.formats.paths import at_path

Fields = dict[str, Any]
#: a dotted path, its first name, and what follows that
Step = tuple[str, str, str]


@dataclass(frozen=True)
class Plan:
    """What is looked for in a record's fields: ``places``, in the order of their columns."""

    told: Declaration

    @cached_property
    def places(self) -> tuple[str, ...]:
        """Every place that an attribute, an implication or the time is looked for at."""
        mapped = [one for places in self.told.map.values() for one in places]
        implied = [part for name in self.told.by for part in name.split("|")]
        times = [part for one in self.told.time for part in one.split("+")]
        return tuple(dict.fromkeys([*mapped, *implied, *times, *filter(None, [self.told.zone])]))

    @cached_property
    def steps(self) -> tuple[Step, ...]:
        """The places as steps, in their order."""
        return tuple(_step(place) for place in self.places)

    @cached_property
    def musts(self) -> tuple[tuple[Step, ...], ...]:
        """What the format's records must have: of each, one of several."""
        return tuple(tuple(_step(name) for name in names.split("|")) for names in self.told.must)

    @cached_property
    def takers(self) -> tuple[tuple[int, ...], ...]:
        """Of each attribute, the numbers of the places it is taken from, first found first."""
        number = {place: at for at, place in enumerate(self.places)}
        return tuple(tuple(number[one] for one in places) for places in self.told.map.values())

    @cached_property
    def kept(self) -> frozenset[int]:
        """Places that stay beside the event though an attribute has them: ECS calls them by another name."""
        return frozenset(at for at, place in enumerate(self.places) if place in self.told.named_apart)

    @cached_property
    def _absent(self) -> frozenset[str]:
        return frozenset(self.told.absent)

    def holders(self, fields: Fields) -> list[Fields]:
        """Return the objects that fields are looked for in: those that stand at the declaration's roots."""
        if self.told.roots == ("",):
            return [fields]
        found = (at_path(fields, root[:-1]) if root else fields for root in self.told.roots)
        return [holder for holder in found if isinstance(holder, dict)]

    def view(self, holders: list[Fields]) -> Fields:
        """Return the fields of all holders as one; of equal names the first that says something."""
        if len(holders) == 1:
            return holders[0]
        view: Fields = {}
        for holder in reversed(holders):
            view.update({name: value for name, value in holder.items() if not self._says_nothing(value)})
        return view

    def is_ours(self, holders: list[Fields]) -> bool:
        """Say whether the record has what the format's records must have."""
        return all(any(at_step(one, step) is not None for step in steps for one in holders) for steps in self.musts)

    def at(self, view: Fields, path: str) -> Any:
        """Return what stands at a dotted path; None where it is absent."""
        value = at_path(view, path)
        return None if self._says_nothing(value) else value

    def _says_nothing(self, value: Any) -> bool:
        return value is None or (value.__class__ is str and value in self._absent)


def plan_of(told: Declaration) -> Plan:
    """Return the plan of a declaration, kept with it."""
    found: Plan | None = told.__dict__.get("plan")
    if found is None:
        found = told.__dict__["plan"] = Plan(told)
    return found


def _step(path: str) -> Step:
    name, _, rest = path.partition(".")
    return path, name, rest


def at_step(fields: Fields, step: Step) -> Any:
    """Return what stands at one step of a record; None where nothing does."""
    path, name, rest = step
    value = fields.get(path)
    if value is not None or not rest:
        return value
    inner = fields.get(name)
    return None if inner is None else at_path(inner, rest)
