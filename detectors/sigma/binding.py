"""A correlation bound to the rules that it stands on, however deep."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice

from sigma.correlations import SigmaCorrelationRule

from detectors.sigma.correlation import fields_of, is_capped, names_of, span_of
from detectors.sigma.rules import Rule

#: which rule a correlation means by a name; None where there is none that can be matched
Find = Callable[[Rule, str], Rule | None]
#: levels of correlations upon correlations, and rules below one of them, each as often as it is named
DEEPEST, MOST_BELOW = 20, 5_000


@dataclass(frozen=True, slots=True, eq=False)
class Source:
    """A rule of single events as a correlation names it, and the fields of its events that make the groups."""

    name: str
    rule_id: str
    groups: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Active:
    """A correlation that is looked for: it and all that it stands on, itself first."""

    rule_id: str
    correlation: SigmaCorrelationRule
    rules: tuple[Rule, ...]
    #: of a correlation of rules alone: each of them; of one that stands on correlations: the rules at the bottom
    sources: tuple[Source, ...]
    #: whether it stands on other correlations; then the groups of its events are known only by these
    nested: bool
    #: seconds that the correlations below it look back, one upon another
    below: float
    #: by place of a correlation among the rules and a name that it calls: the place of the rule that is meant
    places: Mapping[tuple[int, str], int]

    @property
    def span(self) -> float:
        """Its own window in seconds."""
        return span_of(self.correlation)

    @property
    def capped(self) -> bool:
        """Whether a window of its must be over before it says anything."""
        return is_capped(self.correlation)

    @property
    def rule_ids(self) -> tuple[str, ...]:
        """The ids by which its events are tagged."""
        return tuple(dict.fromkeys(one.rule_id for one in self.sources))


def bind(rule: Rule, find: Find, most: int = MOST_BELOW) -> Active | None:
    """Bind a correlation; None where a rule below it is missing, leads back to it, or they are too many."""
    below = list(islice(_below(rule, find, DEEPEST), most + 1))
    if rule.correlation is None or not below or len(below) > most or any(one is None for one in below):
        return None
    rules = _once(rule, below)
    nested = any(one.correlation is not None for one in rules[1:])
    sources = tuple(_sources(rule, find, nested=nested))
    places = _places(rules, find)
    return Active(rule.id or rule.path, rule.correlation, rules, sources, nested, _reach(rule, find), places)


def named_by(active: Active) -> Iterator[Rule]:
    """The rules that a correlation itself names, those that these stand on not among them."""
    yield from (active.rules[active.places[0, name]] for name in names_of(active.correlation))


def quiet_of(
    active: Iterable[Active], own_only: Callable[[Active, Rule], bool] = lambda _active, _rule: True
) -> frozenset[str]:
    """A rule that correlations name raises nothing by itself, unless one of them has it generate."""
    named: dict[str, bool] = {}
    for one in active:
        for rule in named_by(one):
            if own_only(one, rule):
                rule_id = rule.id or rule.path
                named[rule_id] = named.get(rule_id, False) or one.correlation.generate
    return frozenset(rule_id for rule_id, loud in named.items() if not loud)


def _once(rule: Rule, below: Iterable[Rule | None]) -> tuple[Rule, ...]:
    """Each once; rules hold mappings and so are told apart by who they are."""
    return tuple({id(one): one for one in (rule, *below) if one is not None}.values())


def _named(rule: Rule, find: Find) -> Iterator[tuple[str, Rule | None]]:
    for name in names_of(rule.correlation) if rule.correlation is not None else ():
        yield name, find(rule, name)


def _below(rule: Rule, find: Find, deepest: int) -> Iterator[Rule | None]:
    for _, found in _named(rule, find):
        yield found if deepest else None
        if found is not None and deepest:
            yield from _below(found, find, deepest - 1)


def _places(rules: tuple[Rule, ...], find: Find) -> dict[tuple[int, str], int]:
    numbers = {id(rule): place for place, rule in enumerate(rules)}
    return {
        (place, name): numbers[id(found)]
        for place, rule in enumerate(rules)
        for name, found in _named(rule, find)
        if found is not None
    }


def _reach(rule: Rule, find: Find) -> float:
    """How far the correlations below a rule look back, one upon another."""
    below = [found for _, found in _named(rule, find) if found is not None]
    return max((span_of(one.correlation) + _reach(one, find) for one in below if one.correlation), default=0.0)


def _sources(rule: Rule, find: Find, *, nested: bool) -> Iterator[Source]:
    for name, below in _named(rule, find):
        if below is None or rule.correlation is None:
            continue
        if below.correlation is not None:
            yield from _sources(below, find, nested=nested)
        else:
            yield Source(name, below.id or below.path, () if nested else fields_of(rule.correlation, name)[0])
