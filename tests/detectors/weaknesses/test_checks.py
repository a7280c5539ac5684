"""The checks on real stores: what is weak is found, what is mended is not, what cannot be seen is said to be so."""

import os
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url

from detectors.weaknesses.catalogue import CHECKS, checks_for
from detectors.weaknesses.looking import Behind, Seen, look
from detectors.weaknesses.values import band, score
from soc.ledger.levels import Level
from soc.ledger.models import Source
from soc.text import known
from tests.conftest import POSTGRES, administer, url_of

MARIADB = os.environ.get("SOC_TEST_MARIADB_URL")
OPENSEARCH = os.environ.get("SOC_TEST_OPENSEARCH_URL")
TODAY = date(2026, 11, 22)


def looked(kind: str, address: str, behind: Behind | None = None, *, today: date = TODAY) -> dict[str, Seen]:
    source = Source(name="s", kind=kind, address=address)
    return {one.check.id: one for one in look(source, address, behind or Behind(), today=today)}


def subjects(seen: dict[str, Seen], check: str) -> list[str]:
    assert seen[check].unseen is None, seen[check].unseen
    return [hit.subject for hit in seen[check].hits]


def test_every_check_has_words_and_a_way_to_mend_it() -> None:
    assert len(CHECKS) >= 30
    assert len({one.id for one in CHECKS}) == len(CHECKS)
    assert [one.id for one in CHECKS if not known(f"weak.check.{one.id}") or not known(f"weak.mend.{one.id}")] == []


def test_the_data_behind_a_door_say_how_much_it_matters() -> None:
    scores = [score(3, level) for level in Level]
    assert scores == sorted(scores)
    assert (band(score(4, Level.CORE)), band(score(1, Level.G1))) == ("critical", "low")


@pytest.fixture
def postgres() -> Iterator[str]:
    """A database of its own on the real server."""
    if not POSTGRES:
        pytest.skip("needs PostgreSQL: SOC_TEST_POSTGRES_URL is not set")
    name = f"guanlan_weak_{uuid4().hex[:8]}"
    administer(f'CREATE DATABASE "{name}"')
    yield url_of(name)
    administer(f'DROP DATABASE "{name}" WITH (FORCE)')


