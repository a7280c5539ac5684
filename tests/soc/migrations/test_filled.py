"""Revisions on filled tables: what stood before a revision stands after it, and new columns are filled sensibly."""

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, column, insert, text
from sqlalchemy import table as lean_table

from config.settings import Settings
from soc import migrate
from soc.db import Database, Model
from tests import conftest
from tests.conftest import NOON


@pytest.fixture
def first_schema(engine_name: str, settings: Settings) -> Iterator[Settings]:
    """Settings of a database at revision 0001 that holds one source with a table, two items and a change."""
    name = f"guanlan_filled_{uuid4().hex[:8]}"
    if engine_name == "postgresql":
        conftest.administer(f'CREATE DATABASE "{name}"')
        settings = settings.with_changes(database_url=conftest.url_of(name))
    settings.home.mkdir(parents=True, exist_ok=True)
    database = Database.open_as_owner(settings)
    with database.writer.begin() as connection:
        to_revision(connection, "0001")
        fill(connection)
    database.close()
    yield settings
    if engine_name == "postgresql":
        conftest.administer(f'DROP DATABASE "{name}" WITH (FORCE)')


def to_revision(connection: Connection, revision: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(migrate._SCRIPTS))
    config.attributes["connection"] = connection
    command.upgrade(config, revision)


def fill(connection: Connection) -> None:
    """Insert rows as the first schema had them."""
    ids = {name: uuid4() for name in ("source", "table", "one", "two", "change")}
    put(connection, "organisations", code="440000", name="x", name_en="", path="/440000/", tier="province")
    put(
        connection, "sources", id=ids["source"], org="440000", name="库", kind="files", address="/x", database="",
        sealed_url=b"x", added_at=NOON,
    )  # fmt: skip
    put(
        connection, "ledger_tables", id=ids["table"], org="440000", source_id=ids["source"], name="cars", rows=9,
        rows_estimated=False, category="ZY02", level="G2", flags=[], first_seen=NOON, last_seen=NOON,
    )  # fmt: skip
    for item, name, kind, category in (("one", "plate", "plate", "ZY02"), ("two", "n", None, None)):
        put(
            connection, "ledger_items", id=ids[item], org="440000", table_id=ids["table"], source_id=ids["source"],
            name=name, comment="", type=kind, confidence=0.9, tier="high", masked=False, category=category,
            level="G3", evidence={}, status="proposed", first_seen=NOON, last_seen=NOON,
        )  # fmt: skip
    put(
        connection, "ledger_changes", id=ids["change"], org="440000", item_id=ids["one"], at=NOON, by="x",
        cause="scan", before={}, after={},
    )  # fmt: skip


def put(connection: Connection, table: str, **values: Any) -> None:
    """Insert one row through the columns that the models still have; the new ones are not yet there."""
    known = Model.metadata.tables[table]
    columns = [column(name, known.c[name].type) for name in values]
    connection.execute(insert(lean_table(table, *columns)).values(values))


def test_a_filled_ledger_keeps_its_rows_and_gains_its_fields(first_schema: Settings) -> None:
    migrate.upgrade(first_schema)
    database = Database.open_as_owner(first_schema)
    with database.engine.connect() as connection:
        items = connection.execute(
            text("SELECT name, scan_type, domain, pattern, own FROM ledger_items ORDER BY name")
        ).all()
        assert [tuple(row) for row in items] == [("n", None, "ZY", "", ""), ("plate", "plate", "ZY", "", "")]
        assert connection.execute(text("SELECT kind, domain FROM ledger_tables")).one() == ("file", "ZY")
        assert connection.execute(text("SELECT count(*) FROM ledger_changes WHERE why = ''")).scalar() == 1
    database.close()
