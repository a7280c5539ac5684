"""Making an installation: schema, centres, the first administrator, default policies."""

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from config.settings import Settings
from soc.db import Database, Model
from soc.identity.actor import Role
from soc.identity.actors import operator_actor
from soc.identity.models import Person
from soc.identity.persons import NewPerson, add_person, install_roles
from soc.migrate import upgrade
from soc.tiers.divisions import load_divisions
from soc.tiers.models import Organisation
from soc.trail import Act, Subject, record

FIRST_ADMIN = "admin"


@dataclass(frozen=True, slots=True)
class FirstStart:
    """What the first start made; the password is shown once."""

    username: str
    password: str


def open_installation(settings: Settings) -> Database:
    """Open the installation's database, made and upgraded as needed; safe for many processes at once."""
    settings.home.mkdir(mode=0o700, parents=True, exist_ok=True)
    upgrade(settings)
    database = Database.open(settings)
    with database.read() as session:
        empty = session.scalar(select(func.count()).select_from(Organisation)) == 0
    if empty:
        with database.write() as session:
            _load_centres(session)
    return database


def _load_centres(session: Session) -> None:
    added = load_divisions(session)
    if added:
        actor = operator_actor(session, "setup")
        record(
            session, actor, Act.SYSTEM_CREATED, Subject("organisations", actor.org, actor.org), after={"added": added}
        )


class InstallationFact(Model):
    """A lasting fact about the installation itself, such as that it is a demo."""

    __tablename__ = "installation_facts"
    name: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[str]


def is_demo(session: Session) -> bool:
    """Tell whether this installation is a demo: its persons log in with the password alone."""
    return session.get(InstallationFact, "demo") is not None


def first_start(session: Session) -> FirstStart | None:
    """Make the first administrator where there is nobody yet; None where there is."""
    if session.scalar(select(func.count()).select_from(Person)):
        return None
    actor = operator_actor(session, "setup")
    order = NewPerson(username=FIRST_ADMIN, display_name="系统管理员", org=actor.org)
    person, password = add_person(session, actor, order)
    install_roles(session, actor, person, frozenset({Role.SYSADMIN}))
    return FirstStart(person.username, password)
