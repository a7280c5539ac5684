"""PostgreSQL itself holds each session to its scope: here the queries forget to, and it shows."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from uuid import uuid4

import pytest
from sqlalchemy import Engine, Table, create_engine, insert, make_url, select, text, update
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.orm import Mapped, Session, mapped_column

from config.settings import Settings
from soc import approle
from soc.acting import Acting, SystemPath
from soc.db import Database, Identified, Model, new_id
from soc.errors import UnavailableError
from soc.identity.actors import operator_actor
from soc.identity.models import BusinessLineGrant, Person
from soc.jobs import JobRun
from soc.ledger.models import LedgerItem, Source
from soc.migrate import upgrade
from soc.registry import load_models
from soc.statesession import act_as, acting_as
from soc.tiers import Scoped, Share, rowlevel, within
from soc.tiers.rowlevel import guarded, in_force, put_in_force
from tests.conftest import NOON, POSTGRES, administer, as_owner, url_of
from tests.soc.ledger.made import a_source, scanned
from tests.soc.tiers.rows import (
    CITY,
    COUNTY,
    EVERYBODY,
    LINE,
    OTHER_COUNTY,
    OTHER_UNIT,
    PROVINCE,
    SIBLING,
    UNIT,
    a_run,
    acting_at,
    actor_at,
    fill,
)

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.skipif(not POSTGRES, reason="needs PostgreSQL: SOC_TEST_POSTGRES_URL is not set"),
]
RUNS: Table = JobRun.__table__  # type: ignore[assignment]
SEEN_BY_CITY = {CITY, COUNTY, UNIT}


@pytest.fixture
def state(settings: Settings, postgres_copy: str) -> Iterator[Database]:
    """A database whose sessions act for nobody."""
    with closing(Database.open(settings.with_changes(database_url=postgres_copy))) as opened:
        fill(opened.acting_for(SystemPath.SETUP))
        yield opened


def seen(session: Session) -> set[str]:
    """Whose rows a bare Core select finds."""
    return set(session.connection().scalars(select(RUNS.c.org)))


def kept(state: Database) -> dict[str, str]:
    """What is stored, whoever sees it."""
    with state.acting_for(SystemPath.OPERATOR).read() as session:
        return dict(session.execute(select(JobRun.org, JobRun.job)).all())


def test_every_table_of_somebodys_rows_is_guarded_whoever_asks(state: Database) -> None:
    load_models()
    query = text(
        "SELECT relname FROM pg_class WHERE relrowsecurity AND relforcerowsecurity"
        " AND EXISTS (SELECT FROM pg_policy WHERE polrelid = pg_class.oid)"
    )
    with state.engine.connect() as connection:
        held = set(connection.scalars(query))
    mapped = {one.local_table.name: one.class_ for one in Model.registry.mappers}  # type: ignore[attr-defined]
    scoped = {name for name in Model.metadata.tables if issubclass(mapped[name], Scoped)}
    assert len(scoped) > 25
    assert scoped - held == set()
    assert {"shares", "business_line_grants", "person_roles", "web_sessions", "trail_entries"} - held == set()
    assert held == set(guarded())


def test_a_migrated_database_has_the_policies_of_a_made_one(settings: Settings, state: Database) -> None:
    query = text("SELECT tablename, policyname, cmd, qual, with_check FROM pg_policies ORDER BY 1, 2")
    name = f"guanlan_test_{uuid4().hex[:12]}"
    administer(f'CREATE DATABASE "{name}"')
    try:
        migrated = settings.with_changes(database_url=url_of(name))
        upgrade(migrated)
        with closing(Database.open(migrated)) as other, other.engine.connect() as one, state.engine.connect() as two:
            assert one.execute(query).all() == two.execute(query).all()
    finally:
        administer(f'DROP DATABASE "{name}" WITH (FORCE)')


def test_a_new_table_of_somebodys_rows_is_guarded_when_it_is_made(state: Database) -> None:
    class Novelty(Scoped, Identified, Model):
        __tablename__ = "novelties"
        said: Mapped[str] = mapped_column(default="")

    table: Table = Novelty.__table__  # type: ignore[assignment]
    try:
        with as_owner(state) as connection:
            Model.metadata.create_all(connection, tables=[table])
            connection.execute(insert(table).values(id=new_id(), org=SIBLING))
        with state.acting_for(acting_at(CITY)).read() as session:
            assert session.connection().execute(select(table)).all() == []
    finally:
        Model.registry._dispose_cls(Novelty)  # the other tests know no such table
        Model.metadata.remove(table)


def test_a_session_that_acts_for_nobody_sees_nothing(state: Database) -> None:
    with state.read() as session:
        assert seen(session) == set()
        assert session.execute(text("SELECT count(*) FROM persons")).scalar() == 0


@pytest.mark.parametrize(
    ("acting", "orgs"),
    [
        (acting_at(PROVINCE), set(EVERYBODY)),
        (acting_at(CITY), SEEN_BY_CITY),
        (acting_at(COUNTY), {COUNTY}),
        (acting_at(UNIT), {UNIT}),
        (acting_at(COUNTY, line_below=PROVINCE), {COUNTY, UNIT, OTHER_UNIT}),
        (acting_at(COUNTY, line_below=SIBLING), {COUNTY, OTHER_UNIT}),
        (Acting.system(SystemPath.JOBS), set(EVERYBODY)),
    ],
)
def test_a_bare_select_finds_what_is_in_scope(state: Database, acting: Acting, orgs: set[str]) -> None:
    with state.acting_for(acting).read() as session:
        assert seen(session) == orgs


def test_text_finds_what_is_in_scope(state: Database) -> None:
    with state.acting_for(acting_at(CITY)).read() as session:
        assert set(session.scalars(text("SELECT org FROM job_runs"))) == SEEN_BY_CITY
        assert session.execute(text("SELECT count(*) FROM job_runs WHERE org = '440300'")).scalar() == 0


def test_an_object_of_another_organisation_is_not_got_by_its_key(state: Database) -> None:
    with state.acting_for(SystemPath.OPERATOR).read() as session:
        foreign = session.scalars(select(JobRun.id).where(JobRun.org == SIBLING)).one()
    with state.acting_for(acting_at(CITY)).read() as session:
        assert session.get(JobRun, foreign) is None


def test_an_object_in_the_identity_map_is_gone_when_the_session_acts_for_another(state: Database) -> None:
    with state.acting_for(SystemPath.OPERATOR).read() as session:
        foreign = session.scalars(select(JobRun).where(JobRun.org == SIBLING)).one()
        key = foreign.id
        act_as(session, acting_at(CITY))
        assert session.get(JobRun, key) is None


def test_a_bulk_update_reaches_nothing_outside(state: Database) -> None:
    with state.acting_for(acting_at(CITY)).write() as session:
        session.connection().execute(update(RUNS).values(job="mine"))
    assert {org for org, job in kept(state).items() if job == "mine"} == SEEN_BY_CITY


def test_a_bulk_delete_reaches_nothing_outside(state: Database) -> None:
    with state.acting_for(acting_at(CITY)).write() as session:
        session.execute(text("DELETE FROM job_runs"))
    assert set(kept(state)) == set(EVERYBODY) - SEEN_BY_CITY


def test_a_row_for_another_organisation_is_not_taken(state: Database) -> None:
    values = {"id": new_id(), "job": "x", "ordered_by": "x", "params": {}, "org": SIBLING, "created_at": NOON}
    values |= {"status": "queued", "attempts": 0, "done": 0, "total": 0, "cancel_asked": False}
    with (
        pytest.raises(ProgrammingError, match="row-level security"),
        state.acting_for(acting_at(CITY)).write() as session,
    ):
        session.connection().execute(insert(RUNS).values(values))


def test_a_row_is_not_given_away(state: Database) -> None:
    with (
        pytest.raises(ProgrammingError, match="row-level security"),
        state.acting_for(acting_at(CITY)).write() as session,
    ):
        session.execute(text("UPDATE job_runs SET org = '440300' WHERE org = '440100'"))


@pytest.mark.parametrize("ended", ["commit", "rollback"])
def test_a_pooled_connection_does_not_carry_the_scope_of_the_one_before(state: Database, ended: str) -> None:
    engine = single(state)
    one = Database(engine, state.settings)
    try:
        with one.acting_for(acting_at(CITY)).writing() as session:
            first = session.connection().scalar(text("SELECT pg_backend_pid()"))
            assert seen(session) == SEEN_BY_CITY
            getattr(session, ended)()
        with one.read() as session:
            assert session.connection().scalar(text("SELECT pg_backend_pid()")) == first
            assert seen(session) == set()
        with one.acting_for(acting_at(SIBLING)).read() as session:
            assert seen(session) == {SIBLING, OTHER_COUNTY, OTHER_UNIT}
    finally:
        engine.dispose()


def test_a_session_that_goes_on_after_its_commit_acts_for_the_same(state: Database) -> None:
    with state.acting_for(acting_at(CITY)).writing() as session:
        session.connection()
        session.commit()
        assert seen(session) == SEEN_BY_CITY


def test_a_savepoint_taken_back_leaves_the_scope_as_it_was(state: Database) -> None:
    with state.acting_for(acting_at(CITY)).write() as session:
        with session.begin_nested() as part:
            part.rollback()
        assert seen(session) == SEEN_BY_CITY


def test_acting_for_the_installation_ends_where_it_was_said_to(state: Database) -> None:
    with state.acting_for(acting_at(CITY)).write() as session:
        with acting_as(session, SystemPath.UNIQUE):
            assert seen(session) == set(EVERYBODY)
        assert seen(session) == SEEN_BY_CITY


def single(state: Database) -> Engine:
    """An engine with one connection for everybody."""
    from sqlalchemy import event

    url = make_url(state.settings.database_url).set(drivername="postgresql+psycopg")
    engine = create_engine(url, pool_size=1, max_overflow=0)
    event.listen(engine, "connect", approle.become_application)
    return engine


def test_the_database_and_the_queries_keep_to_one_rule(state: Database) -> None:
    """Whatever a query of the product would show an actor, the policies show, and nothing else."""
    with state.acting_for(SystemPath.OPERATOR).write() as session:
        shared = session.scalars(select(JobRun).where(JobRun.org == PROVINCE)).one()
        session.add(Share(kind="job_runs", item_id=shared.id, org=COUNTY, owner=PROVINCE))
    actors = [actor_at(org, line_below=below) for org in EVERYBODY for below in (None, PROVINCE, SIBLING, CITY)]
    for actor in actors:
        with state.acting_for(SystemPath.OPERATOR).read() as session:
            asked = {one.org for one in session.scalars(within(actor, JobRun))}
        with state.acting_for(Acting.of(actor)).read() as session:
            assert seen(session) == asked, actor


def share_made_by(state: Database, acting: Acting | SystemPath, owner: str) -> None:
    with state.acting_for(SystemPath.OPERATOR).read() as session:
        item = session.scalars(select(JobRun.id).where(JobRun.org == SIBLING)).one()
    with state.acting_for(acting).write() as session:
        values = {"id": new_id(), "kind": "job_runs", "item_id": item, "org": CITY, "owner": owner}
        session.connection().execute(insert(Share.__table__).values(values))  # type: ignore[arg-type]


def test_what_was_shared_is_seen_by_that_organisation_alone(state: Database) -> None:
    share_made_by(state, acting_at(SIBLING), SIBLING)
    with state.acting_for(acting_at(CITY)).read() as session:
        assert seen(session) == SEEN_BY_CITY | {SIBLING}
    with state.acting_for(acting_at(COUNTY)).read() as session:
        assert seen(session) == {COUNTY}


def test_nobody_shares_an_item_of_others_with_themselves(state: Database) -> None:
    with pytest.raises(ProgrammingError, match="row-level security"):
        share_made_by(state, acting_at(CITY), SIBLING)
    share_made_by(state, acting_at(CITY), CITY)  # says the item is the city's, which it is not
    with state.acting_for(acting_at(CITY)).read() as session:
        assert seen(session) == SEEN_BY_CITY


def test_nobody_grants_a_business_line_above_themselves(state: Database) -> None:
    with state.acting_for(SystemPath.OPERATOR).write() as session:
        person = Person(username="w", display_name="w", org=CITY, password_hash="x", created_at=NOON)
        session.add(person)
    with pytest.raises(ProgrammingError, match="row-level security"), state.acting_for(acting_at(CITY)).write() as mine:
        mine.add(BusinessLineGrant(person_id=person.id, line=LINE, root=PROVINCE))


def units_named_by(state: Database, statement: str) -> list[str]:
    """Let the city send a bare statement; return what units are called afterwards."""
    with state.acting_for(acting_at(CITY)).write() as session:
        session.execute(text(statement))
    with state.acting_for(SystemPath.OPERATOR).read() as session:
        return list(session.scalars(text("SELECT name FROM organisations WHERE tier = 'unit' ORDER BY code")))


def test_everybody_reads_what_organisations_are_called_and_renames_only_those_below(state: Database) -> None:
    with state.acting_for(acting_at(COUNTY)).read() as session:
        assert session.scalar(text("SELECT count(*) FROM organisations WHERE tier = 'unit'")) == 2
    assert units_named_by(state, "UPDATE organisations SET name = 'mine' WHERE tier = 'unit'") == ["mine", OTHER_UNIT]
    assert units_named_by(state, "DELETE FROM organisations WHERE code = '440300-bus'") == ["mine", OTHER_UNIT]


@pytest.mark.parametrize(
    "statement",
    [
        (
            "INSERT INTO organisations (code, name, name_en, parent_code, path, tier)"
            " VALUES ('440300-x', 'x', '', '440300', '/440000/440300/440300-x/', 'unit')"
        ),
        "UPDATE organisations SET path = '/440000/440300/440100-bus/' WHERE code = '440100-bus'",
    ],
)
def test_no_unit_is_made_below_others_or_given_to_them(state: Database, statement: str) -> None:
    with pytest.raises(ProgrammingError, match="row-level security"):
        units_named_by(state, statement)


def test_the_application_owns_nothing_and_can_take_no_policy_away(state: Database) -> None:
    for statement in (
        "ALTER TABLE job_runs DISABLE ROW LEVEL SECURITY",
        "DROP POLICY acting ON job_runs",
        "TRUNCATE job_runs",
        "UPDATE trail_entries SET act = 'x'",
        "DELETE FROM trail_entries",
    ):
        with (
            pytest.raises(ProgrammingError, match=r"must be owner|permission denied"),
            state.acting_for(SystemPath.OPERATOR).write() as session,
        ):
            session.execute(text(statement))


def test_a_user_whom_nothing_holds_is_not_let_in(state: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(approle, "ROLE", "guanlan_nobody_made_this")
    with (
        pytest.raises(UnavailableError, match="database_role"),
        closing(Database.open(state.settings)) as opened,
        opened.read() as session,
    ):
        session.execute(text("SELECT 1"))


@pytest.fixture
def plain_owner(settings: Settings) -> Iterator[Settings]:
    """A database whose owner may make no roles and is no member of the application's."""
    name = f"guanlan_test_{uuid4().hex[:12]}"
    administer(f"CREATE ROLE {name} LOGIN PASSWORD 'plain' NOCREATEROLE")
    administer(f"CREATE DATABASE {name} OWNER {name}")
    administer("CREATE ROLE guanlan_app NOLOGIN", missing_ok=True)
    url = make_url(url_of(name)).set(username=name, password="plain")
    yield settings.with_changes(database_url=url.render_as_string(hide_password=False))
    administer(f"DROP DATABASE {name} WITH (FORCE)")
    administer(f"DROP ROLE {name}")


