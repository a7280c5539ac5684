"""The steps of the first day, and which of them are done; they are read from the state, never ticked by hand."""

from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from soc.acting import SystemPath
from soc.centre import centre_of
from soc.errors import ConflictError
from soc.identity.actor import THREE_ADMINISTRATORS, Actor, Role
from soc.identity.models import Person, PersonRole
from soc.identity.persons import NewPerson, add_person, install_roles
from soc.installation import hold_setup
from soc.ledger.models import Source
from soc.logstore.port import LogStore, SearchRequest
from soc.statesession import acting_as


class Step(StrEnum):
    """What is done on the first day, in this order."""

    PASSWORD = "password"
    ORGANISATION = "organisation"
    ADMINISTRATOR = "administrator"
    SOURCE = "source"
    LOG = "log"


@dataclass(frozen=True, slots=True)
class Progress:
    """One step and whether it is done."""

    step: Step
    done: bool


def progress(session: Session, store: LogStore, person: Person) -> list[Progress]:
    """Return every step with whether it is done."""
    events, second = store.count(SearchRequest(limit=1)), has_second(session)
    done = {
        Step.PASSWORD: not person.must_change_password,
        # an installation from before this was asked went past it
        Step.ORGANISATION: second or centre_of(session) is not None,
        Step.ADMINISTRATOR: second,
        Step.SOURCE: bool(session.scalar(select(exists(select(Source.id))))),
        Step.LOG: events > 0,
    }
    return [Progress(step, done[step]) for step in Step]


def has_second(session: Session) -> bool:
    """Tell whether two active persons hold administrators' roles: from then on, two decide."""
    query = (
        select(func.count(func.distinct(PersonRole.person_id)))
        .join(Person, Person.id == PersonRole.person_id)
        .where(PersonRole.role.in_(THREE_ADMINISTRATORS), Person.active.is_(True))
    )
    with acting_as(session, SystemPath.UNIQUE):  # of the whole installation, whoever asks
        return (session.scalar(query) or 0) > 1


def add_second(session: Session, actor: Actor, username: str, display_name: str) -> tuple[Person, str]:
    """Make the security administrator while there is only one administrator; return the one-time password.

    Raises:
        ConflictError: there are two already: roles are now given by two persons.
    """
    hold_setup(session)  # of several requests at once only one finds that there is none yet
    if has_second(session):
        raise ConflictError("errors.setup_second")
    order = NewPerson(username=username, display_name=display_name, org=actor.org)
    person, password = add_person(session, actor, order)
    install_roles(session, actor, person, frozenset({Role.SECADMIN}))
    return person, password
