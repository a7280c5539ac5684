"""What every test may ask for: a fresh home, a real database on both engines, people of the province.

PostgreSQL is used where ``SOC_TEST_POSTGRES_URL`` names a superuser's URL; elsewhere its half of
the tests is skipped with the name of what is missing.
"""

import gc
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from uuid import uuid4

import hypothesis
import pytest
from sqlalchemy import Connection, Engine, create_engine, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.orm import Session

from config.settings import Settings
from soc.acting import Acting, SystemPath
from soc.db import Database, Model
from soc.identity.actor import Actor, Role
from soc.identity.actors import actor_of, operator_actor
from soc.identity.models import Person, PersonRole
from soc.installation import open_installation
from soc.registry import load_models
from soc.statesession import tell
from soc.text import speaking
from soc.tiers.divisions import load_divisions
from tests.copies import Copies

pytest_plugins = (
    "tests.atonce",
    "tests.browsing",
    "tests.groups",
    "tests.rebinding",
    "tests.security.workers",
    "tests.watching",
)

#: on CI the same examples each time, so that a run judges the change; elsewhere new ones each time
hypothesis.settings.register_profile("ci", derandomize=True, deadline=None)
hypothesis.settings.register_profile("here", deadline=None)
hypothesis.settings.load_profile("ci" if os.environ.get("SOC_CI") else "here")

#: a test process has read the whole application: the collector that walks it every 700 new objects takes a sixth of
#: the processor's time
gc.set_threshold(20_000, 10, 10)

POSTGRES = os.environ.get("SOC_TEST_POSTGRES_URL")
MARIADB = os.environ.get("SOC_TEST_MARIADB_URL")
COMPONENTS = ("POSTGRES_URL", "MARIADB_URL", "OPENSEARCH_URL", "CHROMIUM")
NOON = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
PASSWORD = "correct-horse-7-battery"

#: the same password for everybody in tests: argon2 is slow on purpose
_HASH: list[str] = []


def pytest_report_header() -> str:
    """Say which real components the run has."""
    have = {name: os.environ.get(f"SOC_TEST_{name}") for name in COMPONENTS}
    return "components: " + ", ".join(f"{name} {'yes' if value else 'no'}" for name, value in have.items())


