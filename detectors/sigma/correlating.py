"""Correlations over a stream of events: what their rules hit is kept, the rest of the events is not."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from detectors.sigma.correlation import Hit, correlated, fields_of, names_of
from detectors.sigma.moments import moment_of
from detectors.sigma.rules import Rule
from detectors.sigma.source import FlatSource


@dataclass(slots=True)
class Correlating:
    """The correlations among ``rules``, and the hits seen so far of the rules that they stand on."""

    rules: Sequence[Rule]
    #: by place of a correlation and a name that it calls: the place of the rule that is meant. Without it a name is that
    #: of whichever rule bears it; where organisations have rules of their own, a name may mean one here and another there
    places: Mapping[tuple[int, str], int] | None = None
    _places: Mapping[tuple[int, str], int] = field(init=False)
    #: by place of each rule that is named: the fields of its events that some correlation asks for
    _wanted: dict[int, set[str]] = field(init=False)
    #: of every hit of every named rule, by rule and event number, its event's fields: for correlations of correlations
    _seen: dict[int, dict[int, tuple[float, Mapping[str, str]]]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._places = _by_name(self.rules) if self.places is None else self.places
        self._wanted = self._asked_for()

    def take(self, hits: Sequence[Sequence[int]], numbers: Sequence[int], source: FlatSource) -> None:
        """Keep what the named rules hit in one piece of the events.

        Args:
            hits: by place of the rule, places of events in ``source``.
            numbers: the number of each event of ``source``.
            source: the events.
        """
        for place, fields in self._wanted.items():
            for at in hits[place]:
                values = {name: found[0] for name in fields if (found := source.values(source.events[at], name))}
                self.see(place, numbers[at], moment_of(source.events[at]), values)

    @property
    def wanted(self) -> Mapping[int, set[str]]:
        """By place of each rule of single events that is named: the fields of its events that are asked for."""
        return self._wanted

    def see(self, place: int, number: int, moment: float, values: Mapping[str, str]) -> None:
        """Keep one hit of one rule: its event's number, time in seconds and fields."""
        self._seen.setdefault(place, {})[number] = (moment, values)

    def found(self) -> dict[int, list[int]]:
        """Return the event numbers that fulfil each correlation, by its place; those that others stand on come first."""
        told: dict[int, list[int]] = {}
        for place in self._upwards():
            correlation = self.rules[place].correlation
            assert correlation is not None
            told[place] = correlated(correlation, self._hits(place, told))
        return {place: numbers for place, numbers in told.items() if numbers}

    def hits_of(self, place: int) -> list[Hit]:
        """Return what the correlation at ``place`` looks at: the hits of its rules, and what those below it told."""
        told: dict[int, list[int]] = {}
        for below in self._upwards():
            correlation = self.rules[below].correlation
            if below != place and correlation is not None:
                told[below] = correlated(correlation, self._hits(below, told))
        return self._hits(place, told)

    def _hits(self, place: int, told: Mapping[int, Sequence[int]]) -> list[Hit]:
        correlation = self.rules[place].correlation
        names = names_of(correlation) if correlation is not None else ()
        return [hit for name in names for hit in self._of(place, name, told)]

    def _of(self, place: int, name: str, told: Mapping[int, Sequence[int]]) -> list[Hit]:
        """The hits of one rule that a correlation names, with their groups; an event without a group is in none."""
        correlation = self.rules[place].correlation
        assert correlation is not None
        groups, counted = fields_of(correlation, name)
        below = self._places[place, name]
        events = self._events(below) if below in told else self._seen.get(below, {})
        chosen = told.get(below, events)
        hits = []
        for number in chosen:
            at, values = events[number]
            group = tuple(values.get(one) for one in groups)
            if None not in group:
                seen = tuple(values[one] for one in counted if one in values)
                hits.append(Hit(number, at, name, tuple(map(str, group)), seen if len(seen) == len(counted) else ()))
        return hits

    def _events(self, place: int) -> dict[int, tuple[float, Mapping[str, str]]]:
        """All events that the rules below a correlation hit."""
        correlation = self.rules[place].correlation
        if correlation is None:
            return self._seen.get(place, {})
        events: dict[int, tuple[float, Mapping[str, str]]] = {}
        for name in names_of(correlation):
            for number, (at, values) in self._events(self._places[place, name]).items():
                events[number] = (at, {**events.get(number, (at, {}))[1], **values})
        return events

    def _correlations(self) -> list[int]:
        return [place for place, rule in enumerate(self.rules) if rule.correlation is not None and not rule.reason]

    def _upwards(self) -> list[int]:
        """The correlations, each behind those that it stands on."""
        ordered = list[int]()

        def visit(place: int) -> None:
            correlation = self.rules[place].correlation
            if place in ordered or correlation is None:
                return
            for name in names_of(correlation):
                visit(self._places[place, name])
            ordered.append(place)

        for place in self._correlations():
            visit(place)
        return ordered

    def _asked_for(self) -> dict[int, set[str]]:
        """What correlations ask of the rules of single events that they stand on, directly or by others."""
        wanted: dict[int, set[str]] = {}

        def ask(place: int, fields: set[str]) -> None:
            below = self.rules[place].correlation
            if below is None:
                wanted.setdefault(place, set()).update(fields)
            for inner in names_of(below) if below is not None else ():
                ask(self._places[place, inner], fields)

        for place in self._correlations():
            correlation = self.rules[place].correlation
            for name in names_of(correlation) if correlation is not None else ():
                groups, counted = fields_of(correlation, name)  # type: ignore[arg-type]
                ask(self._places[place, name], {*groups, *counted})
        return wanted


def _by_name(rules: Sequence[Rule]) -> dict[tuple[int, str], int]:
    places = {name: place for place, rule in enumerate(rules) for name in rule.names}
    named = (
        (place, name) for place, rule in enumerate(rules) if rule.correlation for name in names_of(rule.correlation)
    )
    return {(place, name): places[name] for place, name in named if name in places}
