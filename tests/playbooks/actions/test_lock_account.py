"""On a real PostgreSQL server: skipped by name where there is none."""

import os
from collections.abc import Iterator
from contextlib import closing
from uuid import uuid4

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import OperationalError

from playbooks.actions.lock_account import lock, unlock
from playbooks.actions.verbs import Order
from soc.db import Database, new_id
from soc.identity.actors import operator_actor
from soc.ledger.sources import NewSource, add_source
from tests.conftest import POSTGRES, administer

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.skipif(
        not os.environ.get("SOC_TEST_POSTGRES_URL"), reason="needs PostgreSQL: SOC_TEST_POSTGRES_URL is not set"
    ),
]


@pytest.fixture
def role() -> Iterator[str]:
    """A login role with every awkward character a name may have."""
    name = f'thief"; DROP ROLE x; -- :a {uuid4().hex[:6]}'
    quoted = '"' + name.replace('"', '""') + '"'
    administer(f"CREATE ROLE {quoted.replace(':', chr(92) + ':')} LOGIN PASSWORD 'secret'")
    yield name
    administer(f"DROP ROLE {quoted.replace(':', chr(92) + ':')}")


@pytest.fixture
def source(database: Database) -> str:
    assert POSTGRES
    with database.write() as session:
        add_source(session, operator_actor(session), database.settings, NewSource("hr", POSTGRES, "440100"))
    return "hr"


def order(source: str, account: str, org: str = "440100") -> Order:
    return Order(new_id(), new_id(), org, None, {"source": source, "account": account})


def can_enter(name: str) -> bool:
    assert POSTGRES
    url = make_url(POSTGRES).set(drivername="postgresql+psycopg", username=name, password="secret")
    engine = create_engine(url)
    try:
        with engine.connect():
            return True
    except OperationalError:
        return False
    finally:
        engine.dispose()


def test_a_locked_account_cannot_enter_and_its_sessions_end(database: Database, source: str, role: str) -> None:
    assert POSTGRES
    url = make_url(POSTGRES).set(drivername="postgresql+psycopg", username=role, password="secret")
    engine = create_engine(url)
    with closing(engine.connect()) as open_session:
        open_session.execute(text("SELECT 1"))
        done = lock(database, order(source, role))
        assert (done.ok, done.outcome["sessions_ended"]) == (True, 1)
        with pytest.raises(OperationalError):
            open_session.execute(text("SELECT 1"))
    engine.dispose()
    assert not can_enter(role)


def test_locking_can_be_undone(database: Database, source: str, role: str) -> None:
    lock(database, order(source, role))
    assert unlock(database, order(source, role)).ok
    assert can_enter(role)


def test_locking_twice_is_locking_once(database: Database, source: str, role: str) -> None:
    assert lock(database, order(source, role)).ok
    assert lock(database, order(source, role)).ok


def test_a_superuser_is_not_locked(database: Database, source: str) -> None:
    done = lock(database, order(source, "postgres"))
    assert not done.ok
    assert done.reason is not None
    assert done.reason.key == "playbooks.lock.protected"


def test_an_account_that_is_not_there_is_named(database: Database, source: str) -> None:
    done = lock(database, order(source, "nobody"))
    assert done.reason is not None
    assert done.reason.key == "playbooks.lock.unknown"


def test_a_playbook_reaches_no_other_organisations_source(database: Database, source: str, role: str) -> None:
    from soc.ledger.sources import SourceUnknownError

    with pytest.raises(SourceUnknownError):
        lock(database, order(source, role, org="440300"))
    assert can_enter(role)


def test_a_city_incident_reaches_the_provinces_database_and_its_owner_decides(database: Database, role: str) -> None:
    from playbooks.actions.sources import only_database, reachable

    assert POSTGRES
    with database.write() as session:
        order_ = NewSource("province", POSTGRES, "440000")
        add_source(session, operator_actor(session), database.settings, order_)
        assert [one.org for one in reachable(session, "440103")] == ["440000"]
        found = only_database(session, "440103")
        assert found is not None
        assert found.name == "province"
    assert lock(database, order("province", role, org="440103")).ok
