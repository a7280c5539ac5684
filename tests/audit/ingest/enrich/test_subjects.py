"""Whom an event looked up: the same person in any writing, log and place is one token, and no value is stored."""

import json
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit.ingest.enrich.business import _told
from soc.crypto import ring_of
from soc.subjects import TYPES, subject_of
from soc.subjects.tokens import tokens_of
from tests.audit.ingest.at_work import Installation

RESIDENT = "11010519491231002X"
MOBILE = "13800138000"
PLATE = "粤B12345"
USCC = "91350100M000100Y43"
CARD = "6222021234567890128"
HEAD = "2026-11-23 10:00:00.123 CST [1234] user=zhang,db=transport,app=psql,host=10.1.1.1,session=65a.1 LOG:  "


def pgaudit(statement: str, parameters: str = "<not logged>") -> bytes:
    return f'{HEAD}AUDIT: SESSION,1,1,READ,SELECT,,,"{statement}",{parameters},1\n'.encode()


def web(target: str) -> bytes:
    return f'10.0.0.1 - zhang [23/Nov/2026:10:00:00 +0800] "GET {target} HTTP/1.1" 200 5 "-" "x"\n'.encode()


def mysql(statement: str) -> bytes:
    return (
        "# Time: 2026-11-23T02:00:00.000000Z\n# User@Host: zhang[zhang] @  [10.1.1.1]  Id:     8\n"
        "# Query_time: 0.1  Lock_time: 0.0 Rows_sent: 1  Rows_examined: 1\n"
        f"SET timestamp=1795399200;\n{statement};\n"
    ).encode()


def token(at_work: Installation, value: str) -> str:
    found = subject_of(value)
    assert found is not None
    return tokens_of(at_work.database.settings, found)[0]


def stored(at_work: Installation, *lines: tuple[str, bytes]) -> list[dict[str, Any]]:
    for name, line in lines:
        at_work.send(line, name=name)
    at_work.work()
    return list(
        at_work.stored(
            "guanlan.subjects", "guanlan.business", "raw_data", "message", "unmapped", "query_info.query_string"
        )
    )


@pytest.mark.parametrize(
    ("name", "line", "value"),
    [
        ("pgaudit", pgaudit(f"select * from people where id_no = '{RESIDENT}'"), RESIDENT),
        ("pgaudit", pgaudit(f"select * from people where id_no = '{RESIDENT.lower()}' limit 1"), RESIDENT),
        ("pgaudit", pgaudit("select * from people where id_no = $1", RESIDENT), RESIDENT),
        ("pgaudit", pgaudit("select * from people where phone = $1", '"+86 138-0013-8000,x"'), MOBILE),
        ("pgaudit", pgaudit("select * from cars where plate = '粤B·12345'"), PLATE),
        ("pgaudit", pgaudit(f"select * from firms where code = '{USCC.lower()}'"), USCC),
        ("pgaudit", pgaudit("select * from cards where no = '6222 0212 3456 7890 128'"), CARD),
        ("pgaudit", pgaudit("select * from people where id_no = '１１０１０５１９４９１２３１００２Ｘ'"), RESIDENT),
        ("mysql_slow", mysql(f'select * from people where phone = "{MOBILE}"'), MOBILE),
        ("mysql_slow", mysql(f"select * from people where phone = 86{MOBILE}"), MOBILE),
        ("nginx", web(f"/people?phone={MOBILE}&x=1"), MOBILE),
        ("nginx", web(f"/people/{RESIDENT}"), RESIDENT),
        ("nginx", web(f"/cars?no={quote(PLATE)}"), PLATE),
        ("nginx", web("/people?phone=138%200013%208000"), MOBILE),
    ],
)  # fmt: skip
def test_a_look_up_is_stored_as_the_values_token_and_never_as_the_value(
    at_work: Installation, name: str, line: bytes, value: str
) -> None:
    (row,) = stored(at_work, (name, line))
    assert row["guanlan.subjects"] == [token(at_work, value)]
    assert_unseen(row, value)


