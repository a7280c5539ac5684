"""The lineage on pages, by the command and from the logs: read, drawn, proposed; nobody else's names."""

import io
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import orjson
import pyarrow as pa
import pytest
from click.testing import CliRunner
from sqlalchemy import select

from config.settings import Settings
from policies.ledger.commands import lineage
from policies.ledger.jobs import compare, flow, lead_edges, order_levels, read_query_logs
from soc.acting import SystemPath
from soc.db import Database
from soc.identity.actor import Role
from soc.identity.actors import operator_actor
from soc.installation import open_installation
from soc.jobs import JobRun, context_of
from soc.ledger.lineage.models import LedgerEdge
from soc.ledger.models import LedgerItem, Source
from soc.ledger.opinions import LedgerProposal
from soc.ledger.values import ItemDecided, SourceScanned
from soc.ocsf.schema import EVENT_SCHEMA
from tests.browsing import SignIn
from tests.conftest import NOON
from tests.soc.ledger.made import CITY, OTHER, a_source, column, scanned, table

PEOPLE = table("public.people", column("sfzh", "resident_id"), column("phone", "mobile"))
WIDE = table("dw.wide", column("k"), column("tel"))
ETL = "INSERT INTO dw.wide (k, tel) SELECT sfzh, phone FROM people;\nSELECT FROM;"


@pytest.fixture
def ids(database: Database) -> dict[str, str]:
    """A warehouse of Guangzhou's: its items and its source."""
    with database.write() as session:
        actor = operator_actor(session)
        source = a_source(session, actor, database.settings)
        scanned(session, actor, source, PEOPLE, WIDE)
        found = {item.name: str(item.id) for item in session.scalars(select(LedgerItem))}
        return found | {"source": str(source.id)}


def send(sign_in: SignIn, ids: dict[str, str], org: str = CITY, sql: str = ETL, **more: Any) -> Any:
    return sign_in(Role.OWNER, org).send("/ledger/lineage", {"sql": sql, "source": ids["source"], "name": "etl"} | more)


def edges(database: Database) -> list[LedgerEdge]:
    with database.read() as session:
        return list(session.scalars(select(LedgerEdge)))


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("path", ["/ledger/lineage", "/ledger/{k}/lineage", "/ledger/{sfzh}/lineage"])
def test_every_page_shows_in_both_languages(sign_in: SignIn, ids: dict[str, str], path: str, lang: str) -> None:
    send(sign_in, ids)
    page = sign_in(Role.ANALYST, CITY).get(path.format(**ids), headers={"Accept-Language": lang})
    assert page.status_code == 200
    assert f'<html lang="{lang}' in page.text


def test_pasted_statements_are_read_and_the_bad_one_is_named(
    sign_in: SignIn, database: Database, ids: dict[str, str]
) -> None:
    page = send(sign_in, ids).text
    assert "etl：2 条血缘，新增 2" in page
    assert "etl:2" in page
    assert len(edges(database)) == 2


def test_a_file_in_gb18030_is_read_under_its_own_name(sign_in: SignIn, database: Database, ids: dict[str, str]) -> None:
    raw = "-- 汇总\nINSERT INTO dw.wide (k) SELECT sfzh FROM people".encode("gb18030")
    owner = sign_in(Role.OWNER, CITY)
    form = {"file": (io.BytesIO(raw), "jobs/日汇总.sql"), "source": ids["source"]}
    assert owner.send("/ledger/lineage", form).status_code == 200
    assert [one.detail for one in edges(database)] == ["日汇总.sql:2"]


def test_nothing_to_read_is_said(sign_in: SignIn, ids: dict[str, str]) -> None:
    assert send(sign_in, ids, sql="").status_code == 422
    assert send(sign_in, ids, dialect="klingon").status_code == 422


def test_the_graph_draws_both_sides_and_links_each_node(sign_in: SignIn, ids: dict[str, str]) -> None:
    send(sign_in, ids)
    page = sign_in(Role.ANALYST, CITY).get(f"/ledger/{ids['k']}/lineage").text
    assert page.count('class="node') == 2
    assert f'href="/ledger/{ids["sfzh"]}/lineage"' in page
    assert "<path" in page
    assert "style=" not in page.split("<svg viewBox")[1].split("</svg>")[0]


def test_names_from_statements_are_text_and_never_markup(sign_in: SignIn, ids: dict[str, str]) -> None:
    send(sign_in, ids, sql='CREATE TABLE "<b>x</b>" AS SELECT sfzh FROM people')
    page = sign_in(Role.ANALYST, CITY).get("/ledger/lineage").text
    assert "&lt;b&gt;x&lt;/b&gt;" in page
    assert "<b>x</b>" not in page


def test_a_wrong_edge_is_taken_out(sign_in: SignIn, database: Database, ids: dict[str, str]) -> None:
    send(sign_in, ids)
    edge = edges(database)[0]
    assert sign_in(Role.OWNER, OTHER).send(f"/ledger/lineage/{edge.id}/remove").status_code == 404
    assert sign_in(Role.OWNER, CITY).send(f"/ledger/lineage/{edge.id}/remove").status_code == 302
    assert len(edges(database)) == 1


