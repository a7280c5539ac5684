"""Finding entries, within what the officer may see."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session

from soc.identity.actor import Actor, ActorKind
from soc.identity.models import Person
from soc.tiers.scope import visible, within
from soc.trail import TrailEntry


@dataclass(frozen=True, slots=True)
class TrailSearch:
    """What an officer looks for; what is None does not matter."""

    since: datetime | None = None
    until: datetime | None = None
    act: str | None = None
    #: ids of who did it
    who: tuple[str, ...] = ()
    #: id of what it was done to
    thing: str | None = None
    org: str | None = None
    #: keys of the entries themselves
    ids: frozenset[int] | None = None


def entries(actor: Actor, search: TrailSearch) -> Select[TrailEntry]:
    """Select the entries that match, within the actor's scope, in no order."""
    query = select(TrailEntry).where(visible(actor, TrailEntry.org))
    if search.since is not None:
        query = query.where(TrailEntry.at >= stamp(search.since))
    if search.until is not None:
        query = query.where(TrailEntry.at < stamp(search.until))
    if search.act:
        query = query.where(
            or_(TrailEntry.act == search.act, TrailEntry.act.startswith(f"{search.act}.", autoescape=True))
        )
    if search.who:
        query = query.where(TrailEntry.actor_id.in_(search.who))
    if search.thing:
        query = query.where(TrailEntry.subject_id == search.thing)
    if search.org:
        query = query.where(TrailEntry.org == search.org)
    if search.ids is not None:
        query = query.where(TrailEntry.id.in_(sorted(search.ids)))
    return query


def who_is(session: Session, actor: Actor, text: str) -> tuple[str, ...]:
    """Return the ids meant by an id, a login name, or a job's name; a stranger's login means nobody new."""
    people = session.scalars(within(actor, Person).where(Person.username == text))
    return (text, *(str(person.id) for person in people))


def names_of(session: Session, found: Iterable[TrailEntry]) -> dict[str, str]:
    """Return the login names behind the entries' actors; jobs and the operator have their own."""
    ids = {UUID(one.actor_id) for one in found if one.actor_kind == ActorKind.PERSON}
    people = session.execute(select(Person.id, Person.username).where(Person.id.in_(ids)))
    return {str(key): name for key, name in people}


def stamp(moment: datetime) -> str:
    """Return an instant as the entries hold it: text that sorts as the instants do."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
