"""Events know what was touched, by whom, when and from where; and hold nothing in clear."""

from datetime import UTC, datetime
from ipaddress import IPv4Address, ip_network
from typing import Any
from zoneinfo import ZoneInfo

import orjson
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit.ingest.enrich.exposure import with_exposure
from audit.ingest.enrich.lookups import KnownColumn, KnownTable, Tables
from audit.ingest.enrich.surroundings import inside_of, off_hours
from audit.ingest.formats import ParseOptions, find_format, parse_bytes
from audit.ingest.frame import EVENT_TYPES, completed
from soc.accounts.service import AccountEntry, map_accounts
from soc.identity.actors import operator_actor
from soc.workdays import is_workday
from tests.audit.ingest.at_work import Installation

HEAD = "2026-11-23 10:00:00.123 CST [1234] user=alice,db=transport,app={app},host=10.1.1.1,session=65a.1 LOG:  "
PHONE = KnownColumn("440000", "transport", "phone", "mobile", "personal", "G3", 3)
PLATE = KnownColumn("440000", "transport", "plate", "plate", "vehicle", "G2", 2)
PERSON = KnownTable(
    "hr.person", 5000, {"phone": PHONE, "name": KnownColumn("440000", "t", "name", None, None, "G1", 1)}
)
TABLES: Tables = {"hr.person": [PERSON], "person": [PERSON], "public.v": [KnownTable("public.v", 90, {"plate": PLATE})]}


def touched(statement: str, rows: int = 7, command: str = "SELECT", app: str = "psql") -> dict[str, Any]:
    line = HEAD.format(app=app) + f'AUDIT: SESSION,1,1,READ,{command},,,"{statement}",<not logged>,{rows}'
    frame = completed(parse_bytes(find_format("pgaudit"), line.encode(), ParseOptions()), "pgaudit")
    return with_exposure(frame, lambda _: TABLES).row(0, named=True)


def test_a_statement_has_the_gravest_level_of_what_it_gave_out() -> None:
    row = touched("select p.phone, v.plate from hr.person p, public.v v")
    assert (row["guanlan.level"], row["guanlan.level_rank"]) == ("G3", 3)
    assert row["guanlan.types"] == ["mobile", "plate"]
    assert row["guanlan.tables"] == ["hr.person", "public.v"]


def test_of_a_table_above_no_column_is_named_that_the_statement_did_not_say() -> None:
    above = KnownTable("hr.person", 5000, PERSON.columns, above=True)
    line = HEAD.format(app="psql") + 'AUDIT: SESSION,1,1,READ,SELECT,,,"{}",<not logged>,7'
    for statement, columns in (
        ("select * from hr.person", ["hr.person.*"]),
        ("select PHONE from hr.person", ["hr.person.phone"]),
    ):
        text = line.format(statement).encode()
        frame = completed(parse_bytes(find_format("pgaudit"), text, ParseOptions()), "pgaudit")
        row = with_exposure(frame, lambda _: {"hr.person": [above]}).row(0, named=True)
        assert (row["guanlan.columns"], row["guanlan.level"]) == (columns, "G3")


def test_a_statement_is_joined_with_the_database_its_record_names() -> None:
    lines = "".join(
        HEAD.format(app="psql").replace("db=transport", f"db={name}")
        + 'AUDIT: SESSION,1,1,READ,SELECT,,,"select phone from hr.person",<not logged>,7\n'
        for name in ("transport", "other", "transport")
    )
    frame = completed(parse_bytes(find_format("pgaudit"), lines.encode(), ParseOptions()), "pgaudit")
    joined = with_exposure(frame, lambda name: TABLES if name == "transport" else {})
    assert joined["guanlan.level"].to_list() == ["G3", None, "G3"]


def test_what_is_only_counted_or_compared_is_not_given_out() -> None:
    assert touched("select count(phone) from hr.person")["guanlan.level"] is None
    assert touched("select name from hr.person where phone = '1'")["guanlan.types"] == []


def test_rows_that_pgaudit_counts_are_measured() -> None:
    row = touched("select phone from person")
    assert (row["guanlan.rows"], row["guanlan.rows_basis"], row["guanlan.rows_bound"]) == (7, "measured", None)