def test_a_stranger_sees_no_edge_and_stores_none_of_another_s_source(
    sign_in: SignIn, database: Database, ids: dict[str, str]
) -> None:
    send(sign_in, ids)
    stranger = sign_in(Role.OWNER, OTHER)
    assert "public.people" not in stranger.get("/ledger/lineage").text
    assert stranger.get(f"/ledger/{ids['k']}/lineage").status_code == 404
    assert send(sign_in, ids, org=OTHER).status_code == 404
    assert len(edges(database)) == 2


def test_the_queue_says_what_a_proposal_is_derived_from(sign_in: SignIn, ids: dict[str, str]) -> None:
    send(sign_in, ids)
    page = sign_in(Role.OWNER, CITY).get("/ledger/queue?opinion=lineage").text
    assert "来源于" in page
    assert "public.people.sfzh" in page


def test_query_logs_give_edges_once_a_shape(database: Database, ids: dict[str, str]) -> None:
    context = context_of(database, None, {"days": 100_000})
    statement = "INSERT INTO dw.wide (k) SELECT sfzh FROM public.people WHERE phone = ?"
    rows = [
        {
            "metadata.uid": f"e{n}", "guanlan.batch": "b", "guanlan.position": n, "guanlan.org": CITY, "time": NOON,
            "metadata.log_name": "pgaudit", "class_uid": 6005, "query_info.uid": "shape1",
            "query_info.query_string": statement, "raw_data": statement,
        }
        for n in range(3)
    ]  # fmt: skip
    store = context.store()
    store.append(pa.Table.from_pylist(rows, schema=EVENT_SCHEMA), batch="b")
    store.refresh()
    read_query_logs(context)
    (edge,) = edges(database)
    assert (edge.origin, edge.detail, edge.org, edge.up_item_id is not None) == ("query_log", "shape1", CITY, True)


def test_levels_flow_on_after_an_owner_s_word(database: Database, ids: dict[str, str], sign_in: SignIn) -> None:
    send(sign_in, ids)
    with database.write() as session:
        for proposal in session.scalars(select(LedgerProposal)):
            session.delete(proposal)
        actor = operator_actor(session)
        order_levels(session, actor, ItemDecided("x", CITY, "confirmed", "G4"))
        order_levels(session, actor, ItemDecided("y", CITY, "confirmed", "G4"))
    with database.read() as session:
        assert len(session.scalars(select(JobRun).where(JobRun.job == "ledger.levels")).all()) == 1
    flow(context_of(database, None, {}))
    with database.read() as session:
        assert len(session.scalars(select(LedgerProposal)).all()) == 2


def test_a_scan_leads_edges_to_what_it_brought(database: Database, ids: dict[str, str], sign_in: SignIn) -> None:
    send(sign_in, ids, sql="CREATE TABLE dm.late AS SELECT sfzh FROM people")
    with database.write() as session:
        actor, source = operator_actor(session), session.scalars(select(Source)).one()
        scanned(session, actor, source, PEOPLE, WIDE, table("dm.late", column("sfzh")), after=1)
        lead_edges(session, actor, SourceScanned(ids["source"], CITY, 1, 1, 0))
    assert edges(database)[0].down_item_id is not None


def test_comparing_places_of_an_empty_ledger_is_no_error(database: Database) -> None:
    compare(context_of(database, None, {}))


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Database]:
    """An installation with one scanned source, as the command line meets it."""
    monkeypatch.setenv("SOC_HOME", str(tmp_path / "home"))
    settings = Settings.load()
    with closing(open_installation(settings).acting_for(SystemPath.OPERATOR)) as database:
        with database.write() as session:
            actor = operator_actor(session)
            scanned(session, actor, a_source(session, actor, settings), PEOPLE, WIDE)
        yield database


def test_the_command_stores_edges_and_names_the_bad_statement(home: Database, tmp_path: Path) -> None:
    (tmp_path / "etl.sql").write_text(ETL, encoding="utf-8")
    answer = CliRunner().invoke(lineage, [str(tmp_path / "etl.sql"), "--source", "运政库", "--json"])
    told = orjson.loads(answer.stdout.splitlines()[0])
    assert (told["edges"], told["resolved"], told["problems"]) == (2, 2, 1)
    assert "etl.sql:2:" in answer.stderr
    assert len(edges(home)) == 2


def test_the_command_stores_nothing_on_a_dry_run(home: Database, tmp_path: Path) -> None:
    (tmp_path / "etl.sql").write_text("INSERT INTO dw.wide (k) SELECT sfzh FROM people", encoding="utf-8")
    answer = CliRunner().invoke(lineage, [str(tmp_path / "etl.sql"), "--dry-run", "--json"])
    assert orjson.loads(answer.stdout)["upstream"] == "people.sfzh"
    assert edges(home) == []


def test_the_command_names_files_it_cannot_read_and_reads_the_others(home: Database, tmp_path: Path) -> None:
    (tmp_path / "etl.sql").write_text("INSERT INTO dw.wide (k) SELECT sfzh FROM people", encoding="utf-8")
    answer = CliRunner().invoke(lineage, [str(tmp_path / "none.sql"), str(tmp_path / "etl.sql"), "--json"])
    assert "none.sql" in answer.stderr
    assert len(edges(home)) == 1
