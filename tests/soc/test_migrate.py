from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import inspect
from sqlalchemy.exc import IntegrityError

from config.settings import Settings
from soc.acting import SystemPath
from soc.db import Database, Model, new_id
from soc.migrate import current, newest, upgrade
from soc.registry import load_models
from soc.tiers.divisions import load_divisions
from tests import conftest


@pytest.fixture
def empty(engine_name: str, settings: Settings) -> Iterator[Settings]:
    """Settings of an empty database on each engine."""
    if engine_name == "sqlite":
        yield settings
        return
    name = f"guanlan_empty_{settings.home.parent.name[-12:].replace('-', '_')}"
    conftest.administer(f'CREATE DATABASE "{name}"')
    yield settings.with_changes(database_url=conftest.url_of(name))
    conftest.administer(f'DROP DATABASE "{name}" WITH (FORCE)')


def test_the_migrations_make_exactly_what_the_models_say(empty: Settings) -> None:
    load_models()
    upgrade(empty)
    database = Database.open(empty)
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        differences = compare_metadata(context, Model.metadata)
        assert current(connection) == newest()
    database.close()
    assert differences == []


def test_a_migrated_database_itself_holds_two_persons_apart(empty: Settings) -> None:
    upgrade(empty)
    database = Database.open_as_owner(empty)
    load_models()
    known = {
        "id": new_id(), "org": "440000", "kind": "x", "subject_kind": "x", "subject_id": "x", "title": "x",
        "payload": {}, "digest": "x", "reason": "x", "proposer_id": "one", "proposer_name": "one",
        "created_at": datetime(2026, 11, 22, tzinfo=UTC),
    }  # fmt: skip
    approvals = Model.metadata.tables["approvals"]
    with database.acting_for(SystemPath.SETUP).write() as session:
        load_divisions(session)
    for wrong, constraint in ((known | {"decider_id": "one"}, "two_persons"), (known, "approved_by_somebody")):
        with pytest.raises(IntegrityError, match=constraint), database.writer.begin() as connection:
            connection.execute(approvals.insert().values(wrong | {"status": "approved"}))
    with database.writer.begin() as connection:
        connection.execute(approvals.insert().values(known | {"decider_id": "two", "status": "approved"}))
    database.close()


def test_a_second_upgrade_changes_nothing(empty: Settings) -> None:
    upgrade(empty)
    upgrade(empty)
    database = Database.open(empty)
    assert "organisations" in inspect(database.engine).get_table_names()
    database.close()


def test_four_processes_that_start_together_upgrade_once(empty: Settings) -> None:
    with ThreadPoolExecutor(4) as pool:
        for done in [pool.submit(upgrade, empty) for _ in range(4)]:
            done.result()
    database = Database.open(empty)
    with database.engine.connect() as connection:
        assert current(connection) == newest()
    database.close()


def test_no_other_table_is_named_after_the_trail() -> None:
    load_models()
    named = [name for name in Model.metadata.tables if any(word in name for word in ("trail", "audit", "tlog"))]
    assert named == ["trail_entries"]