def run_in(url: str, *statements: str) -> None:
    engine = create_engine(make_url(url), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        for one in statements:
            connection.execute(text(one))
    engine.dispose()


@pytest.mark.postgres
class TestPostgreSQL:
    """A real PostgreSQL."""

    def test_rights_for_everybody_on_a_graded_table_are_found_and_on_others_not(self, postgres: str) -> None:
        run_in(postgres, "CREATE TABLE people (id int)", "CREATE TABLE codes (id int)")
        run_in(postgres, "GRANT SELECT ON people, codes TO PUBLIC")
        graded = Behind(graded={"public.people": Level.G4, "public.codes": Level.G1})
        assert subjects(looked("postgresql", postgres, graded), "pg.public_grants") == ["public.people"]
        run_in(postgres, "REVOKE SELECT ON people FROM PUBLIC")
        assert subjects(looked("postgresql", postgres, graded), "pg.public_grants") == []

    def test_a_function_with_its_owners_rights_that_anybody_calls_is_found(self, postgres: str) -> None:
        run_in(postgres, "CREATE FUNCTION f() RETURNS int LANGUAGE sql SECURITY DEFINER AS 'SELECT 1'")
        assert subjects(looked("postgresql", postgres), "pg.definers") == ["public.f"]
        run_in(postgres, "REVOKE EXECUTE ON FUNCTION f() FROM PUBLIC")
        assert subjects(looked("postgresql", postgres), "pg.definers") == []

    def test_a_schema_in_which_anybody_creates_is_found(self, postgres: str) -> None:
        run_in(postgres, "CREATE SCHEMA loose", "GRANT CREATE ON SCHEMA loose TO PUBLIC")
        assert subjects(looked("postgresql", postgres), "pg.public_schema") == ["loose"]

    def test_a_superuser_of_its_own_and_an_account_nobody_uses_are_found(self, postgres: str) -> None:
        name = f"weak_{uuid4().hex[:8]}"
        run_in(postgres, f"CREATE ROLE {name} SUPERUSER LOGIN")
        try:
            seen = looked("postgresql", postgres, Behind(users=frozenset({"zhang"})))
            assert name in subjects(seen, "pg.superusers")
            assert name in subjects(seen, "pg.stale_accounts")
            used = looked("postgresql", postgres, Behind(users=frozenset({name})))
            assert name not in subjects(used, "pg.stale_accounts")
        finally:
            run_in(postgres, f"DROP ROLE {name}")

    def test_a_right_that_was_not_used_is_found(self, postgres: str) -> None:
        name = f"weak_{uuid4().hex[:8]}"
        run_in(postgres, f"CREATE ROLE {name}", "CREATE TABLE people (id int)", f"GRANT SELECT ON people TO {name}")
        graded = {"public.people": Level.G4}
        try:
            idle = Behind(graded=graded, users=frozenset({"x"}))
            busy = Behind(graded=graded, users=frozenset({name}), touched={name: frozenset({"public.people"})})
            wanted = f"{name}/public.people"
            assert wanted in subjects(looked("postgresql", postgres, idle), "pg.unused_grants")
            assert wanted not in subjects(looked("postgresql", postgres, busy), "pg.unused_grants")
        finally:
            run_in(postgres, "DROP TABLE people", f"DROP ROLE {name}")

    def test_without_a_log_nobody_is_said_to_be_idle(self, postgres: str) -> None:
        unseen = looked("postgresql", postgres)["pg.stale_accounts"].unseen
        assert unseen is not None
        assert unseen.key == "weak.unseen.logs"

    def test_settings_of_the_server_are_read(self, postgres: str) -> None:
        seen = looked("postgresql", postgres)
        assert seen["pg.audit_off"].hits == ()
        assert [dict(hit.params) for hit in seen["pg.no_tls"].hits] == [{"name": "ssl", "value": "off"}]

    def test_a_version_is_out_of_life_after_its_last_day(self, postgres: str) -> None:
        assert subjects(looked("postgresql", postgres, today=date(2026, 1, 1)), "pg.end_of_life") == []
        assert subjects(looked("postgresql", postgres, today=date(2040, 1, 1)), "pg.end_of_life") == [""]

    def test_an_account_that_may_not_see_a_thing_is_told_so_and_the_rest_is_looked_at(self, postgres: str) -> None:
        name = f"weak_{uuid4().hex[:8]}"
        run_in(postgres, f"CREATE ROLE {name} LOGIN PASSWORD 'x-{name}'")
        try:
            address = make_url(postgres).set(username=name, password=f"x-{name}")
            seen = looked("postgresql", address.render_as_string(hide_password=False))
            unseen = seen["pg.trust"].unseen
            assert unseen is not None
            assert unseen.key == "weak.unseen.refused"
            assert seen["pg.no_tls"].unseen is None
        finally:
            run_in(postgres, f"DROP ROLE {name}")

    def test_nothing_that_a_check_asks_could_write(self, postgres: str) -> None:
        run_in(postgres, "CREATE TABLE people (id int)")
        looked("postgresql", postgres, Behind(graded={"public.people": Level.G4}))
        engine = create_engine(make_url(postgres))
        with engine.connect() as connection:
            changes = "SELECT n_tup_ins + n_tup_upd + n_tup_del FROM pg_stat_user_tables"
            assert connection.execute(text(changes)).scalar() == 0
        engine.dispose()


@pytest.fixture
def mariadb() -> str:
    if not MARIADB:
        pytest.skip("needs MariaDB: SOC_TEST_MARIADB_URL is not set")
    return MARIADB


class TestMariaDB:
    """A real MariaDB."""

    def test_an_account_without_a_password_from_anywhere_is_found(self, mariadb: str) -> None:
        name = f"weak_{uuid4().hex[:8]}"
        address = make_url(mariadb).set(drivername="mysql+pymysql").render_as_string(hide_password=False)
        run_in(address, f"CREATE USER '{name}'@'%'")
        try:
            seen = looked("mysql", mariadb, Behind(users=frozenset({"zhang"})))
            assert f"{name}@%" in subjects(seen, "my.no_password")
            assert f"{name}@%" in subjects(seen, "my.from_everywhere")
            assert name in subjects(seen, "my.stale_accounts")
            run_in(address, f"ALTER USER '{name}'@'%' IDENTIFIED BY 'x-{name}'")
            assert f"{name}@%" not in subjects(looked("mysql", mariadb), "my.no_password")
        finally:
            run_in(address, f"DROP USER '{name}'@'%'")

    def test_every_check_looks_or_says_why_not(self, mariadb: str) -> None:
        seen = looked("mysql", mariadb)
        assert set(seen) == {one.id for one in checks_for("mysql")}
        assert {name for name, one in seen.items() if one.unseen is not None} <= {"my.stale_accounts"}


@pytest.mark.opensearch
def test_a_cluster_without_the_security_plugin_is_open_to_anybody() -> None:
    if not OPENSEARCH:
        pytest.skip("needs OpenSearch: SOC_TEST_OPENSEARCH_URL is not set")
    seen = looked("opensearch", OPENSEARCH.replace("http://", "opensearch://"))
    found = {name for name, one in seen.items() if one.hits}
    assert found == {"os.anonymous", "os.no_tls", "os.no_security"}


def test_a_cluster_that_does_not_answer_is_not_said_to_be_safe() -> None:
    seen = looked("opensearch", "opensearch://127.0.0.1:9/")
    unseen = seen["os.anonymous"].unseen
    assert unseen is not None
    assert unseen.key == "weak.unseen.lost"


class TestFiles:
    """Files and folders of this machine."""

    @pytest.fixture
    def folder(self, tmp_path: Path) -> Path:
        (tmp_path / "data.csv").write_text("a\n1\n")
        (tmp_path / "old").mkdir()
        (tmp_path / "old" / "people.sql.gz").write_bytes(b"x")
        (tmp_path / "data.csv").chmod(0o600)
        (tmp_path / "old" / "people.sql.gz").chmod(0o600)
        return tmp_path

    def test_a_dump_is_found_and_the_graver_where_anybody_may_read_it(self, folder: Path) -> None:
        seen = looked("files", str(folder))
        assert subjects(seen, "file.dumps") == ["old/people.sql.gz"]
        assert subjects(seen, "file.readable_dumps") == []
        (folder / "old" / "people.sql.gz").chmod(0o644)
        assert subjects(looked("files", str(folder)), "file.readable_dumps") == ["old/people.sql.gz"]

    def test_what_anybody_may_read_or_write_is_found(self, folder: Path) -> None:
        (folder / "data.csv").chmod(0o646)
        seen = looked("files", str(folder))
        assert subjects(seen, "file.readable") == ["data.csv"]
        assert subjects(seen, "file.writable") == ["data.csv"]

    def test_a_database_file_is_looked_at_as_a_file(self, tmp_path: Path) -> None:
        file = tmp_path / "a.db"
        file.write_bytes(b"")
        file.chmod(0o644)
        assert subjects(looked("sqlite", f"sqlite:///{file}"), "file.readable") == ["a.db"]

    def test_a_path_that_is_not_there_is_said_to_be_unseen(self, tmp_path: Path) -> None:
        unseen = looked("files", str(tmp_path / "gone"))["file.readable"].unseen
        assert unseen is not None
        assert unseen.key == "weak.unseen.path"

    def test_a_folder_that_cannot_be_read_is_named_and_the_others_are_looked_at(
        self, folder: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        (folder / "shut").mkdir()
        listed = os.scandir

        def refused(path: str) -> object:  # root may read everything, so the refusal is the system's answer made up
            if Path(path).name == "shut":
                raise PermissionError(13, "Permission denied", str(path))
            return listed(path)

        monkeypatch.setattr(os, "scandir", refused)
        seen = looked("files", str(folder))
        assert [hit.subject for hit in seen["file.dumps"].hits] == ["old/people.sql.gz"]
        unseen = seen["file.dumps"].unseen
        assert unseen is not None
        assert (unseen.key, unseen.params) == ("weak.unseen.folders", {"count": 1, "name": "shut"})

    def test_more_files_than_are_looked_at_are_said_to_be_unseen(
        self, folder: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("detectors.weaknesses.files._MOST", 1)
        unseen = looked("files", str(folder))["file.dumps"].unseen
        assert unseen is not None
        assert unseen.key == "weak.unseen.many"
        monkeypatch.setattr("detectors.weaknesses.files._MOST", 2)
        assert looked("files", str(folder))["file.dumps"].unseen is None

    def test_items_of_a_grave_level_in_clear_are_counted(self, folder: Path) -> None:
        seen = looked("files", str(folder), Behind(clear={Level.G4: 3, Level.G2: 9, Level.IMPORTANT: 1}))
        assert [dict(hit.params) for hit in seen["data.in_clear"].hits] == [{"count": 4}]
