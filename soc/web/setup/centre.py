"""The step that says which centre the installation is for, on the first day and later."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from soc.acting import SystemPath
from soc.centre import Centre, centre_of, keep_centre, named_centre
from soc.errors import NotFoundError
from soc.identity.actor import Actor, ActorKind
from soc.identity.models import Person
from soc.installation import InstallationFact, hold_setup
from soc.statesession import acting_as
from soc.tiers.models import Organisation, Tier
from soc.trail import Act, Subject, record
from soc.web.setup.steps import has_second

#: whose choice it was on the first day: they may widen again what they narrowed, until there is a second administrator
_CHOSEN_BY = "setup.centre_chosen_by"


def centres(session: Session, actor: Actor) -> list[Organisation]:
    """Return the centres that somebody may choose from the top downwards: their own organisation and those below."""
    query = select(Organisation).where(Organisation.tier != Tier.UNIT).order_by(Organisation.path)
    if not _may_widen(session, actor):
        query = query.where(Organisation.path.startswith(actor.org_path, autoescape=True))
    return list(session.scalars(query))


def choose_centre(session: Session, actor: Actor, code: str, name: str, name_en: str) -> Centre:
    """Say which centre the installation is for and what it is called.

    While there is one administrator they come to stand at that centre, so that what they make belongs to it. Later
    nobody is moved: that takes two persons.

    Raises:
        NotFoundError: it is no centre of the actor's.
        InputError: a name is too long.
    """
    hold_setup(session)
    chosen = next((one for one in centres(session, actor) if one.code == code), None)
    if chosen is None:
        raise NotFoundError("errors.organisation_unknown")
    centre = named_centre(chosen, name, name_en)
    if centre != centre_of(session):
        keep_centre(session, actor, centre)
    if actor.kind is ActorKind.PERSON and not has_second(session):
        _stand_at(session, actor, code)
    return centre


def _may_widen(session: Session, actor: Actor) -> bool:
    chosen_by = session.get(InstallationFact, _CHOSEN_BY)
    return chosen_by is not None and chosen_by.value == actor.id and not has_second(session)


def _stand_at(session: Session, actor: Actor, code: str) -> None:
    session.merge(InstallationFact(name=_CHOSEN_BY, value=actor.id))
    with acting_as(session, SystemPath.SETUP):  # back to the province, too, from a city chosen by mistake
        person = session.get_one(Person, UUID(actor.id))
        before, person.org = person.org, code
    if before != code:
        subject = Subject(Person.__tablename__, actor.id, code)
        record(session, actor, Act.PERSON_CHANGED, subject, before={"org": before}, after={"org": code})
