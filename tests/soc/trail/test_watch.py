"""Every service that changes something leaves an entry: the writes themselves are watched."""

from collections.abc import Iterator

import pytest
from sqlalchemy import delete, insert, text, update
from sqlalchemy.orm import Session

from soc.db import Database, Model
from soc.identity.actors import operator_actor
from soc.identity.tokens import create_token
from soc.installation import InstallationFact
from soc.jobs import context_of
from soc.registry import load_models
from soc.tiers.models import Organisation, Tier
from soc.trail import Act, Subject, record
from soc.trail.watch import TECHNICAL, Watch, watching
from soc.upkeep import tidy


@pytest.fixture
def watch() -> Iterator[Watch]:
    with watching(strict=True) as watch:
        yield watch


def a_unit(code: str) -> Organisation:
    return Organisation(code=code, name=code, parent_code="440000", path=f"/440000/{code}/", tier=Tier.UNIT)


def tables(watch: Watch) -> list[set[str]]:
    return [set(offence.tables) for offence in watch.offences]


def offender_by_object(session: Session) -> None:
    session.add(a_unit("440000-x"))


def offender_by_statement(session: Session) -> None:
    session.execute(update(Organisation).where(Organisation.code == "440100").values(name="x"))


def offender_by_bulk_insert(session: Session) -> None:
    row = {"code": "440000-y", "name": "y", "name_en": "", "path": "/440000/440000-y/", "tier": Tier.UNIT}
    session.execute(insert(Organisation), [row])


def offender_by_deletion(session: Session) -> None:
    session.execute(delete(Organisation).where(Organisation.code == "440103"))


def offender_by_raw_sql(session: Session) -> None:
    session.execute(text("UPDATE organisations SET name = 'x' WHERE code = '440100'"))


@pytest.mark.parametrize(
    "offender",
    [offender_by_object, offender_by_statement, offender_by_bulk_insert, offender_by_deletion, offender_by_raw_sql],
)
def test_a_planted_offender_is_found(database: Database, watch: Watch, offender: object) -> None:
    with database.write() as session:
        offender(session)  # type: ignore[operator]
    assert tables(watch) == [{"organisations"}]


def test_a_service_that_records_is_no_offender(database: Database, watch: Watch) -> None:
    with database.write() as session:
        create_token(session, operator_actor(session), "440000", ("read",), name="", demo=False)
    assert watch.offences == []


def test_one_entry_speaks_for_its_own_transaction_alone(database: Database, watch: Watch) -> None:
    with database.write() as session:
        record(session, operator_actor(session), Act.SYSTEM_CHANGED, Subject("system", "x"))
    with database.write() as session:
        offender_by_object(session)
    assert tables(watch) == [{"organisations"}]


def test_what_was_rolled_back_changed_nothing(database: Database, watch: Watch) -> None:
    with pytest.raises(ZeroDivisionError), database.write() as session:
        offender_by_statement(session)
        _ = 1 / 0
    with database.write() as session:
        session.execute(text("SELECT 1"))
    assert watch.offences == []


def test_bookkeeping_needs_no_entry(database: Database, watch: Watch) -> None:
    with database.write() as session:
        session.add(InstallationFact(name="n", value="v"))
    assert watch.offences == []


def test_what_a_test_prepares_needs_no_entry_unless_it_is_watched_strictly(database: Database) -> None:
    with watching() as watch, database.write() as session:
        offender_by_object(session)
    assert watch.offences == []


def test_what_the_product_commits_is_judged_in_every_test(database: Database) -> None:
    with watching(exempt=frozenset()) as watch:
        tidy(context_of(database, None, {}))
    assert [("job_runs" in offence.tables, "soc/upkeep.py" in offence.committed_by) for offence in watch.offences] == [
        (True, True)
    ]


def test_nothing_is_exempt_that_does_not_exist() -> None:
    load_models()
    unknown = TECHNICAL - set(Model.metadata.tables) - {"alembic_version"}
    assert unknown <= {name for name in TECHNICAL if name.startswith(("ingest_", "playbook_"))}
