"""A trail on either engine, with entries written the way services write them."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import create_engine, make_url, text

from config.settings import Settings
from soc.db import Database, Model
from soc.identity.actor import Actor, ActorKind
from soc.trail import Act, Subject, TrailEntry, record

OFFICER = Actor(id="u-1", name="chen.wei", kind=ActorKind.PERSON, org="440100", org_path="/440000/440100/")
Writer = Callable[[int], None]


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def state_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of an empty state database."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/home/state.db"
        return
    server = os.environ.get("SOC_TEST_POSTGRES_URL")
    if not server:
        pytest.skip("needs a PostgreSQL server: SOC_TEST_POSTGRES_URL")
    name = f"trail_{uuid4().hex[:12]}"
    admin = create_engine(server, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    yield make_url(server).set(database=name).render_as_string(hide_password=False)
    with admin.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    admin.dispose()


@pytest.fixture
def home(tmp_path: Path, state_url: str) -> Settings:
    """An installation of its own."""
    (tmp_path / "home").mkdir(exist_ok=True)
    return Settings(home=tmp_path / "home", database_url=state_url)


@pytest.fixture
def state(home: Settings) -> Iterator[Database]:
    """Its state database, with the trail's table."""
    database = Database.open_as_owner(home)
    Model.metadata.create_all(database.engine, tables=[TrailEntry.__table__])  # type: ignore[list-item]
    yield database
    database.close()


@pytest.fixture
def write(state: Database) -> Writer:
    """Write that many entries, each in a transaction of its own."""

    def entries(count: int) -> None:
        for number in range(count):
            with state.write() as session:
                record(session, OFFICER, Act.ALERT_CLOSED, Subject("alerts", f"a-{number}"), before={"n": number})

    return entries
