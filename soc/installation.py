"""Making an installation: schema, centres, the first administrator, default policies."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from sqlalchemy import func, inspect, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from config.settings import Settings
from soc.acting import SystemPath
from soc.db import Database, Model, told_when_away
from soc.identity.actor import Actor, Role
from soc.identity.actors import operator_actor
from soc.identity.models import Person
from soc.identity.persons import NewPerson, add_person, install_roles
from soc.migrate import upgrade
from soc.registry import rooms
from soc.room import resolve
from soc.tiers.divisions import load_divisions
from soc.tiers.models import Organisation
from soc.tiers.names import give_english_names
from soc.trail import Act, Subject, record

FIRST_ADMIN = "admin"
_SETUP_KEY = 0x67756163


@dataclass(frozen=True, slots=True)
class FirstStart:
    """What the first start made; the password is shown once."""

    username: str
    password: str


def open_installation(settings: Settings) -> Database:
    """Open the installation's database, made and upgraded as needed; safe for many processes at once.

    Its sessions act for nobody until somebody is named (:meth:`Database.acting_for`). Its settings say of a demo that
    it is one, however it was started this time.
    """
    settings.home.mkdir(mode=0o700, parents=True, exist_ok=True)
    upgrade(settings)
    database = Database.open(settings)
    for name, step in _setup_steps():
        _once(database.acting_for(SystemPath.SETUP), name, step)
    with database.read() as session:
        demo = settings.demo or is_demo(session)
    return replace(database, settings=settings.with_changes(demo=demo))


def is_made(settings: Settings) -> bool:
    """Tell whether there is an installation; none is made by asking.

    Raises:
        UnavailableError: its database does not answer.
    """
    database = Database.open(settings)
    file = database.engine.url.database if database.is_sqlite else None
    if file is not None and not Path(file).is_file():
        return False
    try:
        with told_when_away():
            return inspect(database.engine).has_table("policy_versions")
    finally:
        database.close()


def _setup_steps() -> list[tuple[str, Callable[[Session, Actor], None]]]:
    offered = [(f"setup.{step.name}", resolve(step.run)) for room in rooms() for step in room.setup_steps]
    return [("setup.centres", _load_centres), ("setup.english_names", _give_english_names), *offered]


def _once(database: Database, name: str, step: Callable[[Session, Actor], None]) -> None:
    """Do a step of the set-up unless it is done; processes that start together do it once."""
    with database.read() as session:
        if session.get(InstallationFact, name) is not None:
            return
    with database.write() as session:
        hold_setup(session)
        if session.get(InstallationFact, name) is not None:
            return
        if name == "setup.centres":
            load_divisions(session)
        session.add(InstallationFact(name=name, value="done"))
        step(session, operator_actor(session, "setup"))


def hold_setup(session: Session) -> None:
    """Keep other processes from setting up until this transaction ends (SQLite's writer does so anyway)."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _SETUP_KEY})


def _load_centres(session: Session, actor: Actor) -> None:
    root = Subject("organisations", actor.org, actor.org)
    centres = session.scalar(select(func.count()).select_from(Organisation))
    record(session, actor, Act.SYSTEM_CREATED, root, after={"centres": centres})


def _give_english_names(session: Session, actor: Actor) -> None:
    """An installation older than the names gets them at its next start."""
    give_english_names(session, actor)


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
