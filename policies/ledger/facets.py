"""What the explorer counts: values of each facet and items of each organisation, under the other filters in force."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import ColumnElement, Select, case, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from policies.ledger.listing import FACETS, TABLE, UNSET, naming
from policies.ledger.service import seen_items
from soc.identity.actor import Actor
from soc.ledger.models import LedgerItem
from soc.tiers.models import Organisation, Tier
from soc.tiers.names import shown_name
from soc.tiers.scope import visible
from soc.web.paging import Args, narrow, turned, with_args

#: values of a facet that are shown at once; the others are one click away
FIRST = 8
#: facets whose values have an order of their own; the others go by count
_ORDERED = frozenset({"level", "status", "kind", "sharing"})
#: in the order of the index ix_ledger_items_facets, so that nothing is sorted to be grouped
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


def explore(session: Session, actor: Actor, args: Args) -> tuple[list[Facet], list[Branch]]:
    """Count every facet, and along the tree; what is chosen in a facet narrows the others, not itself."""
    counted = counts(session, actor, args, list(_GROUPED))
    shown = [_facet(one.name, one.label, counted[one.name], args) for one in TABLE.filters if one.name in FACETS]
    return shown, tree(session, actor, counted["org"], args)


def counts(session: Session, actor: Actor, args: Args, names: Sequence[str]) -> dict[str, dict[str, int]]:
    """Count items by each named filter: those that the URL does not name share one query, in the order of its index."""
    found: dict[str, dict[str, int]] = {name: {} for name in names}
    free = [name for name in names if not args.getlist(name)]
    for group in ([free] if free else []) + [[name] for name in names if name not in free]:
        without = "" if group is free else group[0]
        columns = [_GROUPED[name] for name in group]
        query = narrowed(session, actor, args, without=without).with_only_columns(*columns, func.count())
        for *keys, count in session.execute(query.group_by(*columns)):
            for name, key in zip(group, keys, strict=True):
                _add(found[name], _value(key), count)
    return found


def _add(counted: dict[str, int], value: str, count: int) -> None:
    counted[value] = counted.get(value, 0) + count


def narrowed(session: Session, actor: Actor, args: Args, *, without: str = "") -> Select[*tuple[Any, ...]]:
    """The items that the URL leaves, but for one of its filters; no table is joined."""
    filters = tuple(one for one in TABLE.filters if one.name != without)
    query: Select[*tuple[Any, ...]] = select(LedgerItem).where(seen_items(session, actor), LedgerItem.gone_at.is_(None))
    return narrow(query, replace(TABLE, filters=filters, search=naming), args)


def _value(key: Any) -> str:
    return UNSET if key is None or key == "" else str(getattr(key, "value", key))


def _facet(name: str, label: str, counted: Mapping[str, int], args: Args) -> Facet:
    on = args.getlist(name)
    spec = next(one for one in TABLE.filters if one.name == name)
    values = [
        Value(choice.label, turned(args, name, choice.value), counted.get(choice.value, 0), choice.value in on)
        for choice in spec.choices()
        if choice.value in on or counted.get(choice.value)
    ]
    if name not in _ORDERED:
        values.sort(key=lambda one: (not one.on, -one.count, one.label))
    cut = len(values) if len(values) <= FIRST + 1 else max(FIRST, sum(one.on for one in values))
    return Facet(name, label, tuple(values[:cut]), tuple(values[cut:]))


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