@pytest.mark.parametrize(
    ("statement", "command", "app", "bound"),
    [
        ("COPY hr.person TO STDOUT", "COPY", "psql", 5000),
        ("COPY (select phone from hr.person limit 30) TO STDOUT", "COPY", "psql", 30),
        ("FETCH 200 FROM c", "FETCH", "psql", 200),
        ("select phone from hr.person", "SELECT", "pg_dump", 5000),
        ("COPY unknown_table TO STDOUT", "COPY", "psql", None),
    ],
)
def test_rows_that_it_cannot_count_are_unknown_and_bounded(
    statement: str, command: str, app: str, bound: int | None
) -> None:
    row = touched(statement, 0, command, app)
    assert (row["guanlan.rows"], row["guanlan.rows_basis"], row["guanlan.rows_bound"]) == (None, "unknown", bound)


def test_a_dump_is_an_export() -> None:
    assert touched("COPY hr.person TO STDOUT", 0, "COPY")["guanlan.export"] is True
    assert touched("select 1")["guanlan.export"] is False


def test_nothing_sensitive_is_stored_in_clear(at_work: Installation) -> None:
    with at_work.database.write() as session:
        entry = AccountEntry("440000", "alice", "window", person="S-1")
        map_accounts(session, operator_actor(session), [entry])
    statement = "select phone from hr.person where name = '张三' and phone = '13800138000' and id = 440106199001011234"
    lines = (
        HEAD.format(app="psql") + f'AUDIT: SESSION,1,1,READ,SELECT,TABLE,hr.person,"{statement}","张三,13800138000",1\n'
        + HEAD.format(app="psql").replace("LOG:", "DETAIL:") + "Key (name)=(张三) already exists.\n"
        + HEAD.format(app="psql").replace("LOG:", "STATEMENT:") + f"{statement}\n"
    )  # fmt: skip
    at_work.send(lines.encode(), name="pgaudit")
    at_work.work()
    stored = at_work.stored(*(name for name in EVENT_TYPES if name != "guanlan.tokens"))
    text = orjson.dumps(stored, default=str).decode()
    assert [word for word in ("张三", "13800138000", "440106199001011234") if word in text] == []
    assert {(row["guanlan.person"], row["guanlan.post"], row["guanlan.inside"]) for row in stored} == {
        ("S-1", "window", True)
    }


def test_the_sealed_original_is_what_came(at_work: Installation) -> None:
    from sqlalchemy import select

    from audit.ingest.models import IngestBatch
    from audit.ingest.spool import Place

    body = (HEAD.format(app="psql") + "statement: select '张三'\n").encode()
    at_work.send(body, name="pgaudit")
    at_work.spool.close()
    at_work.work()
    with at_work.database.read() as session:
        batch = session.scalars(select(IngestBatch)).one()
    assert at_work.spool.read(Place(batch.segment, batch.position)) == body


def test_networks_are_told_from_addresses() -> None:
    addresses = pl.Series(["10.1.1.1", "8.8.8.8", None, "::1", "2001::1", "x", "172.32.0.1", "999.1.1.1", "10.1.1.01"])
    networks = ("10.0.0.0/8", "172.16.0.0/12", "::1/128")
    assert inside_of(addresses, networks).to_list() == [True, False, None, True, False, None, False, None, None]


@given(st.ip_addresses(v=4), st.integers(0, 2**32 - 1), st.integers(0, 32), st.booleans())
def test_an_address_is_in_the_networks_that_hold_it(address: IPv4Address, base: int, length: int, near: bool) -> None:
    network = ip_network((int(address) ^ (base % 512) if near else base, length), strict=False)
    assert inside_of(pl.Series([str(address)]), (str(network),)).to_list() == [address in network]


def _instant(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


@given(st.lists(st.integers(1_704_067_200, 1_798_675_200).map(_instant), min_size=1))
def test_hours_are_those_of_the_centres_clock(times: list[datetime]) -> None:
    said = off_hours(pl.Series(times, dtype=pl.Datetime("us", "UTC")), ZoneInfo("Asia/Shanghai"))
    local = [at.astimezone(ZoneInfo("Asia/Shanghai")) for at in times]
    assert said.to_list() == [not (is_workday(at.date()) and 8 <= at.hour < 19) for at in local]


def test_rest_days_are_those_of_the_chinese_calendar() -> None:
    days = [datetime(2026, 10, 1, tzinfo=UTC), datetime(2026, 11, 22, tzinfo=UTC), datetime(2026, 11, 23, tzinfo=UTC)]
    assert [is_workday(day.date()) for day in days] == [False, False, True]
