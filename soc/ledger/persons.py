"""How many persons data speaks of: the sketch of a person's key, of one table or of everything of an organisation."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from soc.identity.actor import Actor
from soc.ledger.models import LedgerItem, LedgerTable
from soc.ledger.sketch import Sketch, union
from soc.ledger.sketches import LedgerSketch
from soc.tiers.models import Organisation
from soc.tiers.scope import visible

#: types whose values stand for one person each, the firmest first
PERSON_KEYS = (
    "resident_id", "driver_licence", "passport", "hkmo_permit_in", "tw_permit_in", "foreign_pr", "practitioner_cert",
    "seafarer_book", "social_card", "mobile", "email",
)  # fmt: skip
#: the number of a mainland driving licence is its holder's resident ID
_SAME = {"driver_licence": "resident_id"}


@dataclass(frozen=True, slots=True)
class Persons:
    """At least and at most so many persons, by the type that was counted."""

    type: str
    low: int
    high: int


@dataclass(frozen=True, slots=True)
class Counted:
    """One column that may count persons: its type, its sketch, and what is known of its table."""

    type: str
    sketch: Sketch
    complete: bool
    #: share of the rows that have a value
    filled: float
    rows: int


def persons_in(columns: Iterable[Counted]) -> Persons | None:
    """Count the persons of one table by its firmest key; None where it has none.

    Where every row was read the sketch says it all; else what was seen is the least, and a person a row the most.
    """
    keyed = [one for one in columns if one.type in PERSON_KEYS]
    if not keyed:
        return None
    best = min(keyed, key=lambda one: PERSON_KEYS.index(one.type))
    seen = round(best.sketch.count())
    most = seen if best.complete else max(seen, round(best.rows * best.filled))
    return Persons(best.type, seen, most)


@dataclass(frozen=True, slots=True)
class OrgPersons:
    """Persons over all tables of one organisation: each counted once within a type of key."""

    org: str
    by_type: Mapping[str, int]
    columns: int
    complete: bool

    @property
    def low(self) -> int:
        """At least so many: two keys may be of one person."""
        return max(self.by_type.values(), default=0)

    @property
    def high(self) -> int:
        """At most so many, if no two keys are of one person."""
        return sum(self.by_type.values())


def persons_below(session: Session, actor: Actor) -> OrgPersons:
    """Count the persons of the actor's organisation and all below it, each once."""
    return _together(actor.org, [(row[1], row[2], row[3]) for row in session.execute(_keyed(actor))])


def persons_by_centre(session: Session, actor: Actor) -> list[tuple[Organisation, OrgPersons]]:
    """Count the persons of each organisation right below the actor's, with everything below that."""
    orgs = list(session.scalars(select(Organisation).where(visible(actor, Organisation.code))))
    paths = {one.code: one.path for one in orgs}
    rows = list(session.execute(_keyed(actor)))
    counted = []
    for centre in sorted((one for one in orgs if one.parent_code == actor.org), key=lambda one: one.code):
        own = [(row[1], row[2], row[3]) for row in rows if paths.get(row[0], "").startswith(centre.path)]
        if own:
            counted.append((centre, _together(centre.code, own)))
    return counted


def _keyed(actor: Actor) -> Select[str, str | None, bytes, bool]:
    """Sketches of person keys that are still there; masked values are nobody's."""
    query = select(LedgerItem.org, LedgerItem.type, LedgerSketch.packed, LedgerSketch.complete)
    query = query.join(LedgerItem, LedgerItem.id == LedgerSketch.item_id)
    return query.join(LedgerTable, LedgerTable.id == LedgerItem.table_id).where(
        visible(actor, LedgerItem.org),
        LedgerItem.type.in_(PERSON_KEYS),
        LedgerItem.masked.is_(False),
        LedgerItem.gone_at.is_(None),
        LedgerTable.gone_at.is_(None),
    )


def _together(org: str, rows: Sequence[tuple[str | None, bytes, bool]]) -> OrgPersons:
    sketches: dict[str, list[Sketch]] = {}
    for kind, packed, _ in rows:
        sketches.setdefault(_SAME.get(kind or "", kind or ""), []).append(Sketch.unpack(packed))
    by_type = {kind: round(union(some).count()) for kind, some in sorted(sketches.items())}
    return OrgPersons(org, by_type, len(rows), all(complete for _, _, complete in rows))
