from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import inspect

from config.settings import Settings
from soc.db import Database, Model
from soc.migrate import current, newest, upgrade
from soc.registry import load_models
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
