"""Reading nginx's access log."""

from datetime import UTC, datetime

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from audit.ingest.formats import ParseOptions, nginx
from tests.audit.ingest.formats.reading import lines, parsed

AT = "[22/Nov/2026:10:00:00 +0800]"


def one(line: str) -> dict[str, object]:
    (found,) = parsed("nginx", line)
    return found


def test_a_combined_line_gives_all_its_fields() -> None:
    row = one(f'10.1.2.3 - alice {AT} "GET /a/b?x=1&y=?2 HTTP/1.1" 200 512 "https://portal/" "curl/8.0"')
    assert row["time"] == datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
    assert (row["src_endpoint.ip"], row["actor.user.name"]) == ("10.1.2.3", "alice")
    assert (row["http_request.url.path"], row["http_request.url.query_string"]) == ("/a/b", "x=1&y=?2")
    assert (row["http_response.code"], row["traffic.bytes_out"], row["status_id"]) == (200, 512, 1)
    assert (row["http_request.referrer"], row["http_request.user_agent"]) == ("https://portal/", "curl/8.0")
    assert (row["class_uid"], row["activity_id"], row["error"]) == (4002, 3, None)


def test_a_dash_is_nothing() -> None:
    row = one(f'10.1.2.3 - - {AT} "GET / HTTP/1.1" 304 - "-" "-"')
    absent = ("actor.user.name", "traffic.bytes_out", "http_request.referrer", "http_request.user_agent")
    assert [row[name] for name in absent] == [None] * 4


def test_the_common_format_is_read_as_well() -> None:
    row = one(f'10.1.2.3 - - {AT} "POST /x HTTP/2.0" 499 7')
    assert (row["http_request.http_method"], row["http_response.code"], row["error"]) == ("POST", 499, None)


def test_escaped_quotes_end_no_field() -> None:
    row = one(rf'::1 - - {AT} "GET /a\"b?c=\"d HTTP/1.1" 200 1 "http://x/\"y" "ag\"ent"')
    assert (row["http_request.url.path"], row["http_request.user_agent"]) == (r"/a\"b", r"ag\"ent")
    assert row["src_endpoint.ip"] == "::1"


@pytest.mark.parametrize("request_line", [r"\x16\x03\x01\x02", "", "hello", "-"])
def test_a_request_that_is_none_is_still_a_record(request_line: str) -> None:
    row = one(f'10.1.2.3 - - {AT} "{request_line}" 400 157 "-" "-"')
    assert (row["error"], row["http_request.http_method"]) == (None, None)
    assert (row["+http.request"], row["activity_id"], row["status_id"]) == (request_line, 0, 2)


def test_of_several_addresses_the_first_public_one_is_the_source() -> None:
    row = one(f'example.com:80 "10.5.102.222, 175.16.199.1" 10.2.1.185 - - {AT} "GET /a HTTP/1.1" 200 5 "-" "A"')
    assert (row["src_endpoint.ip"], row["dst_endpoint.hostname"]) == ("175.16.199.1", "example.com")


def test_a_line_cut_in_half_is_an_error_with_its_number() -> None:
    good = f'10.1.2.3 - - {AT} "GET / HTTP/1.1" 200 1 "-" "-"'
    found = lines("nginx", f"{good}\n\n{good[:40]}\n{good}\n")
    assert [("error" in one, one.get("line")) for one in found] == [(False, None), (True, 2), (False, None)]
    assert found[1]["raw"] == good[:40]


def test_a_date_that_does_not_exist_is_an_error() -> None:
    assert one('10.1.2.3 - - [31/Feb/2026:10:00:00 +0800] "GET / HTTP/1.1" 200 1 "-" "-"')["error"] == "ingest.bad.time"


def test_a_very_long_line_is_one_record() -> None:
    row = one(f'10.1.2.3 - - {AT} "GET /{"a" * 200_000} HTTP/1.1" 414 1 "-" "-"')
    assert len(str(row["http_request.url.path"])) == 200_001


def test_ecs_names_are_flat() -> None:
    (found,) = lines("nginx", f'10.1.2.3 - - {AT} "GET /a?b=1 HTTP/1.1" 200 5 "-" "x"', "ecs")
    assert (found["event.dataset"], found["@timestamp"]) == ("nginx", "2026-11-22T02:00:00.000Z")
    assert (found["url.original"], found["http.response.status_code"], found["source.ip"]) == (
        "/a?b=1",
        200,
        "10.1.2.3",
    )


