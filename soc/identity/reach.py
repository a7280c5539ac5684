"""What somebody reaches: where they work, and the business lines they see across tiers.

More reach takes two persons: to work elsewhere, to see a line. A line is withdrawn by one, at once. Nobody gives
more than they have: whoever asks and whoever agrees have the place among their own organisation and those below.
"""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from soc.approvals.models import Approval
from soc.approvals.service import propose, void
from soc.clock import now
from soc.errors import ConflictError, ForbiddenError, InputError, NotFoundError
from soc.identity.actor import Actor
from soc.identity.models import BusinessLineGrant, Person
from soc.identity.persons import subject_of
from soc.text import Message
from soc.tiers.models import Organisation
from soc.tiers.names import shown_name
from soc.tiers.scope import find_within
from soc.tiers.units import is_closed, own_organisation
from soc.trail import Act, record

#: the approval kinds by which somebody is moved, and given a business line
PERSON_MOVE, LINE_GRANT = "people.move", "people.line"


@dataclass(frozen=True, slots=True)
class Reach:
    """A business line, and the organisation below which it is seen."""

    line: str
    root: str


def propose_move(session: Session, actor: Actor, person_id: UUID | str, org: str, *, reason: str) -> Approval:
    """Ask a second person to agree that somebody works at another organisation.

    Raises:
        NotFoundError: the person is outside the actor's scope, or the organisation not their own or below it.
        InputError: they are there already.
        ConflictError: their account has ended, or the organisation has.
    """
    person = _active(session, actor, person_id)
    _open_organisation(session, actor, org)
    if person.org == org:
        raise InputError("people.error.there_already")
    payload = {"person": str(person.id), "before": person.org, "org": org}
    return propose(session, actor, PERSON_MOVE, subject_of(person), payload, title=person.username, reason=reason)


def move_stands(session: Session, approval: Approval) -> bool:
    """Whether they work where they did when the move was proposed; the account is held meanwhile."""
    person = session.get_one(Person, UUID(approval.payload["person"]), with_for_update=True)
    return person.org == str(approval.payload["before"])


def apply_move(session: Session, actor: Actor, approval: Approval) -> None:
    """Move the person: what :data:`PERSON_MOVE` does.

    Raises:
        NotFoundError: the organisation is not the approver's own or below it.
        ConflictError: the account ended.
    """
    person = _active(session, actor, approval.payload["person"])
    move_person(session, actor, person, approval.payload["org"])


def move_person(session: Session, actor: Actor, person: Person, org: str) -> None:
    """Let somebody work at another organisation; what else was asked for them is void.

    Raises:
        NotFoundError: it is not the actor's own or below it.
        ConflictError: it has ended.
    """
    _open_organisation(session, actor, org)
    before, person.org = person.org, org
    record(session, actor, Act.PERSON_CHANGED, person, before={"org": before}, after={"org": org})
    void(session, actor, subject_of(person))  # it rested on where they worked


def propose_line(session: Session, actor: Actor, person_id: UUID | str, reach: Reach, *, reason: str) -> Approval:
    """Ask a second person to agree that somebody sees a business line below an organisation.

    Raises:
        NotFoundError: the person is outside the actor's scope, or the organisation not their own or below it.
        InputError: no unit of the actor's belongs to such a line.
        ConflictError: they have it already, or their account has ended.
    """
    person = _active(session, actor, person_id)
    own_organisation(session, actor, reach.root)
    if reach.line not in lines_of(session, actor):
        raise InputError("people.error.line_unknown")
    _check_new(session, person, reach)
    payload = {"person": str(person.id), "line": reach.line, "root": reach.root}
    return propose(session, actor, LINE_GRANT, subject_of(person), payload, title=person.username, reason=reason)


def apply_line(session: Session, actor: Actor, approval: Approval) -> None:
    """Give the line: what :data:`LINE_GRANT` does; raises as :func:`propose_line`."""
    person = _active(session, actor, approval.payload["person"])
    grant_line(session, actor, person, Reach(approval.payload["line"], approval.payload["root"]))


def grant_line(session: Session, actor: Actor, person: Person, reach: Reach) -> BusinessLineGrant:
    """Let somebody see a business line below an organisation.

    Raises:
        NotFoundError: the organisation is not the actor's own or below it.
        ConflictError: they have it already.
    """
    own_organisation(session, actor, reach.root)
    _check_new(session, person, reach)
    grant = BusinessLineGrant(person_id=person.id, line=reach.line, root=reach.root)
    session.add(grant)
    session.flush()
    record(session, actor, Act.LINE_GRANTED, subject_of(person), after={"line": reach.line, "root": reach.root})
    return grant


def withdraw_line(session: Session, actor: Actor, person_id: UUID | str, grant_id: UUID) -> None:
    """Take a business line from somebody, at once.

    Raises:
        NotFoundError: the person is outside the actor's scope, or has no such line.
        ForbiddenError: it reaches beyond the actor's own organisation: whoever gave it withdraws it.
    """
    person = find_within(session, actor, Person, person_id)
    grant = session.scalar(
        select(BusinessLineGrant).where(BusinessLineGrant.id == grant_id, BusinessLineGrant.person_id == person.id)
    )
    if grant is None:
        raise NotFoundError
    try:
        own_organisation(session, actor, grant.root)
    except NotFoundError:
        raise ForbiddenError("people.error.line_from_above") from None
    session.delete(grant)
    record(session, actor, Act.LINE_REVOKED, subject_of(person), before={"line": grant.line, "root": grant.root})


def lines_held(session: Session, person: Person) -> list[BusinessLineGrant]:
    """Return the business lines somebody sees, by name and place."""
    query = select(BusinessLineGrant).where(BusinessLineGrant.person_id == person.id)
    return list(session.scalars(query.order_by(BusinessLineGrant.line, BusinessLineGrant.root)))


def lines_of(session: Session, actor: Actor) -> list[str]:
    """Return the business lines that units of the actor's own organisation and below belong to."""
    mine = Organisation.path.startswith(actor.org_path, autoescape=True)
    query = select(Organisation.line).where(mine, Organisation.line.is_not(None)).distinct()
    return sorted(line for line in session.scalars(query) if line)


def describe_move(session: Session, _actor: Actor, approval: Approval) -> dict[str, Any]:
    """Tell the second person from where to where."""
    told = f"{_named(session, approval.payload['before'])} → {_named(session, approval.payload['org'])}"
    return {"facts": [(Message("word.organisation"), told)]}


def describe_line(session: Session, _actor: Actor, approval: Approval) -> dict[str, Any]:
    """Tell the second person which line, below which organisation."""
    root = _named(session, approval.payload["root"])
    return {"facts": [(Message("units.line"), approval.payload["line"]), (Message("people.line_below"), root)]}


def _active(session: Session, actor: Actor, person_id: UUID | str) -> Person:
    person = find_within(session, actor, Person, person_id)
    own_organisation(session, actor, person.org)  # one who is seen by a granted line is for others to move
    session.refresh(person, with_for_update=True)
    if not person.active:
        raise ConflictError("people.error.ended")
    return person


def _open_organisation(session: Session, actor: Actor, code: str) -> None:
    if is_closed(session, own_organisation(session, actor, code), now()):
        raise ConflictError("units.error.closed")


def _check_new(session: Session, person: Person, reach: Reach) -> None:
    if any((one.line, one.root) == (reach.line, reach.root) for one in lines_held(session, person)):
        raise ConflictError("people.error.line_held")


def _named(session: Session, code: str) -> str:
    found = session.get(Organisation, code)
    return code if found is None else f"{shown_name(found)} {code}"