@pytest.fixture(autouse=True)
def _own_language() -> Iterator[None]:
    """Give each test the language of its environment, whatever a page chose in the test before."""
    with speaking(None):
        yield


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings of a fresh home with an embedded database."""
    return Settings.load({"SOC_HOME": str(tmp_path / "home")})


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def engine_name(request: pytest.FixtureRequest) -> str:
    """Each engine in turn."""
    name: str = request.param
    if name == "postgresql" and not POSTGRES:
        pytest.skip("needs PostgreSQL: SOC_TEST_POSTGRES_URL is not set")
    return name


@pytest.fixture
def database(engine_name: str, settings: Settings, request: pytest.FixtureRequest) -> Iterator[Database]:
    """The state of a fresh installation with the province's centres, on each engine."""
    if engine_name == "sqlite":
        settings.home.mkdir(parents=True, exist_ok=True)
        shutil.copy(request.getfixturevalue("sqlite_template"), settings.home / "state.db")
        opened = Database.open(settings)
    else:
        opened = Database.open(settings.with_changes(database_url=request.getfixturevalue("postgres_copy")))
    # what a test prepares by its own hand, it prepares for everybody; requests, jobs and commands name their own
    yield opened.acting_for(SystemPath.OPERATOR)
    opened.close()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An SQLite file with the whole schema and the centres."""
    home = tmp_path_factory.mktemp("template")
    _fill(Settings.load({"SOC_HOME": str(home)}))
    return home / "state.db"


@pytest.fixture(scope="session")
def postgres_template() -> Iterator[str]:
    """The name of a PostgreSQL database with the whole schema and the centres."""
    assert POSTGRES
    name = f"guanlan_template_{uuid4().hex[:8]}"
    administer(f'CREATE DATABASE "{name}"')
    _fill(Settings.load({"SOC_DATABASE_URL": url_of(name)}))
    yield name
    administer(f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture(scope="session")
def postgres_copies(postgres_template: str) -> Iterator[Copies]:
    """Databases that are as the template."""
    with closing(Copies(postgres_template, url_of, administer)) as copies:
        yield copies


@pytest.fixture
def postgres_copy(postgres_copies: Copies) -> Iterator[str]:
    """The URL of a database that is as the template."""
    with postgres_copies.one() as url:
        yield url


@pytest.fixture(scope="session")
def installation_of(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], Settings]]:
    """A whole installation on an engine, made at first use, that each test has a copy of; nothing is open in it."""

    @cache
    def made(engine_name: str) -> Settings:
        settings = Settings.load({"SOC_HOME": str(tmp_path_factory.mktemp("installed"))})
        if engine_name == "postgresql":
            names.append(f"guanlan_installed_{uuid4().hex[:8]}")
            administer(f'CREATE DATABASE "{names[-1]}"')
            settings = settings.with_changes(database_url=url_of(names[-1]))
        with closing(open_installation(settings)) as opened:
            if opened.is_sqlite:
                with opened.engine.connect() as connection:
                    connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        return settings

    names: list[str] = []
    yield made
    for name in names:
        administer(f'DROP DATABASE "{name}" WITH (FORCE)')


def _fill(settings: Settings) -> None:
    load_models()
    with closing(Database.open_as_owner(settings)) as opened:
        Model.metadata.create_all(opened.writer)
        with opened.acting_for(SystemPath.SETUP).write() as session:
            load_divisions(session)
        if opened.is_sqlite:
            with opened.engine.connect() as connection:
                connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")


@contextmanager
def a_copy_of(template: str) -> Iterator[str]:
    """Make a database that is as another, for a while; yields its URL."""
    name = f"guanlan_test_{uuid4().hex[:12]}"
    # by its files: page by page through the log of the server costs up to seven times as much
    administer(f'CREATE DATABASE "{name}" TEMPLATE "{template}" STRATEGY FILE_COPY')
    yield url_of(name)
    administer(f'DROP DATABASE "{name}" WITH (FORCE)')


def url_of(name: str) -> str:
    """Return the URL of one database of the test server."""
    assert POSTGRES
    return make_url(POSTGRES).set(database=name).render_as_string(hide_password=False)


def administer(statement: str, *, missing_ok: bool = False) -> None:
    """Run one statement on the server, outside any transaction; ``missing_ok`` where it may be so already."""
    with _administrator().connect() as connection, suppress(*([ProgrammingError] if missing_ok else [])):
        connection.execute(text(statement))


@cache
def _administrator() -> Engine:
    assert POSTGRES
    return create_engine(make_url(POSTGRES).set(drivername="postgresql+psycopg"), isolation_level="AUTOCOMMIT")


@pytest.fixture
def session(database: Database) -> Iterator[Session]:
    """A writing session; what it did is rolled back at the end."""
    with database.writing() as opened, opened.begin() as transaction:
        yield opened
        if transaction.is_active:
            transaction.rollback()


@pytest.fixture
def operator(session: Session) -> Actor:
    """The machine's own command line."""
    return operator_actor(session)


MakePerson = Callable[..., Actor]


@pytest.fixture
def person(session: Session) -> MakePerson:
    """Make a person of a role at an organisation, and return them as an actor."""

    def make(role: Role = Role.ANALYST, org: str = "440000", username: str | None = None) -> Actor:
        return actor_of(session, add_test_person(session, role, org, username))

    return make


def add_test_person(session: Session, role: Role, org: str, username: str | None = None) -> Person:
    """Add a person whose password is ``PASSWORD``."""
    from soc.identity.passwords import hash_password

    if not _HASH:
        _HASH.append(hash_password(PASSWORD))
    made = Person(
        username=username or f"{role.value}-{org}-{uuid4().hex[:6]}",
        display_name=f"{role.value} {org}",
        org=org,
        password_hash=_HASH[0],
        created_at=NOON,
        roles=[PersonRole.of(role)],
    )
    session.add(made)
    session.flush()
    return made


@contextmanager
def as_owner(database: Database) -> Iterator[Connection]:
    """Yield a connection of whoever owns the tables, as an attacker with the server's password has it."""
    with closing(Database.open_as_owner(database.settings)) as owned, owned.writer.begin() as connection:
        tell(connection, Acting.system(SystemPath.OPERATOR))
        yield connection
