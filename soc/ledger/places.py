"""The same item in several places 多源: found by sketches, shown with the place that should count, decided by its owner."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import numpy as np
from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session, aliased, joinedload

from soc.db import new_id
from soc.errors import InputError
from soc.identity.actor import Actor
from soc.ledger.changes import Reason, change_of
from soc.ledger.models import LedgerItem, LedgerTable
from soc.ledger.sketch import Sketch, alike, similarities
from soc.ledger.sketches import LedgerSketch, LedgerTwin
from soc.ledger.stewardship import Layer
from soc.tiers.scope import in_scope, visible, within
from soc.trail import Act, Subject, record

#: a pair counts when so much of both is the same, or so much of the smaller lies in the larger
SIMILAR, CONTAINED = 0.5, 0.8
#: below this similarity a share of the smaller cannot be told from chance
_READABLE = 0.1
#: fewer different values than this are a list of choices that everybody has
FEWEST = 30
_AT_ONCE = 2_000


@dataclass(frozen=True, slots=True)
class Known:
    """One item with its sketch, as the comparison takes it."""

    item_id: UUID
    org: str
    table_id: UUID
    type: str
    complete: bool
    key: str
    sketch: Sketch


@dataclass(frozen=True, slots=True)
class Pair:
    """Two items whose values are the same ones."""

    one: Known
    other: Known
    similarity: float
    #: share of the first one's values in the other, and the other way round
    contained: float
    containing: float


@dataclass(frozen=True, slots=True)
class Place:
    """Another place of an item's values, as the reader may see it."""

    item: LedgerItem
    similarity: float
    contained: float
    containing: float
    complete: bool


def pairs_of(known: Sequence[Known]) -> list[Pair]:
    """Find the items that hold the same values: candidates by banding, then judged all at once."""
    counts = np.array([one.sketch.count() for one in known])
    kept = np.flatnonzero(counts >= FEWEST)
    if len(kept) < 2:
        return []
    bins, counts = np.stack([known[place].sketch.bins for place in kept.tolist()]), counts[kept]
    candidates = alike(bins)
    alive = [one for one in candidates.tolist() if _comparable(known[kept[one[0]]], known[kept[one[1]]])]
    found = []
    for start in range(0, len(alive), _AT_ONCE):
        some = np.array(alive[start : start + _AT_ONCE])
        similar = similarities(bins[some[:, 0]], bins[some[:, 1]])
        shared = similar / (1 + similar) * (counts[some[:, 0]] + counts[some[:, 1]])
        for (first, second), similarity, common in zip(some.tolist(), similar.tolist(), shared.tolist(), strict=True):
            contained, containing = min(1.0, common / counts[first]), min(1.0, common / counts[second])
            if _counts(similarity, max(contained, containing)):
                one, other = known[kept[first]], known[kept[second]]
                found.append(Pair(one, other, similarity, float(contained), float(containing)))
    return found


def _comparable(one: Known, other: Known) -> bool:
    """Values of two types, or hashed under two keys, have nothing to do with one another."""
    return one.table_id != other.table_id and one.type == other.type and one.key == other.key


def _counts(similarity: float, contained: float) -> bool:
    return similarity >= _READABLE and (similarity >= SIMILAR or contained >= CONTAINED)


def compare_places(session: Session, actor: Actor, pairs: Sequence[Pair], *, at: datetime) -> int:
    """Keep which items hold the same values now; return how many pairs are new or gone."""
    before = set(session.execute(select(LedgerTwin.item_id, LedgerTwin.other_id)).all())
    rows = [row for pair in pairs for row in (_row(pair, at), _row(_turned(pair), at))]
    after = {(row["item_id"], row["other_id"]) for row in rows}
    moved = len(before ^ after) // 2
    session.execute(delete(LedgerTwin))
    for start in range(0, len(rows), _AT_ONCE):
        session.execute(insert(LedgerTwin), rows[start : start + _AT_ONCE])
    subject = Subject(LedgerTwin.__tablename__, "all", actor.org)
    record(session, actor, Act.PLACES_COMPARED, subject, after={"pairs": len(pairs), "moved": moved})
    return moved


def _turned(pair: Pair) -> Pair:
    return Pair(pair.other, pair.one, pair.similarity, pair.containing, pair.contained)


def _row(pair: Pair, at: datetime) -> dict[str, Any]:
    return {
        "id": new_id(),
        "org": pair.one.org,
        "item_id": pair.one.item_id,
        "other_id": pair.other.item_id,
        "similarity": round(pair.similarity, 4),
        "contained": round(pair.contained, 4),
        "containing": round(pair.containing, 4),
        "complete": pair.one.complete and pair.other.complete,
        "found_at": at,
    }


def known_sketches(session: Session) -> list[Known]:
    """Every sketch of an item that is still there, of the whole installation."""
    query = (
        select(
            LedgerItem.id, LedgerItem.org, LedgerItem.table_id, LedgerItem.type, LedgerSketch.complete,
            LedgerSketch.key, LedgerSketch.packed,
        )
        .join(LedgerItem, LedgerItem.id == LedgerSketch.item_id)
        .join(LedgerTable, LedgerTable.id == LedgerItem.table_id)
        .where(
            LedgerItem.gone_at.is_(None),
            LedgerTable.gone_at.is_(None),
            LedgerItem.type.is_not(None),
            LedgerItem.masked.is_(False),
            LedgerSketch.values >= FEWEST,
        )
        .order_by(LedgerItem.id)
    )  # fmt: skip
    return [Known(*row[:3], row[3] or "", *row[4:6], Sketch.unpack(row[6])) for row in session.execute(query)]


