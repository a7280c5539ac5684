"""Persons: made, given roles by two persons, ended."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from soc.acting import SystemPath
from soc.approvals.models import Approval
from soc.approvals.service import propose, void
from soc.clock import now
from soc.errors import ConflictError, InputError, NotFoundError
from soc.identity.actor import THREE_ADMINISTRATORS, Actor, Role
from soc.identity.models import Person, PersonRole
from soc.identity.passwords import hash_password, one_time_password, verify_password
from soc.statesession import acting_as
from soc.tiers.models import Organisation
from soc.tiers.scope import find_within, in_scope
from soc.tiers.units import is_closed
from soc.trail import Act, Subject, record

#: the approval kind by which roles are granted
ROLE_GRANT = "people.grant"


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPerson:
    """What is needed to make a person."""

    username: str
    display_name: str
    org: str
    expires_at: datetime | None = None


def add_person(session: Session, actor: Actor, order: NewPerson, *, password: str | None = None) -> tuple[Person, str]:
    """Make a person without a role; return them and the password to hand over.

    Raises:
        NotFoundError: the organisation lies outside the actor's scope.
        InputError: the name cannot be used.
        ConflictError: somebody has the name, or the organisation is closed.
    """
    _check_name(session, actor, order)
    secret = password or one_time_password()
    person = Person(
        username=order.username.strip(),
        display_name=order.display_name.strip() or order.username.strip(),
        org=order.org,
        password_hash=hash_password(secret),
        must_change_password=password is None,
        expires_at=order.expires_at,
        created_at=now(),
        roles=[],
    )
    try:
        with session.begin_nested():
            session.add(person)
    except IntegrityError as error:  # somebody took the name at this very moment
        raise ConflictError("errors.username_taken") from error
    record(session, actor, Act.PERSON_CREATED, person, after={"username": person.username})
    return person, secret


def _check_name(session: Session, actor: Actor, order: NewPerson) -> None:
    if not in_scope(session, actor, order.org):
        raise NotFoundError("errors.organisation_unknown")
    if is_closed(session, session.get_one(Organisation, order.org), now()):
        raise ConflictError("units.error.closed")
    name = order.username.strip()
    if not 2 <= len(name) <= 64 or not name.replace(".", "").replace("-", "").replace("_", "").isalnum():
        raise InputError("errors.username")
    with acting_as(session, SystemPath.UNIQUE):  # a name is taken, whoever may see who has it
        taken = session.scalar(select(Person.id).where(Person.username == name))
    if taken:
        raise ConflictError("errors.username_taken")


def install_roles(session: Session, actor: Actor, person: Person, roles: frozenset[Role]) -> None:
    """Give roles when an installation is made, before there are two persons to decide.

    Raises:
        ConflictError: two of the three administrators' roles would meet (三员).
    """
    _check_exclusion(frozenset(held.role for held in person.roles) | roles)
    person.roles.extend(PersonRole.of(role) for role in sorted(roles))
    session.flush()
    record(session, actor, Act.ROLE_GRANTED, person, after={"roles": sorted(roles)})


def propose_roles(
    session: Session, actor: Actor, person_id: UUID | str, roles: frozenset[Role], *, reason: str
) -> Approval:
    """Ask a second person to agree that ``person`` holds exactly ``roles``."""
    person = find_within(session, actor, Person, person_id)
    _check_exclusion(roles)
    payload = {
        "person": str(person.id),
        "roles": sorted(role.value for role in roles),
        "before": _held(person),
    }
    return propose(session, actor, ROLE_GRANT, subject_of(person), payload, title=person.username, reason=reason)


def roles_stand(session: Session, approval: Approval) -> bool:
    """Whether the account is there and holds the roles that it held when others were proposed; it is held meanwhile."""
    person = session.get_one(Person, UUID(approval.payload["person"]), with_for_update=True)
    session.refresh(person, ["roles", "active"])
    before = _held(person)
    return person.active and before == approval.payload.get("before", before)


def apply_roles(session: Session, actor: Actor, approval: Approval) -> None:
    """Give the approved roles: what :data:`ROLE_GRANT` does."""
    person = session.get_one(Person, UUID(approval.payload["person"]))
    before = _held(person)
    wanted = frozenset(Role(role) for role in approval.payload["roles"])
    _check_exclusion(wanted)
    for held in [held for held in person.roles if held.role not in wanted]:
        person.roles.remove(held)
    session.flush()  # a role given up makes room for another of the three
    held_now = {held.role for held in person.roles}
    person.roles.extend(PersonRole.of(role) for role in sorted(wanted - held_now))
    session.flush()
    after = {"roles": approval.payload["roles"]}
    record(session, actor, Act.ROLE_GRANTED, person, before={"roles": before}, after=after)
    void(session, actor, subject_of(person))  # what else was asked for rested on the roles before


def _held(person: Person) -> list[str]:
    return sorted(held.role.value for held in person.roles)


def subject_of(person: Person) -> Subject:
    """Return what the trail and proposals know somebody by."""
    return Subject(Person.__tablename__, str(person.id), person.org)


def change_password(session: Session, actor: Actor, person: Person, old: str, new: str) -> None:
    """Set one's own new password.

    Raises:
        InputError: the old one is wrong, or the new one is the old one or too weak.
    """
    if not verify_password(person.password_hash, old):
        raise InputError("errors.password_old")
    if old == new:
        raise InputError("errors.password_same")
    person.password_hash, person.must_change_password = hash_password(new), False
    record(session, actor, Act.PASSWORD_CHANGED, person)


def end_person(session: Session, actor: Actor, person_id: UUID | str) -> Person:
    """End somebody's account; what they did keeps their name, and what was asked for them is void."""
    person = find_within(session, actor, Person, person_id)
    person.active = False
    record(session, actor, Act.PERSON_DISABLED, person)
    void(session, actor, subject_of(person))
    return person


def _check_exclusion(roles: frozenset[Role]) -> None:
    if len(roles & THREE_ADMINISTRATORS) > 1:
        raise ConflictError("errors.three_administrators")
