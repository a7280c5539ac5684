"""The workload on a real PostgreSQL: accounts log in, work, and one of them takes a table."""

from collections.abc import Iterator
from datetime import date
from uuid import uuid4

import pytest

from soc.demo.province import province
from soc.demo.theft import TheftKind
from soc.demo.workload import WorkloadError, run_workload
from soc.demo.world import World
from soc.demo.write import write
from soc.errors import UnavailableError
from tests.conftest import POSTGRES, administer, url_of

DAY = date(2026, 11, 20)


@pytest.fixture(scope="module")
def province_url() -> Iterator[str]:
    if not POSTGRES:
        pytest.skip("needs PostgreSQL: SOC_TEST_POSTGRES_URL is not set")
    name = f"guanlan_province_{uuid4().hex[:8]}"
    administer(f'CREATE DATABASE "{name}"')
    write(url_of(name), province(World.of(2, "small")), lambda _name, _rows: None)
    yield url_of(name)
    administer(f'DROP DATABASE "{name}" WITH (FORCE)')


def work(url: str, **options: object) -> object:
    plan = {"day": DAY, "scale": 0.05, "theft": None, "steal": True, "progress": lambda _n, _t: None} | options
    return run_workload(World.of(2, "small"), url, **plan)  # type: ignore[arg-type]


@pytest.mark.postgres
@pytest.mark.parametrize("kind", [TheftKind.PAGES, TheftKind.COPY, TheftKind.STAGED])
def test_every_statement_runs_and_the_whole_table_leaves(province_url: str, kind: TheftKind) -> None:
    done = work(province_url, theft=kind)
    assert done.failed == 0  # type: ignore[attr-defined]
    assert done.rows_taken >= 1_000  # type: ignore[attr-defined]


@pytest.mark.postgres
def test_without_the_theft_nothing_is_taken(province_url: str) -> None:
    done = work(province_url, steal=False)
    assert done.theft is None  # type: ignore[attr-defined]
    assert done.rows_taken == 0  # type: ignore[attr-defined]


@pytest.mark.postgres
def test_a_database_without_the_province_is_said_so() -> None:
    if not POSTGRES:
        pytest.skip("needs PostgreSQL: SOC_TEST_POSTGRES_URL is not set")
    with pytest.raises(WorkloadError):
        work(POSTGRES)


def test_a_server_that_does_not_answer_is_said_so() -> None:
    with pytest.raises(UnavailableError):
        work("postgresql://nobody@127.0.0.1:1/none")
