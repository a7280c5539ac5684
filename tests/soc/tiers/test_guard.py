"""The check before each flush, on both engines."""

import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from incidents.cases.models import Notice
from soc.acting import Acting, SystemPath
from soc.db import Database, new_id
from soc.jobs import JobRun
from soc.tiers import Organisation, Share, Tier
from soc.tiers.guard import ActsForNobodyError, OutsideScopeError
from tests.conftest import NOON
from tests.soc.tiers.rows import CITY, COUNTY, EVERYBODY, PROVINCE, SIBLING, UNIT, a_run, acting_at, fill

SEEN_BY_CITY = {CITY, COUNTY, UNIT}


@pytest.fixture
def runs(database: Database) -> dict[str, JobRun]:
    return fill(database)


def kept(database: Database) -> dict[str, str]:
    with database.read() as session:
        return dict(session.execute(select(JobRun.org, JobRun.job)).all())


def test_a_row_of_ones_own_or_of_those_below_is_written(database: Database) -> None:
    with database.acting_for(acting_at(CITY)).write() as session:
        session.add_all([a_run(CITY), a_run(COUNTY)])
    assert set(kept(database)) == {CITY, COUNTY}


@pytest.mark.parametrize("org", [PROVINCE, SIBLING])
def test_a_row_for_another_organisation_is_refused_and_nothing_is_stored(database: Database, org: str) -> None:
    with pytest.raises(OutsideScopeError), database.acting_for(acting_at(CITY)).write() as session:
        session.add_all([a_run(CITY), a_run(org)])
    assert kept(database) == {}


def test_a_change_of_what_belongs_to_others_is_refused(database: Database, runs: dict[str, JobRun]) -> None:
    with pytest.raises(OutsideScopeError), database.acting_for(acting_at(CITY)).write() as session:
        foreign = session.merge(runs[SIBLING], load=False)
        foreign.job = "taken"
    assert kept(database)[SIBLING] == f"of {SIBLING}"


def test_what_belongs_to_others_is_not_deleted(database: Database, runs: dict[str, JobRun]) -> None:
    with pytest.raises(OutsideScopeError), database.acting_for(acting_at(CITY)).write() as session:
        session.delete(session.merge(runs[SIBLING], load=False))
    assert SIBLING in kept(database)


@pytest.mark.parametrize(("acting", "to"), [(CITY, SIBLING), (SIBLING, SIBLING)])
def test_a_row_is_neither_given_away_nor_taken(
    database: Database, runs: dict[str, JobRun], acting: str, to: str
) -> None:
    with pytest.raises(OutsideScopeError), database.acting_for(acting_at(acting)).write() as session:
        session.merge(runs[CITY], load=False).org = to
    assert kept(database)[CITY] == f"of {CITY}"


def test_a_row_that_was_only_looked_at_is_no_write(database: Database, runs: dict[str, JobRun]) -> None:
    with database.acting_for(acting_at(CITY)).write() as session:
        foreign = session.merge(runs[SIBLING], load=False)
        foreign.job = foreign.job
        session.add(a_run(CITY))


def test_a_bulk_update_by_model_reaches_nothing_outside(database: Database, runs: dict[str, JobRun]) -> None:
    with database.acting_for(acting_at(CITY)).write() as session:
        session.execute(update(JobRun).values(job="mine"))
    assert {org for org, job in kept(database).items() if job == "mine"} == SEEN_BY_CITY


def test_a_bulk_delete_by_model_reaches_nothing_outside(database: Database, runs: dict[str, JobRun]) -> None:
    with database.acting_for(acting_at(CITY)).write() as session:
        session.execute(delete(JobRun))
    assert set(kept(database)) == set(EVERYBODY) - SEEN_BY_CITY


def nobody(database: Database) -> Database:
    return Database(database.engine, database.settings)


@pytest.mark.parametrize(
    "act",
    [
        lambda session: session.add(a_run(CITY)),
        lambda session: session.scalars(select(JobRun)).all(),
        lambda session: session.execute(update(JobRun).values(job="x")),
        lambda session: session.get(JobRun, new_id()),
    ],
)
def test_a_session_that_acts_for_nobody_touches_nobodys_rows(database: Database, act: object) -> None:
    with pytest.raises(ActsForNobodyError), nobody(database).write() as session:
        act(session)  # type: ignore[operator]


