"""Reading PostgreSQL's server log with pgaudit's lines."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.audit.ingest.formats.reading import lines, parsed

HEAD = "2026-11-22 10:00:00.123 CST [1234] user=alice,db=transport,app=psql,host=10.1.1.1,session=65a.1 LOG:  "


def one(text: str, **options: object) -> dict[str, object]:
    (found,) = parsed("pgaudit", text, **options)
    return found


def as_logged(statement: str) -> str:
    """Write a statement as pgaudit and the server do."""
    quoted = '"' + statement.replace('"', '""') + '"' if any(mark in statement for mark in '",\n\r') else statement
    return quoted.replace("\n", "\n\t")


def test_an_audit_line_gives_pgaudits_fields() -> None:
    (found,) = lines(
        "pgaudit", HEAD + 'AUDIT: SESSION,3,1,READ,SELECT,TABLE,public.t,"select a, b from t",<not logged>,12'
    )
    assert found["unmapped"]["pgaudit"] == {
        "audit_type": "SESSION", "statement_id": 3, "substatement_id": 1, "class": "READ", "command": "SELECT",
        "object_type": "TABLE", "object_name": "public.t", "statement": "select a, b from t",
        "parameter": "<not logged>", "rows": 12,
    }  # fmt: skip
    assert (found["actor"]["user"]["name"], found["database"]["name"]) == ("alice", "transport")
    assert (found["class_uid"], found["activity_id"], found["time"]) == (6005, 1, 1795312800123)


def test_fields_that_are_empty_are_left_out() -> None:
    (found,) = lines("pgaudit", HEAD + "AUDIT: SESSION,1,1,MISC,SHOW,,,show x,<none>", "ecs")
    assert "pgaudit.object_name" not in found
    assert found["pgaudit.statement"] == "show x"


def test_of_the_tab_after_a_newline_one_is_the_servers() -> None:
    row = one(HEAD + 'AUDIT: SESSION,1,1,READ,SELECT,,,"select 1\n\t\n\t\tfrom t",<none>')
    assert row["+pgaudit.statement"] == "select 1\n\n\tfrom t"


@given(
    st.text(st.characters(codec="utf-8", exclude_characters="\r\x00\x85\u2028\u2029\x0b\x0c\x1c\x1d\x1e"), min_size=1)
)
def test_every_statement_comes_back_as_it_was(statement: str) -> None:
    rows = parsed("pgaudit", HEAD + "AUDIT: SESSION,1,1,READ,SELECT,,," + as_logged(statement) + ",<none>,4\n")
    assert [(row["+pgaudit.statement"], row["+pgaudit.rows"]) for row in rows] == [(statement, 4)]


@pytest.mark.parametrize(
    ("head", "user", "database"),
    [
        ("2026-11-22 10:00:00.123 CST [12] alice@tr ", "alice", "tr"),
        ("2026-11-22 10:00:00 CST [12]: [3-1] user=alice,db=tr,app=psql,client=10.1.1.1 ", "alice", "tr"),
        ("2026-11-22 02:00:00 UTC:10.0.0.9(5432):alice@tr:[123]:", "alice", "tr"),
        ("Nov 22 10:00:00 db1 postgres[12]: [5-1] 2026-11-22 10:00:00 CST [12] alice@tr ", "alice", "tr"),
        ("1795312800.123 [12] alice@tr ", "alice", "tr"),
        ("2026-11-22 10:00:00 CST [12] ", None, None),
    ],
)
def test_usual_prefixes_are_recognised(head: str, user: str | None, database: str | None) -> None:
    row = one(head + "LOG:  AUDIT: SESSION,1,1,READ,SELECT,,,select 1,<none>")
    assert (row["actor.user.name"], row["database.name"], row["error"]) == (user, database, None)
    assert row["time"].replace(microsecond=0) == datetime(2026, 11, 22, 2, 0, tzinfo=UTC)  # type: ignore[attr-defined]


def test_a_prefix_that_is_given_is_followed_exactly() -> None:
    row = one("[12] <bob|tr|10.0.0.1> 2026-11-22 10:00:00 +08 LOG:  hello", prefix="[%p] <%u|%d|%h> %t ")
    assert (row["actor.user.name"], row["src_endpoint.ip"], row["message"]) == ("bob", "10.0.0.1", "hello")


@pytest.mark.parametrize(
    ("message", "class_uid", "activity"),
    [
        ("connection authorized: user=carol database=tr application_name=psql", 3002, 1),
        ("disconnection: session time: 0:00:00.012 user=carol database=tr host=10.2.3.4 port=5566", 3002, 2),
        ("statement: COPY t TO STDOUT", 6005, 1),
        ("duration: 37.118 ms  statement: DELETE FROM t", 6005, 7),
        ("checkpoint starting: time", 0, 0),
    ],
)
def test_the_servers_own_lines_have_their_class(message: str, class_uid: int, activity: int) -> None:
    row = one(f"2026-11-22 10:00:00.123 CST [12] LOG:  {message}")
    assert (row["class_uid"], row["activity_id"]) == (class_uid, activity)


def test_chinese_severities_are_known() -> None:
    row = one('2026-11-22 10:00:00 CST [5] 致命错误:  password authentication failed for user "eve"')
    assert (row["actor.user.name"], row["severity_id"], row["status_id"], row["class_uid"]) == ("eve", 4, 2, 3002)


@pytest.mark.parametrize(
    ("zone", "hour"), [("CST", 2), ("UTC", 10), ("+08", 2), ("EST", 15), ("Europe/Berlin", 9), ("CEST", 8)]
)
def test_zones_by_name(zone: str, hour: int) -> None:
    assert one(f"2026-11-22 10:00:00 {zone} [5] LOG:  x")["time"].hour == hour  # type: ignore[attr-defined]


def test_an_abbreviation_of_the_given_zone_is_that_zones() -> None:
    row = one("2026-11-22 10:00:00 CST [5] LOG:  x", timezone="America/Chicago")
    assert row["time"] == datetime(2026, 11, 22, 16, 0, tzinfo=UTC)


def test_strangers_are_errors_line_by_line_and_the_rest_is_read() -> None:
    text = f'{HEAD}one\ngarbage\n\ttabbed\n\n{HEAD}AUDIT: SESSION,1,1,READ,SELECT,,,"select\n{HEAD}two\n'
    found = lines("pgaudit", text)
    assert [one.get("line") for one in found] == [None, 1, 2, 4, None]


def test_a_prefix_without_an_instant_has_that_of_syslog() -> None:
    line = (
        "Nov 22 10:00:00 10.9.9.9 postgres[12]: [3-1] user=app,db=hr,client=10.1.2.3 LOG:  "
        "AUDIT: SESSION,1,1,READ,SELECT,TABLE,public.staff,select name from staff,<none>"
    )
    (found,) = parsed("pgaudit", line)
    assert found["error"] is None
    named = found["actor.user.name"], found["database.name"], found["src_endpoint.ip"], found["+postgresql.pid"]
    assert named == ("app", "hr", "10.1.2.3", 12)
    assert (found["time"].month, found["time"].day, found["time"].hour) == (11, 22, 2)
