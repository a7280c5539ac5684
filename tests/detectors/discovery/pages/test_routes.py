"""The scan pages: what an owner sees and may do, in both languages, and what a page says of a failure."""

from collections.abc import Callable
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import select

from detectors.discovery.scanning.models import DiscoveryScan, Mode, ScanSchedule
from detectors.discovery.scanning.service import start
from soc.db import Database
from soc.identity.actor import Role
from soc.identity.actors import operator_actor
from soc.jobs import JobRun, RunStatus, run_one
from soc.ledger.models import Source
from soc.ledger.sources import NewSource, add_source, limit_source
from soc.trail import Act
from soc.trail.models import TrailEntry
from tests.browsing import Browser, SignIn, app, sign_in
from tests.detectors.discovery.scanning.making import change, make_source

__all__ = ["app", "sign_in"]
EN = {"Accept-Language": "en"}
Add = Callable[..., UUID]


@pytest.fixture
def add(database: Database, tmp_path: Path) -> Add:
    """Register a source of three tables at Guangzhou."""

    def made(name: str = "运政库", url: str | None = None) -> UUID:
        address = url or f"sqlite:///{make_source(tmp_path / f'{name}.db', 3)}"
        with database.write() as session:
            order = NewSource(name, address, "440100")
            return add_source(session, operator_actor(session), database.settings, order).id

    return made


def scan(database: Database, source: UUID, mode: Mode = Mode.CHANGED) -> None:
    with database.write() as session:
        start(session, operator_actor(session), session.get_one(Source, source), mode)
    run_one(database, "w1")


def newest(database: Database) -> UUID:
    with database.read() as session:
        return session.scalars(select(DiscoveryScan.id).order_by(DiscoveryScan.id.desc())).first()  # type: ignore[return-value]


@pytest.fixture
def owner(sign_in: SignIn) -> Browser:
    """Guangzhou's data owner."""
    return sign_in(Role.OWNER, "440100")


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_page_shows_in_both_languages(owner: Browser, add: Add, database: Database, lang: str) -> None:
    source = add()
    scan(database, source)
    for path in ("/scans/", f"/scans/sources/{source}", f"/scans/reports/{newest(database)}"):
        answer = owner.get(path, headers={"Accept-Language": lang})
        assert answer.status_code == 200
        assert f'<html lang="{lang}' in answer.text


def test_without_sources_the_page_says_how_to_add_one(owner: Browser) -> None:
    assert "soc source add" in owner.get("/scans/").text


def test_an_owner_orders_a_scan_and_the_worker_carries_it_out(owner: Browser, add: Add, database: Database) -> None:
    source = add()
    assert owner.send(f"/scans/sources/{source}/start", {"mode": "full"}).status_code == 302
    assert "Waiting" in owner.get(f"/scans/sources/{source}", headers=EN).text
    assert run_one(database, "w1")
    page = owner.get(f"/scans/reports/{newest(database)}", headers=EN).text
    assert "Every row" in page
    assert "everything was asked for" in page


def test_the_report_says_what_was_read_and_why(owner: Browser, add: Add, database: Database, tmp_path: Path) -> None:
    source = add()
    scan(database, source)
    change(tmp_path / "运政库.db", "ALTER TABLE t01 ADD COLUMN bz TEXT")
    scan(database, source)
    page = owner.get(f"/scans/reports/{newest(database)}", headers=EN).text
    assert "structure changed" in page
    assert "Compare with the one before" in page


def test_a_failure_says_what_to_mend_and_how_to_go_on(owner: Browser, add: Add, database: Database) -> None:
    source = add("远端", "postgresql://reader:geheim@127.0.0.1:1/x")
    scan(database, source)
    for path in ("/scans/", f"/scans/sources/{source}", f"/scans/reports/{newest(database)}"):
        page = owner.get(path, headers=EN).text
        assert "does not answer" in page
        assert "geheim" not in page
    assert f"/scans/sources/{source}/resume" in owner.get("/scans/").text


def test_a_waiting_scan_can_be_paused_and_cancelled_from_the_page(owner: Browser, add: Add, database: Database) -> None:
    source = add()
    owner.send(f"/scans/sources/{source}/start")
    owner.send(f"/scans/sources/{source}/pause")
    assert "Paused" in owner.get("/scans/", headers=EN).text
    owner.send(f"/scans/sources/{source}/resume")
    owner.send(f"/scans/sources/{source}/cancel")
    with database.read() as session:
        assert session.scalars(select(JobRun.status)).one() is RunStatus.CANCELLED


