"""The ingest stage on a real database: habits are kept, the theft is raised once and at its centre."""

from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace
from typing import Any, cast

import polars as pl
import pytest
from sqlalchemy import func, select

from config.settings import Settings
from detectors.backtest import walk_forward
from detectors.behaviour import stage
from detectors.behaviour.jobs import judge_latest
from detectors.behaviour.store import BehaviourDay, account_keys, days_between, forget_old
from detectors.findings import Finding, FindingKind, FindingRaised
from soc.accounts.models import Account
from soc.db import Database
from soc.events import OutboxEvent
from soc.exposure import Basis
from soc.ledger.models import ScanRun, Source
from soc.room import BatchContext
from tests.detectors.behaviour.test_extract import frame

LAST = date(2026, 11, 20)
ORG = "440000"


@pytest.fixture(autouse=True)
def fresh_memory() -> None:
    """What a process remembers between batches."""
    stage._judges.clear()
    stage._next_looks.clear()


@pytest.fixture
def staffed(database: Database) -> Database:
    """Six clerks of one post; the first belongs to a county."""
    with database.write() as session:
        for number in range(6):
            org = "440106" if number == 0 else ORG
            session.add(Account(org=org, name=f"win_{number}", person=f"GD{number}", post="窗口受理"))
    return database


def context(database: Database, settings: Settings) -> BatchContext:
    return cast("BatchContext", SimpleNamespace(database=database, settings=settings, org=ORG, log_name="pgaudit"))


def moment(day: date, hour: int) -> datetime:
    return datetime(day.year, day.month, day.day, hour - 8, tzinfo=UTC)


def history(days: int = 20) -> pl.DataFrame:
    """Every clerk reads one to five persons' rows a time, all day."""
    rows: list[dict[str, Any]] = [
        {
            "metadata.uid": f"h{back}-{number}-{hour}",
            "guanlan.batch": "history",
            "time": moment(LAST - timedelta(days=back), hour),
            "actor.user.name": f"win_{number}",
            "guanlan.rows": 1 + (back + number + hour) % 5,
            "guanlan.tables": ["permit.approval"],
        }
        for back in range(days, -1, -1)
        for number in range(6)
        for hour in (9, 10, 15)
    ]
    return frame(*rows)


def theft(batch: str = "evening", rows: int = 3_000) -> pl.DataFrame:
    taken = {"actor.user.name": "win_0", "query_info.uid": "new", "guanlan.rows": rows, "time": moment(LAST, 22)}
    return frame({"guanlan.batch": batch, "metadata.uid": "t1", **taken})


def findings(database: Database) -> list[Finding]:
    with database.read() as session:
        return list(session.scalars(select(Finding).order_by(Finding.score.desc())))


def test_an_ordinary_history_raises_nothing(staffed: Database, settings: Settings) -> None:
    stage.run(context(staffed, settings), history())
    assert findings(staffed) == []


def test_the_theft_is_raised_at_the_thiefs_own_centre_with_its_figures(staffed: Database, settings: Settings) -> None:
    stage.run(context(staffed, settings), history())
    stage.run(context(staffed, settings), theft())
    (found,) = findings(staffed)
    assert (found.org, found.entity_name, found.kind) == ("440106", "win_0", FindingKind.BEHAVIOUR)
    assert found.score >= 80
    assert found.rows_low == found.rows_high
    assert found.rows_basis is Basis.MEASURED
    assert found.events[0] == "t1"
    assert "win_0" not in found.entity


def test_history_and_theft_in_one_batch_are_told_apart(staffed: Database, settings: Settings) -> None:
    stage.run(context(staffed, settings), pl.concat([history(), theft("history")]))
    assert [one.entity_name for one in findings(staffed)] == ["win_0"]


def test_a_batch_that_is_worked_on_twice_counts_once(staffed: Database, settings: Settings) -> None:
    for _ in range(2):
        stage.run(context(staffed, settings), history())
        stage.run(context(staffed, settings), theft())
    with staffed.read() as session:
        day = next(one for one in days_between(session, ORG, LAST, LAST + timedelta(days=1)) if one.key.name == "GD0")
        told = session.scalar(select(func.count()).where(OutboxEvent.name == FindingRaised.name))
    assert 3_000 <= day.facts.grave < 3_020
    assert told == len(findings(staffed)) == 1


def test_a_theft_that_goes_on_is_told_again_only_when_it_is_graver(staffed: Database, settings: Settings) -> None:
    stage.run(context(staffed, settings), history())
    stage.run(context(staffed, settings), theft())
    stage.run(context(staffed, settings), theft("a little more", rows=30))
    assert len(findings(staffed)) == 1
    stage.run(context(staffed, settings), theft("much more", rows=9_000))
    assert len(findings(staffed)) == 2
    assert len({one.dedup_key for one in findings(staffed)}) == 1


def test_our_own_scan_is_no_theft_but_its_name_alone_excuses_nobody(staffed: Database, settings: Settings) -> None:
    scanning = theft().with_columns(pl.lit("guanlan-scan").alias("actor.app_name"))
    stage.run(context(staffed, settings), history())
    at = moment(LAST, 22)
    with staffed.write() as session:
        source = Source(org=ORG, name="s", kind="sqlite", address="-", sealed_url=b"-", added_at=at)
        session.add(source)
        session.flush()
        run = ScanRun(org=ORG, source_id=source.id, started_at=at, finished_at=at, by="x", skipped=[])
        session.add(run)
    stage.run(context(staffed, settings), scanning)
    assert findings(staffed) == []
    spoofed = theft("spoofed").with_columns(
        pl.lit("guanlan-scan").alias("actor.app_name"), (pl.col("time") + timedelta(minutes=30)).alias("time")
    )
    stage.run(context(staffed, settings), spoofed)
    assert [one.entity_name for one in findings(staffed)] == ["win_0"]


def test_judging_again_tells_nothing_twice(staffed: Database, settings: Settings) -> None:
    stage.run(context(staffed, settings), history())
    stage.run(context(staffed, settings), theft())
    assert judge_latest(staffed, settings, ORG) == 0


def test_a_backtest_finds_the_day_and_stores_nothing(staffed: Database, settings: Settings) -> None:
    stage.run(context(staffed, settings), history())
    with staffed.write() as session:
        before = session.scalar(select(func.count(Finding.id)))
        result = walk_forward(session, ORG, days=10, threshold=40)
    assert result.raised == ()
    assert result.judged == 60
    stage.run(context(staffed, settings), theft())
    with staffed.read() as session:
        assert [one.account for one in walk_forward(session, ORG, days=10, threshold=40).raised] == ["win_0"]
    assert before == 0


def test_old_days_are_let_go(staffed: Database, settings: Settings) -> None:
    stage.run(
        context(staffed, settings), frame({"time": datetime(2020, 1, 2, 3, tzinfo=UTC), "actor.user.name": "win_0"})
    )
    with staffed.write() as session:
        forget_old(session)
        assert session.scalar(select(func.count(BehaviourDay.id))) == 0


def test_the_logging_organisations_own_mapping_comes_first(staffed: Database) -> None:
    with staffed.write() as session:
        session.add(Account(org="440100", name="win_1", person="OTHER", post="x"))
        session.flush()
        assert account_keys(session, ORG)["win_1"].name == "GD1"
        assert account_keys(session, "440100")["win_1"].name == "OTHER"
