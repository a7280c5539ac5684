"""What the explorer counts: values of each facet and items of each organisation, under the other filters in force."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from sqlalchemy import (
    CTE,
    ColumnElement,
    CompoundSelect,
    Integer,
    Select,
    String,
    case,
    cast,
    func,
    literal,
    select,
    union_all,
)
from sqlalchemy.orm import InstrumentedAttribute, Session

from policies.ledger.listing import FACETS, TABLE, UNSET
from policies.ledger.service import items_of, seen_items
from soc.identity.actor import Actor
from soc.ledger.models import LedgerItem
from soc.tiers.models import Organisation, Tier
from soc.tiers.names import shown_name
from soc.tiers.scope import visible
from soc.web.paging import AnySelect, Args, TablePage, narrow, page_of, turned, with_args
from soc.web.tables import Filter, TableSpec

#: values of a facet that are shown at once; the others are one click away
FIRST = 8
#: facets whose values have an order of their own; the others go by count
_ORDERED = frozenset({"level", "status", "kind", "sharing"})
_GROUPED: Mapping[str, "ColumnElement[Any] | InstrumentedAttribute[Any]"] = {
    "org": LedgerItem.org,
    "level": LedgerItem.level,
    "status": LedgerItem.status,
    "type": LedgerItem.type,
    "category": LedgerItem.category,
    "domain": LedgerItem.domain,
    "source": LedgerItem.source_id,
    "sharing": LedgerItem.sharing,
    "kind": case((LedgerItem.type.is_not(None), "sensitive"), else_="other"),
}
#: what is grouped by one pass over the items: their combinations are far fewer than the items
_TOGETHER = (("org", "source"), ("level", "status", "kind", "type", "domain", "sharing"), ("category",))


@dataclass(frozen=True, slots=True)
class Value:
    """One value of a facet: how many items have it, and the link that turns it on or off."""

    label: str
    url: str
    count: int
    on: bool


@dataclass(frozen=True, slots=True)
class Facet:
    """The values of one filter that items have, the first few apart from the rest."""

    name: str
    label: str
    first: tuple[Value, ...]
    more: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Branch:
    """An organisation of the tree, with everything below it."""

    code: str
    name: str
    url: str
    count: int
    depth: int
    on: bool


@dataclass(frozen=True, slots=True)
class Explored:
    """The explorer as an address says it: the left column, and one page of the list."""

    facets: list[Facet]
    tree: list[Branch]
    page: TablePage


def explore(session: Session, actor: Actor, args: Args) -> Explored:
    """Count every facet, and along the tree; what is chosen in a facet narrows the others, not itself."""
    spec = TABLE.asked_once()
    seen = seen_items(session, actor)
    counted = counts(session, seen, spec, args)
    shown = [_facet(one, counted[one.name], args) for one in spec.filters if one.name in FACETS]
    free = next((counted[name] for name in _GROUPED if not args.getlist(name)), None)
    total = sum(free.values()) if free is not None else None
    page = page_of(items_of(seen), _chosen(spec, args), args, session, total=total)
    return Explored(shown, tree(session, actor, counted["org"], args), _without_unchosen(page))


def _chosen(spec: TableSpec, args: Args) -> TableSpec:
    return replace(spec, filters=tuple(one for one in spec.filters if args.getlist(one.name)))


def _without_unchosen(page: TablePage) -> TablePage:
    """Of its filters the values chosen stand above the list; the others are facets."""
    groups = (replace(one, chips=tuple(chip for chip in one.chips if chip.on)) for one in page.filter_groups)
    return replace(page, filter_groups=tuple(groups))


def counts(session: Session, seen: ColumnElement[bool], spec: TableSpec, args: Args) -> dict[str, dict[str, int]]:
    """Count items by each filter: those that the URL does not name by one statement, each other by its own."""
    found: dict[str, dict[str, int]] = {name: {} for name in _GROUPED}
    free = [name for name in _GROUPED if not args.getlist(name)]
    for names in ([free] if free else []) + [[name] for name in _GROUPED if name not in free]:
        without = "" if names is free else names[0]
        others = replace(spec, filters=tuple(one for one in spec.filters if one.name != without))
        query = narrow(select(LedgerItem).where(seen), others, args)
        for name, key, count in session.execute(_each_value(query, names)):
            found[name][_value(name, key)] = count
    return found


def _each_value(query: AnySelect, names: Sequence[str]) -> "CompoundSelect[str, str | None, int]":
    """Every value of some filters with its count.

    Items are grouped by the filters that go together; what is added up for each of them is the groups, which are few.
    """
    together = ([name for name in some if name in names] for some in _TOGETHER)
    groups = [(some, _groups(query, some)) for some in together if some]
    return union_all(*(_summed(found, name) for some, found in groups for name in some))


def _groups(query: AnySelect, names: Sequence[str]) -> CTE:
    columns = [_GROUPED[name].label(name) for name in names]
    return (
        query.with_only_columns(*columns, func.count().label("items")).group_by(*columns).cte("by_" + "_".join(names))
    )


def _summed(groups: CTE, name: str) -> "Select[str, str | None, int]":
    key, count = groups.c[name], cast(func.sum(groups.c["items"]), Integer)
    return select(literal(name), cast(key, String), count).group_by(key)


def _value(name: str, key: str | None) -> str:
    if not key:
        return UNSET
    return str(UUID(key)) if name == "source" else key


def _facet(spec: Filter, counted: Mapping[str, int], args: Args) -> Facet:
    name, on = spec.name, args.getlist(spec.name)
    values = [
        Value(choice.label, turned(args, name, choice.value), counted.get(choice.value, 0), choice.value in on)
        for choice in spec.choices()
        if choice.value in on or counted.get(choice.value)
    ]
    if name not in _ORDERED:
        values.sort(key=lambda one: (not one.on, -one.count, one.label))
    cut = len(values) if len(values) <= FIRST + 1 else max(FIRST, sum(one.on for one in values))
    return Facet(name, spec.label, tuple(values[:cut]), tuple(values[cut:]))


def tree(session: Session, actor: Actor, counted: Mapping[str, int], args: Args) -> list[Branch]:
    """The organisations in scope with their items and those below; open along the way to the one chosen."""
    orgs = session.scalars(select(Organisation).where(visible(actor, Organisation.code)).order_by(Organisation.path))
    known = {one.code: one for one in orgs}
    totals = _rolled_up(known, counted)
    chosen = known.get(args.get("org") or "", known.get(actor.org))
    return list(_branches(known, totals, chosen, args))


def _rolled_up(known: Mapping[str, Organisation], counted: Mapping[str, int]) -> dict[str, int]:
    totals: dict[str, int] = {}
    for code, count in counted.items():
        for above in known[code].path.strip("/").split("/") if code in known else ():
            if above in known:
                totals[above] = totals.get(above, 0) + count
    return totals


def _branches(
    known: Mapping[str, Organisation], totals: Mapping[str, int], chosen: Organisation | None, args: Args
) -> Iterator[Branch]:
    way = set(chosen.path.strip("/").split("/")) if chosen else set()
    for one in known.values():
        top = one.parent_code not in known
        if not top and one.parent_code not in way:
            continue
        if one.tier is Tier.UNIT and not totals.get(one.code):
            continue
        depth = sum(code in known for code in one.path.strip("/").split("/")) - 1
        url = with_args(args, org=None if top else one.code, page=None, open=None)
        yield Branch(one.code, shown_name(one), url, totals.get(one.code, 0), depth, one is chosen)
