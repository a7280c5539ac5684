"""Whom an entity is set against: chosen narrowly first, more widely where too few were seen; two questions at most.

The first question is what each of them read; the second is how many people stand behind each, or, where the first
found too few of an address's network, what the whole organisation's addresses read.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from ipaddress import AddressValueError, IPv4Address

from sqlalchemy import select
from sqlalchemy.orm import Session

from incidents.entities.looking import Look
from incidents.entities.parties import MOST_SUMMED, RANK, Key, whole
from incidents.entities.peers import LEAST, Against, Group, Peers, joined
from incidents.entities.tables import ledger_tables
from soc.accounts.service import service_accounts
from soc.entities import ACCOUNT, ADDRESS, APPLICATION, DATABASE, ORG, TABLES, Kind, LogEntity
from soc.identity.actor import Actor
from soc.ledger.levels import RANKS
from soc.ledger.models import LedgerItem, LedgerTable
from soc.logstore.exposed import BASIS, EXPOSING
from soc.logstore.port import COUNT, GroupRow, Groups, Metric, MetricKind
from soc.logstore.query import Exists, Prefix, Query, Term, all_of, any_of
from soc.tiers.scope import visible_items

#: how far back peers are compared: of a month, all that a level's tables were asked costs a second of CPU a million events
SPAN = timedelta(days=7)
#: tables or accounts that one question names
_MOST_NAMED = 300
_MOST_COUNTED = 5_000
_ASKED_BY = "guanlan.asked_by"


def peers_of(look: Look, session: Session, actor: Actor) -> Peers:
    """Set an entity against its peers, by the last seven days: at most two questions of the store."""
    look = replace(look, lately=replace(look.lately, since=look.window.until - SPAN))
    match look.entity.kind:
        case Kind.TABLE:
            return _of_table(look, session, actor)
        case Kind.ADDRESS:
            return _of_address(look)
        case Kind.APPLICATION if look.entity.field == ACCOUNT:
            return _of_service(look, session, actor)
        case Kind.APPLICATION:
            return _of_application(look)


def _of_table(look: Look, session: Session, actor: Actor) -> Peers:
    """Tables that are as grave, of the same business where enough of these are known."""
    chosen = _like(session, actor, ledger_tables(session, actor, look.entity), look.entity.name)
    if chosen is None:
        return Peers(Against(Group.NONE))
    against, names = chosen
    entity = look.entity
    said = {ORG: entity.org, DATABASE: entity.database}
    by = (TABLES, *(field for field, value in said.items() if value))
    asked = any_of(*(Term(TABLES, name) for name in sorted({entity.name, *names})))
    groups = _exposed(look, asked, by)
    # a statement that joins tables counts at each of them, also at those that nobody asked for
    keys = {row.key[:-2] for row in groups.rows if row.key[0] in names} | {_key(entity, by)}
    named = {key: LogEntity(TABLES, str(key[0]), *_rest(key, by)) for key in keys}
    return _counted(look, Peers(against, joined(named, entity, groups.rows), groups.cut), asked, by)


def _like(
    session: Session, actor: Actor, own: Sequence[LedgerTable], name: str
) -> tuple[Against, frozenset[str]] | None:
    """Return the names of tables of the same level, and of the same business where enough are known."""
    if not own:
        return None
    level = max((one.level for one in own), key=RANKS.__getitem__)
    mine = select(LedgerItem.domain).where(
        LedgerItem.table_id.in_([one.id for one in own]), LedgerItem.domain.is_not(None)
    )
    domains = sorted({one for one in session.scalars(mine.distinct()) if one is not None})
    same = select(LedgerTable.name).where(
        visible_items(actor, LedgerTable),
        LedgerTable.gone_at.is_(None),
        LedgerTable.level == level,
        LedgerTable.name != name,
    )
    same = same.distinct().order_by(LedgerTable.name).limit(_MOST_NAMED)
    if domains:
        business = select(LedgerItem.table_id).where(LedgerItem.domain.in_(domains), LedgerItem.gone_at.is_(None))
        near = frozenset(session.scalars(same.where(LedgerTable.id.in_(business))))
        if len(near) >= LEAST:
            return Against(Group.LEVEL_DOMAIN, ",".join(domains), level.value, len(near)), near
    found = frozenset(session.scalars(same))
    return Against(Group.LEVEL, "", level.value, len(found)), found


def _of_address(look: Look) -> Peers:
    """Addresses of its network; where too few were seen, those of the organisation whose logs name it most."""
    network, entity = _network(look.entity.name), look.entity
    asked: Query = Term(ADDRESS, entity.name) if network is None else Prefix(ADDRESS, network)
    groups = _exposed(look, asked, (ADDRESS, ORG))
    named = {row.key[:-2]: LogEntity(ADDRESS, str(row.key[0])) for row in groups.rows}
    near = Peers(Against(Group.NETWORK, f"{network}0/24"), joined(named, entity, groups.rows), groups.cut)
    if network is not None and near.enough:
        return _counted(look, near, asked, (ADDRESS,))
    org = _mostly(groups.rows, entity.name)
    if org is None:
        return near
    wide = _exposed(look, all_of(Exists(ADDRESS), Term(ORG, org)), (ADDRESS,))
    named = {row.key[:-2]: LogEntity(ADDRESS, str(row.key[0])) for row in wide.rows}
    return Peers(Against(Group.ORGANISATION, org), joined(named, entity, wide.rows), wide.cut)


def _network(address: str) -> str | None:
    """Return how addresses of the same 24 bits begin; None for what is no IPv4 address."""
    try:
        IPv4Address(address)
    except AddressValueError:
        return None
    return address.rpartition(".")[0] + "."


def _of_application(look: Look) -> Peers:
    """Applications in the logs of the organisation that names it most; where too few were seen, all within reach."""
    asked, entity = Exists(APPLICATION), look.entity
    groups = _exposed(look, asked, (APPLICATION, ORG))
    org = _mostly(groups.rows, entity.name)
    within = {row.key[:-2]: LogEntity(APPLICATION, str(row.key[0])) for row in groups.rows if row.key[1] == org}
    near = Peers(Against(Group.ORGANISATION, str(org or "")), joined(within, entity, groups.rows), groups.cut)
    if org is not None and near.enough:
        return _counted(look, near, all_of(asked, Term(ORG, org)), (APPLICATION,))
    every = {row.key[:-2]: LogEntity(APPLICATION, str(row.key[0])) for row in groups.rows}
    wide = Peers(Against(Group.REACH), joined(every, entity, groups.rows), groups.cut)
    return _counted(look, wide, asked, (APPLICATION,))


def _of_service(look: Look, session: Session, actor: Actor) -> Peers:
    """Accounts that applications work under, of the same organisation where enough are known."""
    entity = look.entity
    marks = [
        (one.org, one.name)
        for one in service_accounts(session, actor)
        if (one.org, one.name) != (entity.org, entity.name)
    ]
    near = [one for one in marks if one[0] == entity.org]
    of = near if len(near) >= LEAST else marks
    group = (
        Against(Group.ORGANISATION, entity.org, known=len(near))
        if of is near
        else Against(Group.REACH, known=len(marks))
    )
    accounts = [(entity.org, entity.name), *of[:_MOST_NAMED]]
    asked = any_of(*(all_of(Term(ORG, org), Term(ACCOUNT, name)) for org, name in accounts))
    groups = _exposed(look, asked, (ACCOUNT, ORG))
    named: dict[Key, LogEntity] = {(name, org): LogEntity(ACCOUNT, name, org) for org, name in accounts}
    return _counted(look, Peers(group, joined(named, entity, groups.rows), groups.cut), asked, (ACCOUNT, ORG))


def _exposed(look: Look, asked: Query, by: Sequence[str]) -> Groups:
    return look.store.aggregate(replace(look.lately, query=asked), (*by, RANK, BASIS), EXPOSING, limit=MOST_SUMMED)


def _counted(look: Look, peers: Peers, asked: Query, by: Sequence[str]) -> Peers:
    """Ask how many accounts read through each; of an application's account, how many persons it asks for."""
    if not peers.enough:
        return peers
    people = Metric(MetricKind.CARDINALITY, _ASKED_BY if by[0] == ACCOUNT else ACCOUNT)
    rows = look.store.aggregate(replace(look.lately, query=asked), by, (people,), limit=_MOST_COUNTED).rows
    entities = {_key(one.entity, by): one.entity for one in peers.found}
    return peers.with_people({entities[row.key]: whole(row, people) for row in rows if row.key in entities})


def _key(entity: LogEntity, by: Sequence[str]) -> Key:
    said = {entity.field: entity.name, ORG: entity.org, DATABASE: entity.database}
    return tuple(said[field] for field in by)


def _rest(key: Key, by: Sequence[str]) -> tuple[str, str]:
    said = dict(zip(by, key, strict=True))
    return str(said.get(ORG) or ""), str(said.get(DATABASE) or "")


def _mostly(rows: Sequence[GroupRow], name: str) -> str | None:
    """Return whose logs name it most."""
    times: Counter[str] = Counter()
    for row in rows:
        if row.key[0] == name and isinstance(row.key[1], str):
            times[row.key[1]] += whole(row, COUNT)
    return max(times, key=lambda org: (times[org], org), default=None)