def test_a_session_that_acts_for_nobody_reads_what_belongs_to_nobody(database: Database) -> None:
    with nobody(database).read() as session:
        assert session.get(Organisation, CITY) is not None


def test_the_installation_writes_for_everybody(database: Database) -> None:
    with database.acting_for(SystemPath.JOBS).write() as session:
        session.add_all([a_run(CITY), a_run(SIBLING), a_run(PROVINCE)])
    assert set(kept(database)) == {CITY, SIBLING, PROVINCE}


def test_a_unit_made_in_the_same_transaction_is_inside_already(database: Database) -> None:
    with database.acting_for(acting_at(CITY)).write() as session:
        path = f"/440000/{CITY}/440100-new/"
        session.add(Organisation(code="440100-new", name="new", parent_code=CITY, path=path, tier=Tier.UNIT))
        session.flush()
        session.add(a_run("440100-new"))
    assert set(kept(database)) == {"440100-new"}


def test_a_granted_line_is_written_across_tiers(database: Database, runs: dict[str, JobRun]) -> None:
    with database.acting_for(acting_at(SIBLING, line_below=CITY)).write() as session:
        session.merge(runs[UNIT], load=False).job = "by the line"
    assert kept(database)[UNIT] == "by the line"


def shared(session: Session, run: JobRun, *, owner: str) -> None:
    session.add(Share(kind="job_runs", item_id=run.id, org=SIBLING, owner=owner))


def test_a_share_lets_its_organisation_work_on_the_item(database: Database, runs: dict[str, JobRun]) -> None:
    with database.acting_for(acting_at(CITY)).write() as session:
        shared(session, runs[COUNTY], owner=COUNTY)
    with database.acting_for(acting_at(SIBLING)).write() as session:
        session.merge(runs[COUNTY], load=False).job = "together"
    assert kept(database)[COUNTY] == "together"


def test_a_share_does_not_let_the_item_be_taken(database: Database, runs: dict[str, JobRun]) -> None:
    with database.acting_for(acting_at(CITY)).write() as session:
        shared(session, runs[COUNTY], owner=COUNTY)
    with pytest.raises(OutsideScopeError), database.acting_for(acting_at(SIBLING)).write() as session:
        session.merge(runs[COUNTY], load=False).org = SIBLING


def test_nobody_shares_what_is_not_theirs(database: Database, runs: dict[str, JobRun]) -> None:
    with pytest.raises(OutsideScopeError), database.acting_for(acting_at(SIBLING)).write() as session:
        shared(session, runs[CITY], owner=CITY)


def test_word_is_left_for_the_centre_above_and_for_no_other(database: Database) -> None:
    with database.acting_for(acting_at(COUNTY)).write() as session:
        session.add(Notice(org=CITY, at=NOON, text={}))
    with pytest.raises(OutsideScopeError), database.acting_for(acting_at(COUNTY)).write() as session:
        session.add(Notice(org=SIBLING, at=NOON, text={}))


def test_a_session_acts_for_a_person_as_the_queries_do() -> None:
    assert not acting_at(CITY).sees_all
    assert acting_at(PROVINCE).sees_all
    assert Acting.system(SystemPath.TRAIL).sees_all


@pytest.mark.parametrize("parent", [PROVINCE, SIBLING])
def test_a_unit_below_others_is_neither_made_nor_moved_nor_renamed(database: Database, parent: str) -> None:
    path = f"/440000/{parent}/x-01/" if parent != PROVINCE else "/440000/x-01/"
    unit = Organisation(code="x-01", name="x", parent_code=parent, path=path, tier=Tier.UNIT)
    with pytest.raises(OutsideScopeError), database.acting_for(acting_at(CITY)).write() as session:
        session.add(unit)
    for change in ({"name": "mine"}, {"path": f"/440000/{CITY}/{SIBLING}/"}):
        with pytest.raises(OutsideScopeError), database.acting_for(acting_at(CITY)).write() as session:
            foreign = session.get_one(Organisation, SIBLING)
            for name, value in change.items():
                setattr(foreign, name, value)
    with database.read() as session:
        assert session.get_one(Organisation, SIBLING).path == f"/440000/{SIBLING}/"