def test_an_owner_who_is_no_member_of_the_role_is_held_all_the_same(plain_owner: Settings) -> None:
    load_models()
    upgrade(plain_owner)
    with closing(Database.open(plain_owner)) as opened:
        with opened.acting_for(SystemPath.SETUP).write() as session:
            from soc.tiers.divisions import load_divisions

            load_divisions(session)
            session.add_all([a_run(CITY), a_run(SIBLING)])
        with opened.acting_for(acting_at(CITY)).read() as session:
            assert session.scalar(text("SELECT current_user")) == make_url(plain_owner.database_url).username
            assert seen(session) == {CITY}
        with opened.read() as session:
            assert seen(session) == set()


def test_two_installations_in_one_cluster_may_be_made_in_the_same_moment(monkeypatch: pytest.MonkeyPatch) -> None:
    """The role is the whole cluster's: whoever comes second waits for the first, and then takes what is there."""
    name = f"guanlan_app_{uuid4().hex[:12]}"
    monkeypatch.setattr(rowlevel, "ROLE", name)
    engine = create_engine(make_url(POSTGRES or "").set(drivername="postgresql+psycopg"))
    try:
        with ThreadPoolExecutor() as threads, engine.begin() as second:
            backend = second.scalar(text("SELECT pg_backend_pid()"))
            with engine.begin() as first:
                rowlevel._make_role(first)
                waiting = threads.submit(rowlevel._make_role, second)
                while not first.scalar(
                    text("SELECT wait_event_type = 'Lock' FROM pg_stat_activity WHERE pid = :pid"), {"pid": backend}
                ):
                    first.exec_driver_sql("SELECT pg_stat_clear_snapshot(), pg_sleep(0.02)")
                    assert not waiting.done()
            waiting.result(timeout=30)
            assert second.scalar(text("SELECT count(*) FROM pg_roles WHERE rolname = :name"), {"name": name}) == 1
    finally:
        engine.dispose()
        administer(f'DROP ROLE IF EXISTS "{name}"')