def assert_unseen(row: dict[str, Any], value: str) -> None:
    told = json.dumps(row, ensure_ascii=False).replace(" ", "").replace("-", "").lower()
    assert value.lower() not in told
    assert quote(value).lower() not in told


def test_what_postgresql_says_of_bound_parameters_is_a_token_and_no_name_or_value_of_them_is_stored(
    at_work: Installation,
) -> None:
    detail = f"{HEAD.replace('LOG:', 'DETAIL:')}parameters: $1 = '{RESIDENT}', $2 = 'O''张三', $3 = NULL\n"
    (row,) = stored(at_work, ("pgaudit", detail.encode()))
    assert row["guanlan.subjects"] == [token(at_work, RESIDENT)]
    assert row["message"] == "parameters: $1 = '?', $2 = '?', $3 = NULL"
    assert_unseen(row, RESIDENT)
    assert_unseen(row, "张三")


def test_of_several_each_is_told_once(at_work: Installation) -> None:
    line = pgaudit(f"select 1 from p where id in ('{RESIDENT}', '{RESIDENT}') or phone = {MOBILE}")
    (row,) = stored(at_work, ("pgaudit", line))
    assert row["guanlan.subjects"] == [token(at_work, RESIDENT), token(at_work, MOBILE)]


@pytest.mark.parametrize(
    "statement",
    [
        "select 1",
        "select * from p where id = 110105194912310021",
        "select * from t where ts = 1795399200123",
        "select * from p where uid = '8a1b13800138000c-77'",
    ],
)
def test_what_is_nobodys_number_has_no_token(at_work: Installation, statement: str) -> None:
    (row,) = stored(at_work, ("pgaudit", pgaudit(statement)))
    assert row["guanlan.subjects"] is None


def test_after_a_rotation_a_value_is_found_by_both_its_tokens(at_work: Installation) -> None:
    line = pgaudit(f"select * from people where id_no = '{RESIDENT}'")
    (before,) = stored(at_work, ("pgaudit", line))
    ring_of(at_work.database.settings).rotate("log.subject")
    both = stored(at_work, ("pgaudit", line + b" "))
    found = subject_of(RESIDENT)
    assert found is not None
    tokens = tokens_of(at_work.database.settings, found)
    assert len(set(tokens)) == 2
    assert {one for row in both for one in row["guanlan.subjects"]} == set(tokens)
    assert before["guanlan.subjects"] == [tokens[1]]


@pytest.mark.parametrize(
    ("statement", "parameters", "told"),
    [
        ("select 1 /* ticket=GD-2026-0042 */", "<not logged>", "GD-2026-0042"),
        ("select 1 from p where slbh = 'SL20261123001'", "<not logged>", "SL20261123001"),
        ("select 1 from p where x = $1 and slbh = $2", '"7,SL20261123001"', "SL20261123001"),
        ("select 1 from p where slbh = $1", "<not logged>", None),
        ("select 1 -- 工单号：GD20261123", "<not logged>", "GD20261123"),
        (f"select 1 from p where slbh = '{RESIDENT}'", "<not logged>", None),
        ("select 1 from p where slbh = 'none'", "<not logged>", None),
    ],
)
def test_the_business_number_is_told_where_one_is_said(
    at_work: Installation, statement: str, parameters: str, told: str | None
) -> None:
    (row,) = stored(at_work, ("pgaudit", pgaudit(statement, parameters)))
    assert row["guanlan.business"] == told


def test_a_page_tells_its_business_number_too(at_work: Installation) -> None:
    (row,) = stored(at_work, ("nginx", web(f"/people?phone={MOBILE}&ywbh=YW2026112301")))
    assert row["guanlan.business"] == "YW2026112301"


@given(st.text(max_size=80))
def test_a_business_number_is_never_a_subjects_value(text: str) -> None:
    told = _told(text)
    assert told is None or subject_of(told) is None


def test_every_type_is_one_of_the_catalogue() -> None:
    from soc.ledger.types import definitions

    assert set(TYPES) <= set(definitions())
