"""Logs inside a container runtime's lines: read as what they hold, kept as they came."""

import io

import orjson
import pytest

from audit.ingest.files import pieces
from audit.ingest.formats import DECLARED, ParseOptions, find_format, parse_bytes
from audit.ingest.guess import guess_format
from tests.audit.ingest.formats.reading import lines, parsed
from tests.audit.ingest.formats.test_declared import SAMPLES

_AT = "2026-11-22T02:00:00.123456789Z"
_ACCESS = '10.1.2.3 - alice [22/Nov/2026:10:00:00 +0800] "GET /a?b=1 HTTP/1.1" 200 512 "-" "curl/8"'


def _docker(text: str, stream: str = "stdout") -> str:
    return "".join(
        orjson.dumps({"log": line, "stream": stream, "time": _AT}).decode() + "\n" for line in text.splitlines(True)
    )


def _cri(text: str) -> str:
    return "".join(f"{_AT} stdout F {line}" for line in text.splitlines(True))


@pytest.mark.parametrize("wrap", [_docker, _cri])
@pytest.mark.parametrize("name", [name for name in DECLARED if name not in {"apache", "syslog", "shipper_json"}])
def test_what_a_container_wrote_is_told_and_read_as_if_it_stood_alone(name: str, wrap: object) -> None:
    wrapped = wrap(SAMPLES[name])  # type: ignore[operator]
    found = guess_format(wrapped.encode(), ParseOptions())
    assert found is not None
    assert found.name == name
    alone, inside = parsed(name, SAMPLES[name]), parsed(name, wrapped)
    assert [{**row, "raw": ""} for row in inside] == [{**row, "raw": ""} for row in alone]


def test_a_record_keeps_the_lines_that_the_runtime_wrote() -> None:
    text = _docker(_ACCESS + "\n") * 2
    assert [row["raw"] for row in parsed("nginx", text)] == text.splitlines()


def test_a_statement_over_several_wrapped_lines_is_one_record() -> None:
    text = _cri("2026-11-22 10:00:00.123 CST [7] app@hr LOG:  statement: select *\n\tfrom staff\n")
    (row,) = parsed("pgaudit", text)
    assert row["query_info.query_string"] == "select *\nfrom staff"
    assert row["raw"] == text.rstrip("\n")


def test_a_line_that_docker_cut_is_one_again() -> None:
    cut = _docker(_ACCESS[:40]) + _docker("to stderr\n", "stderr") + _docker(_ACCESS[40:] + "\n")
    good, other = parsed("nginx", cut)
    assert (good["error"], good["actor.user.name"]) == (None, "alice")
    assert other["error"] == "ingest.bad.nginx"


def test_a_line_that_cri_cut_is_one_again() -> None:
    (row,) = parsed("nginx", f"{_AT} stdout P {_ACCESS[:40]}\n{_AT} stdout F {_ACCESS[40:]}\n")
    assert (row["error"], row["http_request.url.query_string"]) == (None, "b=1")


def test_output_of_no_known_format_says_what_when_and_where() -> None:
    text = _docker("ready in 7 s\n", "stderr") + "no such line\n"
    assert getattr(guess_format(text.encode(), ParseOptions()), "name", None) == "container"
    good, bad = lines("container", text, "ecs")
    assert (good["message"], good["stream"], good["@timestamp"]) == (
        "ready in 7 s",
        "stderr",
        "2026-11-22T02:00:00.123Z",
    )
    assert bad["raw"] == "no such line"


def test_a_shipper_s_own_document_is_not_unwrapped() -> None:
    document = {"log": _ACCESS, "stream": "stdout", "time": _AT, "@timestamp": _AT, "kubernetes": {"pod": "web-7"}}
    (row,) = parsed("shipper_json", orjson.dumps(document).decode() + "\n")
    assert "web-7" in row["+shipper_json"]


def test_a_wrapped_text_is_cut_between_lines_whatever_its_format() -> None:
    told = find_format("nginx_error")
    body = _docker("2026/11/22 10:00:00 [error] 1#1: *5 x, client: 10.1.2.3, server: a\n").encode() * 50
    found = list(pieces(io.BytesIO(body), told, size=1000))
    assert len(found) > 5
    assert sum(parse_bytes(told, piece.text, ParseOptions()).height for piece in found) == 50