def test_two_users_one_for_the_schema_and_one_for_the_rows(plain_owner: Settings) -> None:
    """The owner's URL upgrades; the application's user owns nothing."""
    name = make_url(plain_owner.database_url).database
    administer(f"CREATE ROLE {name}_web LOGIN PASSWORD 'web'")
    administer(f"GRANT guanlan_app TO {name}_web")
    url = make_url(plain_owner.database_url).set(username=f"{name}_web", password="web")
    both = plain_owner.with_changes(
        database_url=url.render_as_string(hide_password=False), database_owner_url=plain_owner.database_url
    )
    try:
        upgrade(both)
        with closing(Database.open(both)) as opened, opened.acting_for(SystemPath.OPERATOR).write() as session:
            assert session.scalar(text("SELECT current_user")) == approle.ROLE
            assert session.scalar(text("SELECT count(*) FROM alembic_version")) == 1
            with pytest.raises(ProgrammingError, match="permission denied"):
                session.execute(text("UPDATE alembic_version SET version_num = '0'"))
    finally:
        administer(f'DROP OWNED BY "{name}_web"')
        administer(f"DROP ROLE {name}_web")


def test_a_policy_that_somebody_took_away_is_back_after_the_next_upgrade(state: Database) -> None:
    with as_owner(state) as connection:
        connection.exec_driver_sql("DROP POLICY acting ON job_runs")
        connection.exec_driver_sql("COMMENT ON FUNCTION soc_orgs() IS 'older'")
        assert not in_force(connection)
        put_in_force(connection)
        assert in_force(connection)
    with state.acting_for(acting_at(CITY)).read() as session:
        assert seen(session) == SEEN_BY_CITY


def test_statements_are_not_compiled_and_stay_so_after_a_rollback(state: Database) -> None:
    with state.acting_for(acting_at(CITY)).read() as session:
        assert session.scalar(text("SHOW jit")) == "off"
        session.rollback()
        assert session.scalar(text("SHOW jit")) == "off"


def test_what_holds_an_item_of_ones_own_is_seen_and_what_holds_none_is_not(state: Database) -> None:
    operator = state.acting_for(SystemPath.OPERATOR)
    with operator.write() as session:
        actor = operator_actor(session)
        held = a_source(session, actor, operator.settings, PROVINCE, "省库")
        scanned(session, actor, held)
        scanned(session, actor, a_source(session, actor, operator.settings, PROVINCE, "别的库"))
        session.execute(update(LedgerItem).where(LedgerItem.source_id == held.id).values(org=CITY))
    with state.acting_for(acting_at(CITY)).read() as session:
        assert session.scalars(select(Source.name)).all() == ["省库"]
    with state.acting_for(acting_at(SIBLING)).read() as session:
        assert session.scalars(select(Source.name)).all() == []