_PIECES = st.sampled_from(
    [
        "10.1.2.3",
        " - ",
        "-",
        " ",
        '"',
        AT,
        "[",
        "] ",
        "GET",
        "get",
        " /a",
        "?x=1",
        "?",
        " HTTP/1.1",
        " HTTP/2",
        '" "',
        "\\",
        " 200 5 ",
        "200",
        " 1",
        "号",
        '" 200 5 "-" "curl"',
        "[22/Nov/2026:10:00:00 +08]0]",
        "[99/Nov/2026:10:00:00 +0800]",
    ]
)
_WHOLE = f'10.1.2.3 - a {AT} "GET /a?b=1?c HTTP/1.1" 200 5 "https://x/" "curl/8"'


@st.composite
def damaged_lines(draw: st.DrawFn) -> str:
    """A good line with a stretch of it replaced by pieces of others."""
    begin = draw(st.integers(0, len(_WHOLE)))
    end = draw(st.integers(begin, min(len(_WHOLE), begin + 12)))
    return _WHOLE[:begin] + "".join(draw(st.lists(_PIECES, max_size=3))) + _WHOLE[end:]


@given(st.lists(damaged_lines() | st.just(_WHOLE), min_size=1, max_size=12))
def test_cutting_a_line_finds_what_the_pattern_finds(texts: list[str]) -> None:
    records = pl.DataFrame({"line": range(len(texts)), "raw": texts})
    options = ParseOptions()
    by_pattern = nginx._events(nginx._by_pattern(records).sort("line"), options)
    assert_frame_equal(nginx.extract(records, options), by_pattern)


def test_a_site_before_the_client_gives_name_or_address_and_port() -> None:
    for site, name, address in (("a.cn:8080", "a.cn", None), ("10.9.9.9:8080", None, "10.9.9.9")):
        (found,) = lines("nginx", f'{site} 10.1.2.3 - - {AT} "GET /a HTTP/1.1" 200 5 "-" "x"', "ecs")
        ends = found.get("destination.domain"), found.get("destination.ip"), found["destination.port"]
        assert ends == (name, address, 8080)


def test_a_line_behind_a_syslog_head_is_read_as_without_it() -> None:
    line = f'10.1.2.3 - alice {AT} "GET /a?b=1 HTTP/1.1" 200 5 "-" "x"'
    heads = ("<190>Nov 22 10:00:00 web nginx: ", "<190>1 2026-11-22T10:00:00+08:00 web nginx 7 - - ")
    plain = parsed("nginx", line)[0]
    for head in heads:
        (found,) = parsed("nginx", head + line)
        assert {**found, "raw": line} == plain


def test_what_ingress_nginx_adds_is_read() -> None:
    head = '10.1.2.3 - alice [22/Nov/2026:10:00:00 +0800] "GET /a HTTP/1.1" 502 12 "-" "curl/8" 91 0.004 '
    one = lines("nginx", head + "[hr-web-80] [] 10.2.0.7:80, 10.2.0.8:80 0, 12 0.001, 0.003 504, 502 7f3a\n", "ecs")[0]
    head = "nginx.ingress_controller."
    assert (one["http.request.id"], one[head + "upstream.name"]) == ("7f3a", "hr-web-80")
    assert one[head + "upstream_address_list"] == ["10.2.0.7:80", "10.2.0.8:80"]
    assert one[head + "upstream.response.status_code_list"] == ["504", "502"]
    assert (one["http.response.status_code"], one[head + "http.request.time"]) == (502, 0.004)


def test_a_request_that_reached_no_upstream_has_none() -> None:
    line = '10.1.2.3 - - [22/Nov/2026:10:00:00 +0800] "PUTx /a HTTP/1.1" 400 163 "-" "-" 0 0.000 [] [] - - - - 7f3a\n'
    (one,) = lines("nginx", line, "ecs")
    assert (one["http.request.id"], one["http.response.status_code"]) == ("7f3a", 400)
    assert not any("upstream" in name for name in one)
