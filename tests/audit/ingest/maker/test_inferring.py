"""What is proposed for logs of made-up products that resemble none shipped: it passes its check, and reads the lines."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audit.ingest.formats import ParseOptions, parse_bytes
from audit.ingest.formats.own import own_format
from audit.ingest.maker.check import check_one
from audit.ingest.maker.inferring import inferred
from audit.ingest.maker.mapping import field_rows, with_choices
from audit.ingest.maker.pasted import Pasted, pasted
from audit.ingest.maker.preview import previewed, read_lines
from audit.ingest.maker.toml_text import read, written

NAMED = {"id": "made", "zh": "拟", "en": "Made"}


def lines(make: Any) -> str:
    return "\n".join(make(number) for number in range(6))


def said(n: int) -> str:
    return ("ok", "fail")[n % 2]


def code(n: int) -> int:
    return (200, 404)[n % 2]


#: product → its lines, how they are read, and what of the last line must be found
PRODUCTS: dict[str, tuple[str, str, dict[str, Any]]] = {
    "a quay's gate, JSON": (
        lines(lambda n: f'{{"ts":"2026-11-22T10:00:0{n}Z","usr":{{"name":"clerk{n}"}},"peer":"10.1.2.{n}","op":"export","result":"{said(n)}","pwd":"x{n}"}}'),
        "json",
        {"actor.user.name": "clerk5", "src_endpoint.ip": "10.1.2.5", "api.operation": "export", "status_id": 2, "class_uid": 6003},
    ),
    "a bridge's tolls, key=value": (
        lines(lambda n: f'at="2026-11-22 10:00:0{n}" who=clerk{n} from=10.1.2.{n} act=login result={said(n)} cost={n * 7}'),
        "pairs",
        {"actor.user.name": "clerk5", "src_endpoint.ip": "10.1.2.5", "class_uid": 3002, "status_id": 2, "duration": 35},
    ),
    "an archive, CSV with a head": (
        "时间,用户,IP,操作,对象,字节\n" + lines(lambda n: f"2026-11-22 10:00:0{n},张三{n},10.1.2.{n},下载,/data/f{n}.csv,{n * 100}"),
        "csv",
        {"actor.user.name": "张三5", "src_endpoint.ip": "10.1.2.5", "file.path": "/data/f5.csv", "traffic.bytes_out": 500},
    ),
    "an archive, CSV with quotes and no head": (
        lines(lambda n: f'2026-11-22 10:00:0{n},clerk{n},10.1.2.{n},"select a, b from staff where id={n}",{n}'),
        "csv",
        {"actor.user.name": "clerk5", "query_info.query_string": "select a, b from staff where id=5", "class_uid": 6005},
    ),
    "a store's statements, tabs": (
        lines(lambda n: f"2026-11-22\t10:00:0{n}\tclerk{n}\t10.1.2.{n}\tselect name from staff where id={n}\t{n * 100}"),
        "table",
        {"query_info.query_string": "select name from staff where id=5", "api.operation": "SELECT", "class_uid": 6005},
    ),
    "a barrier, bars and a count of seconds": (
        lines(lambda n: f"179531280{n}|gate7|clerk{n}|10.1.2.{n}|OPEN|0"),
        "table",
        {"actor.user.name": "clerk5", "src_endpoint.ip": "10.1.2.5"},
    ),
    "a portal's requests, in its own order": (
        lines(lambda n: f'[22/Nov/2026:10:00:0{n} +0800] gw7 10.1.2.{n} clerk{n} "GET /permits/{n}?x=1 HTTP/1.1" {code(n)} {n * 1000} "Mozilla/5.0 (X11)"'),
        "pattern",
        {"http_request.url.path": "/permits/5", "http_response.code": 404, "status_id": 2, "traffic.bytes_out": 5000, "class_uid": 4002},
    ),
    "a program's own lines, with a level and loose words": (
        lines(lambda n: f"2026-11-22 10:00:0{n},123 INFO [worker-{n}] Ferry: user clerk{n} opened permit {n}"),
        "pattern",
        {"actor.user.name": "clerk5"},
    ),
    "a daemon behind syslog": (
        lines(lambda n: f"Nov 22 10:00:0{n} gate7 ferryd[{n}]: user=clerk{n} addr=10.1.2.{n} action=open"),
        "pattern",
        {"actor.user.name": "clerk5", "src_endpoint.ip": "10.1.2.5", "actor.app_name": "ferryd", "dst_endpoint.hostname": "gate7"},
    ),
    "a firewall of no known maker, CEF": (
        lines(lambda n: f"CEF:0|Ferry|Gate|1.0|100|Login|5|src=10.1.2.{n} suser=clerk{n} rt=179531280{n}000 outcome=failure"),
        "cef",
        {"actor.user.name": "clerk5", "src_endpoint.ip": "10.1.2.5", "status_id": 2},
    ),
}  # fmt: skip


def proposed(text: str) -> dict[str, Any]:
    """What is proposed for a log, with names."""
    found = inferred(pasted(text))
    assert found is not None
    return {**NAMED, **found}


@pytest.mark.parametrize("name", PRODUCTS)
def test_what_is_proposed_passes_its_check_and_reads_every_line(name: str) -> None:
    text, reader, wanted = PRODUCTS[name]
    found = inferred(pasted(text))
    assert found is not None
    table: dict[str, Any] = {**NAMED, **found}
    assert check_one(table) == []
    assert table.get("reader") == reader
    parsed = parse_bytes(own_format("440000", table).format, f"{text}\n".encode(), ParseOptions())
    assert parsed["error"].null_count() == parsed.height == 6
    last = parsed.row(-1, named=True)
    assert {key: last[key] for key in wanted} == wanted
    assert last["time"].strftime("%Y-%m-%d %M:%S") == "2026-11-22 00:05"


@pytest.mark.parametrize("name", PRODUCTS)
def test_what_is_proposed_is_the_same_as_a_file(name: str) -> None:
    found = proposed(PRODUCTS[name][0])
    assert read(written(found)) == found


def test_the_head_of_a_table_is_no_record() -> None:
    text, _, _ = PRODUCTS["an archive, CSV with a head"]
    seen = previewed("440000", proposed(text), pasted(text))
    assert (seen.read, seen.records) == (6, 6)
    assert seen.lines[0].number == 2


def test_a_password_is_left_out_of_the_event() -> None:
    text, _, _ = PRODUCTS["a quay's gate, JSON"]
    found = proposed(text)
    assert found["secret"] == ["pwd"]
    assert "x5" not in str(previewed("440000", found, pasted(text)).lines[-1].rest)


def test_every_field_is_shown_with_an_example_and_what_it_becomes() -> None:
    text, _, _ = PRODUCTS["a bridge's tolls, key=value"]
    rows = {row.name: (row.example, row.to) for row in field_rows(proposed(text), pasted(text))}
    assert rows["who"] == ("clerk0", "actor.user.name")
    assert rows["at"][1] == "time"
    assert rows["result"] == ("ok", "")


def test_two_fields_that_are_the_time_together_stay_so_and_a_choice_moves_it() -> None:
    table = proposed(PRODUCTS["a store's statements, tabs"][0])
    day, clock = table["time"][0].split("+")
    same = with_choices(table, [(day, "time"), (clock, "time")])
    assert same["time"] == table["time"]
    assert with_choices(table, [(day, "message"), (clock, "time")])["time"] == [clock]


def test_lines_without_anything_propose_nothing() -> None:
    assert inferred(Pasted(())) is None
    assert inferred(pasted("\n \n")) is None


WORDS = st.sampled_from(
    ["2026-11-22", "10:00:00", "10.1.2.3", "GET /a HTTP/1.1", '"', "[", "]", "=", "user=a", "{", "}", "a:1", "|", ",", "\t", " ", "\x00",
     "é", "乱", "(", "\\", "%", "-", "CEF:0|a|b|c|d|e|5|", "<13>Nov 22 10:00:00 h p[1]: ", "LEEF:1.0|", "#fields"]
)  # fmt: skip
LINE = st.text(max_size=60) | st.lists(WORDS, max_size=12).map("".join)


@settings(max_examples=80, deadline=None)
@given(st.lists(LINE, max_size=8))
def test_any_text_is_read_or_refused_and_never_raises(held: list[str]) -> None:
    given_lines = pasted("\n".join(held))
    found = inferred(given_lines)
    if found is None:
        return
    table: dict[str, Any] = {**NAMED, **found}
    if not check_one(table):
        assert all(one.error or one.time for one in read_lines("440000", table, given_lines, ParseOptions()))
        field_rows(table, given_lines)
    assert isinstance(written(table), str)


@settings(max_examples=40, deadline=None)
@given(st.lists(LINE, max_size=8), st.sampled_from(sorted(PRODUCTS)))
def test_any_text_is_previewed_by_any_format(held: list[str], name: str) -> None:
    table = proposed(PRODUCTS[name][0])
    assert all(one.error or one.time for one in read_lines("440000", table, pasted("\n".join(held)), ParseOptions()))