def places_of(session: Session, actor: Actor, item: LedgerItem) -> list[Place]:
    """The other places of an item's values that the actor may see, the most alike first."""
    query = select(LedgerTwin).where(LedgerTwin.item_id == item.id)
    twins = {twin.other_id: twin for twin in session.scalars(query)}
    if not twins:
        return []
    seen = within(actor, LedgerItem).where(LedgerItem.id.in_(twins), LedgerItem.gone_at.is_(None))
    items = session.scalars(seen.options(joinedload(LedgerItem.table), joinedload(LedgerItem.source)))
    places = []
    for other in items:
        twin = twins[other.id]
        places.append(Place(other, twin.similarity, twin.contained, twin.containing, twin.complete))
    return sorted(places, key=lambda place: (-place.similarity, str(place.item.id)))


@dataclass(frozen=True, slots=True)
class Standing:
    """Why one place should count before the others."""

    item: LedgerItem
    in_source_layer: bool
    #: mean share of the other places' values that it has
    covers: float
    has_standard: bool
    since: datetime


def proposed_authority(item: LedgerItem, places: Sequence[Place]) -> list[Standing]:
    """All places of an item, the one that should count first.

    A business system's own layer before copies, then who has most of the others' values, then who
    follows a standard, then who was there first.
    """
    if not places:
        return []
    mine = sum(place.containing for place in places) / len(places)
    standings = [_standing(item, mine), *(_standing(place.item, place.contained) for place in places)]
    return sorted(standings, key=_rank)


def _standing(item: LedgerItem, covers: float) -> Standing:
    return Standing(item, item.layer is Layer.SOURCE, covers, bool(item.standard), item.first_seen)


def _rank(one: Standing) -> tuple[bool, float, bool, datetime, str]:
    return not one.in_source_layer, -round(one.covers, 1), not one.has_standard, one.since, str(one.item.id)


def choose_authority(session: Session, actor: Actor, item: LedgerItem, chosen: UUID, *, at: datetime) -> int:
    """Say which place counts, for an item and every place of it that the actor may change; return how many.

    Raises:
        InputError: the one chosen is no place of the item's that the actor may see.
    """
    places = places_of(session, actor, item)
    members = {one.id: one for one in (item, *(place.item for place in places))}
    if chosen not in members:
        raise InputError("errors.ledger.no_such_place")
    changed = 0
    for member in members.values():
        if member.authority_id != chosen and in_scope(session, actor, member.org):
            before = {"authority": _named(session, member.authority_id)}
            member.authority_id = chosen
            after = {"authority": _named(session, chosen)}
            session.add(change_of(actor, member, Reason("edited"), before, after, at))
            changed += 1
    if changed:
        told = {"places": changed, "authority": str(chosen)}
        record(session, actor, Act.AUTHORITY_CHOSEN, members[chosen], after=told)
    return changed


def _named(session: Session, item_id: UUID | None) -> str | None:
    """An item as its history names it."""
    if item_id is None:
        return None
    query = select(LedgerTable.name, LedgerItem.name).join(LedgerItem, LedgerItem.table_id == LedgerTable.id)
    found = session.execute(query.where(LedgerItem.id == item_id)).first()
    return f"{found[0]}.{found[1]}" if found else None


def groups_within(session: Session, actor: Actor) -> list[list[UUID]]:
    """Items that hold the same values, as far as the actor sees them: the largest groups first."""
    other = aliased(LedgerItem)
    query = select(LedgerTwin.item_id, LedgerTwin.other_id).join(LedgerItem, LedgerItem.id == LedgerTwin.item_id)
    query = query.join(other, other.id == LedgerTwin.other_id).where(
        LedgerTwin.item_id < LedgerTwin.other_id,
        visible(actor, LedgerItem.org),
        visible(actor, other.org),
        LedgerItem.gone_at.is_(None),
        other.gone_at.is_(None),
    )
    return joined(session.execute(query).all())


def joined(pairs: Iterable[Any]) -> list[list[UUID]]:
    """Connected groups of pairs, the largest first."""
    leader: dict[UUID, UUID] = {}

    def find(one: UUID) -> UUID:
        while leader.setdefault(one, one) != one:
            leader[one] = leader[leader[one]]
            one = leader[one]
        return one

    for one, other in pairs:
        leader[find(one)] = find(other)
    groups: dict[UUID, list[UUID]] = {}
    for one in leader:
        groups.setdefault(find(one), []).append(one)
    return sorted((sorted(group) for group in groups.values()), key=lambda group: (-len(group), group[0]))


def keep_sketches(
    session: Session, tables: Sequence[UUID], items: Sequence[tuple[LedgerItem, bytes, bool]], key: str, *, at: datetime
) -> None:
    """Keep the sketches that a scan made of items; they replace all earlier ones of the tables that were read."""
    for start in range(0, len(tables), 500):
        read = select(LedgerItem.id).where(LedgerItem.table_id.in_(tables[start : start + 500]))
        session.execute(delete(LedgerSketch).where(LedgerSketch.item_id.in_(read)))
    rows = [
        {
            "id": new_id(), "org": item.org, "item_id": item.id, "packed": packed, "complete": complete, "key": key,
            "values": round(Sketch.unpack(packed).count()), "made_at": at,
        }
        for item, packed, complete in items
    ]  # fmt: skip
    for start in range(0, len(rows), _AT_ONCE):
        session.execute(insert(LedgerSketch), rows[start : start + _AT_ONCE])