def test_a_second_order_is_refused_with_the_reason(owner: Browser, add: Add) -> None:
    source = add()
    owner.send(f"/scans/sources/{source}/start")
    answer = owner.send(f"/scans/sources/{source}/start")
    assert answer.status_code == 409
    assert "运政库" in answer.text


def test_a_live_part_is_only_that_part(owner: Browser, add: Add) -> None:
    source = add()
    for path, target in (("/scans/", "scans-live"), (f"/scans/sources/{source}", "scan-live")):
        part = owner.get(path, headers={"HX-Target": target}).text
        assert "<html" not in part
        assert part.strip()


def test_a_schedule_is_set_and_told(owner: Browser, add: Add, database: Database) -> None:
    source = add()
    form = {"rhythm": "daily", "mode": "changed", "window_from": "22", "window_to": "6", "oldest_days": "14"}
    assert owner.send(f"/scans/sources/{source}/schedule", form).status_code == 302
    page = owner.get(f"/scans/sources/{source}", headers=EN).text
    assert "Daily at 02:00 · between 22:00 and 6:00" in page
    with database.read() as session:
        found = session.scalars(select(ScanSchedule)).one()
        assert (found.cron, found.oldest_days, found.org) == ("0 2 * * *", 14, "440100")


@pytest.mark.parametrize(
    ("form", "wrong"),
    [
        ({"rhythm": "other", "cron": "often"}, 422),
        ({"rhythm": "daily", "window_from": "3"}, 422),
        ({"rhythm": "daily", "window_from": "25", "window_to": "3"}, 422),
        ({"rhythm": "sometimes"}, 422),
    ],
)
def test_a_schedule_that_makes_no_sense_is_refused(
    owner: Browser, add: Add, database: Database, form: dict[str, str], wrong: int
) -> None:
    answer = owner.send(f"/scans/sources/{add()}/schedule", {"mode": "changed", "oldest_days": "30"} | form)
    assert answer.status_code == wrong
    with database.read() as session:
        assert session.scalars(select(ScanSchedule)).all() == []


def test_who_only_reads_sees_no_buttons_and_is_refused(sign_in: SignIn, add: Add) -> None:
    source = add()
    analyst = sign_in(Role.ANALYST, "440100")
    assert f"/scans/sources/{source}/start" not in analyst.get(f"/scans/sources/{source}").text
    assert analyst.send(f"/scans/sources/{source}/start").status_code == 403


def test_a_budget_is_set_told_and_written_down(owner: Browser, add: Add, database: Database) -> None:
    source = add()
    form = {"most_rows": "2000000", "most_size": "512"}
    assert owner.send(f"/scans/sources/{source}/budget", form).status_code == 302
    page = owner.get(f"/scans/sources/{source}", headers=EN).text
    assert "2,000,000" in page
    assert 'name="most_size" type="number" value="512"' in page
    with database.read() as session:
        found = session.get_one(Source, source)
        assert (found.most_rows, found.most_bytes) == (2_000_000, 512 << 20)
        entries = select(TrailEntry.subject_id).where(TrailEntry.act == Act.SOURCE_CHANGED)
        assert session.scalars(entries).all() == [str(source)]


def test_an_empty_budget_is_no_limit_and_bytes_that_were_not_touched_stay(
    owner: Browser, add: Add, database: Database
) -> None:
    source = add()
    with database.write() as session:
        found = session.get_one(Source, source)
        limit_source(session, operator_actor(session), found, rows=10, size=1_000_000)
    assert owner.send(f"/scans/sources/{source}/budget", {"most_rows": "", "most_size": "1"}).status_code == 302
    with database.read() as session:
        found = session.get_one(Source, source)
        assert (found.most_rows, found.most_bytes) == (None, 1_000_000)


@pytest.mark.parametrize("form", [{"most_rows": "0"}, {"most_rows": "many"}, {"most_size": "-1"}, {"most_bytes": "5"}])
def test_a_budget_that_makes_no_sense_changes_nothing(
    owner: Browser, add: Add, database: Database, form: dict[str, str]
) -> None:
    source = add()
    assert owner.send(f"/scans/sources/{source}/budget", form).status_code == 422
    with database.read() as session:
        assert session.get_one(Source, source).most_rows is None


def test_a_budget_of_another_centre_s_source_looks_missing_and_readers_may_not_set_one(
    sign_in: SignIn, add: Add
) -> None:
    source = add()
    assert sign_in(Role.OWNER, "440300").send(f"/scans/sources/{source}/budget", {"most_rows": "5"}).status_code == 404
    assert sign_in(Role.ANALYST, "440100").send(f"/scans/sources/{source}/budget").status_code == 403
