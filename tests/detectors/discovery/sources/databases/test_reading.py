"""Connections that break, fall silent or do not come back: what was read is kept, what was not is named."""

from collections.abc import Iterator

import pytest
from sqlalchemy.engine import make_url

from detectors.discovery.finding import TableFinding
from detectors.discovery.scan import Orders, scan
from detectors.discovery.sources.base import Sampling, SourceUnreachableError
from detectors.discovery.sources.coverage import Stop
from detectors.discovery.sources.database import open_database
from detectors.discovery.sources.databases import pool
from detectors.discovery.sources.databases.family import Limits
from detectors.discovery.sources.databases.trouble import Trouble, TroubleError
from tests.detectors.discovery.sources.databases.cutting import Cutter, cutting
from tests.detectors.discovery.sources.databases.servers import (
    mariadb_database,
    mariadb_run,
    mariadb_url,
    postgres_database,
    postgres_session,
    postgres_url,
    read,
    rows_of,
    table_of,
)

ROWS = 60_000


@pytest.fixture(autouse=True)
def _hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wait less between attempts."""
    monkeypatch.setattr(pool, "_PAUSES", (0.0, 0.0, 0.0))


@pytest.fixture(
    params=[pytest.param("postgresql", marks=pytest.mark.postgres), pytest.param("mysql", marks=pytest.mark.mariadb)]
)
def cut(request: pytest.FixtureRequest) -> Iterator[tuple[str, Cutter]]:
    """The URL of a filled database behind a cutter, and the cutter, for each of the servers."""
    if request.param == "postgresql":
        with postgres_database() as name:
            with postgres_session(name) as session:
                session.execute(
                    f"CREATE TABLE t AS SELECT g AS n, repeat('x', 200) AS s FROM generate_series(1, {ROWS}) g"
                )
                session.execute("CREATE TABLE u AS SELECT 7 AS n")
            yield from _behind(postgres_url(name))
    else:
        with mariadb_database() as name:
            mariadb_run(
                name,
                "CREATE TABLE t (n int PRIMARY KEY, s text)",
                f"INSERT INTO t SELECT seq, repeat('x', 200) FROM seq_1_to_{ROWS}",
                "CREATE TABLE u (n int)",
                "INSERT INTO u VALUES (7)",
            )
            yield from _behind(mariadb_url(name))


def _behind(url: str) -> Iterator[tuple[str, Cutter]]:
    parsed = make_url(url)
    with cutting(parsed.host, parsed.port) as cutter:
        yield parsed.set(port=cutter.port).render_as_string(hide_password=False), cutter


def name_of(url: str) -> str:
    return "public.t" if url.startswith("postgresql") else "t"


def test_a_reading_goes_on_behind_what_it_had_when_the_connection_broke(cut: tuple[str, Cutter]) -> None:
    url, cutter = cut
    with open_database(url) as opened:
        table = table_of(opened, name_of(url))
        cutter.arm(1_500_000, times=2)
        reading, frames = read(table, Sampling(full=True, batch=2000))
    assert sorted(int(value) for frame in frames for value in frame["n"].to_list()) == list(range(1, ROWS + 1))
    assert reading.coverage.resumed == 2
    assert reading.coverage.stop is None


def test_a_sample_is_taken_again_when_the_connection_broke(cut: tuple[str, Cutter]) -> None:
    url, cutter = cut
    with open_database(url) as opened:
        table = table_of(opened, name_of(url))
        undisturbed = rows_of(table)
        cutter.arm(100_000)
        reading, frames = read(table)
    assert [row for frame in frames for row in frame.rows()] == undisturbed
    assert reading.coverage.resumed == 1


def test_a_server_that_does_not_come_back_leaves_what_was_read_and_is_not_asked_for_every_table(
    cut: tuple[str, Cutter],
) -> None:
    url, cutter = cut
    with open_database(url) as opened:
        tables = opened.tables()
        reading = tables[0].read(Sampling(full=True, batch=2000))
        batches = iter(reading.batches)
        first = next(batches)
        cutter.gone = True
        cutter.arm(0, times=9)
        rest = list(batches)
        before = cutter.connections
        with pytest.raises(SourceUnreachableError, match=r"errors\.source\.lost"):
            tables[1].read(Sampling())
    assert 0 < first.height + sum(frame.height for frame in rest) < ROWS
    assert reading.coverage.stop is Stop.LOST
    assert cutter.connections == before


def test_a_server_that_falls_silent_is_left_in_time(cut: tuple[str, Cutter]) -> None:
    url, cutter = cut
    with open_database(url, Limits(statement=1, grace=1)) as opened:
        table = table_of(opened, name_of(url))
        cutter.arm(300_000, silent=True)
        with pytest.raises(TroubleError) as left:
            list(table.read(Sampling(full=True, batch=50_000)).batches)
        other = table_of(opened, name_of(url).replace("t", "u") if url.startswith("mysql") else "public.u")
        assert rows_of(other) == [("7",)]
    assert left.value.trouble in {Trouble.SLOW, Trouble.LOST}


def test_a_scan_of_a_server_that_goes_away_names_every_table_it_did_not_read(cut: tuple[str, Cutter]) -> None:
    url, cutter = cut

    def leave(name: str) -> None:
        if name.endswith("u"):
            cutter.gone = True
            cutter.arm(0, times=9)

    result = scan([url], Orders(progress=leave))
    assert [one.name for one in result.tables] == [name_of(url)]
    assert isinstance(result.tables[0], TableFinding)
    assert len(result.skipped) == 1
    assert result.skipped[0].reason
