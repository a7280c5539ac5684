"""Who asked through an application's account: how many statements by which sign, and how many nobody is known for."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from soc.accounts.service import account_named
from soc.identity.actor import Actor
from soc.logstore.lucene import parse, term
from soc.logstore.port import COUNT, LogStore, SearchRequest
from soc.logstore.query import Scope
from soc.tiers.models import Organisation
from soc.tiers.scope import scope_codes

#: days that are looked back on
SPAN = timedelta(days=30)
BASES = ("trace", "comment", "application_name")
#: what is nobody's: signs that differ or are too weak, a claim of somebody unknown, nothing said
OPEN = ("below", "unknown", "silent")
_BY = ("guanlan.asked_by_basis", "guanlan.asked_by_confidence")
_MOST_GROUPS = 1000


@dataclass(frozen=True, slots=True)
class Part:
    """Statements of one kind: how many, and the search that shows them."""

    kind: str
    count: int
    query: str


@dataclass(frozen=True, slots=True)
class AskedThrough:
    """The statements of a service account since ``since``, by how it is known who asked."""

    application: str
    since: datetime
    known: tuple[Part, ...]
    open: tuple[Part, ...]

    @property
    def attributed(self) -> int:
        """Statements that are charged to a person."""
        return sum(one.count for one in self.known)

    @property
    def unattributed(self) -> int:
        """Statements that are nobody's."""
        return sum(one.count for one in self.open)

    @property
    def total(self) -> int:
        """All statements."""
        return self.attributed + self.unattributed

    def share(self, count: int) -> float:
        """Percent of all statements, with one place."""
        return round(100 * count / self.total, 1) if self.total else 0.0


def asked_through(
    session: Session, actor: Actor, store: LogStore, *, org: str, name: str, threshold: int, at: datetime
) -> AskedThrough | None:
    """Sum up who asked through the account ``name`` of ``org``, in the logs the actor may see; None for no service account."""
    account = account_named(session, actor, org, name)
    if account is None or not account.is_service:
        return None
    base = f"{term('actor.user.name', name)} AND _exists_:query_info.uid"
    request = SearchRequest(parse(base), since=at - SPAN, scope=Scope(_logs_of(session, actor, org)))
    rows = store.aggregate(request, _BY, (COUNT,), limit=_MOST_GROUPS).rows
    signs = [(row.key[0], row.key[1], int(str(row.figures["count"]))) for row in rows]
    return summed_up(signs, base, threshold, application=account.application, since=at - SPAN)


def summed_up(
    signs: Iterable[tuple[object, object, int]], base: str, threshold: int, *, application: str, since: datetime
) -> AskedThrough:
    """Sum statements up by basis, confidence and how many there were; ``base`` is the search for all of them."""
    counts: dict[str, int] = {}
    for basis, confidence, count in signs:
        kind = kind_of(basis, confidence, threshold)
        counts[kind] = counts.get(kind, 0) + count
    known, others = (
        tuple(Part(kind, counts.get(kind, 0), f"{base} AND {_query(kind, threshold)}") for kind in kinds)
        for kinds in (BASES, OPEN)
    )
    return AskedThrough(application, since, known, others)


def _logs_of(session: Session, actor: Actor, org: str) -> frozenset[str]:
    """Whose logs speak of an account of ``org``: its own, and of those above it; what the actor may see of them."""
    path = session.scalar(select(Organisation.path).where(Organisation.code == org)) or ""
    return scope_codes(session, actor) & {org, *path.split("/")}


def kind_of(basis: object, confidence: object, threshold: int) -> str:
    """Name how it is known who asked: one of :data:`BASES`, or of :data:`OPEN` where it is nobody's."""
    if basis is None or not isinstance(confidence, int):
        return "silent"
    if confidence >= threshold and basis in BASES:
        return str(basis)
    return "below" if confidence else "unknown"


def _query(kind: str, threshold: int) -> str:
    if kind in BASES:
        return f"{term('guanlan.asked_by_basis', kind)} AND guanlan.asked_by_confidence:[{threshold} TO *]"
    if kind == "below":
        return f"guanlan.asked_by_confidence:[1 TO {threshold - 1}]"
    return "guanlan.asked_by_confidence:0" if kind == "unknown" else "NOT _exists_:guanlan.asked_by"
