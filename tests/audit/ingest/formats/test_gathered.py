"""Fields gathered place by place: each record keeps its own, however many are read together."""

from typing import Any

import orjson
import pytest

from audit.ingest.format_samples import MAKERS
from audit.ingest.formats import ParseOptions, find_format, parse_bytes
from tests.audit.ingest.formats.reading import parsed

_AUDIT = {"kind": "Event", "auditID": "a1", "verb": "get", "requestReceivedTimestamp": "2026-11-22T02:00:00Z"}


def _audit(**more: Any) -> dict[str, Any]:
    told = _AUDIT | {"user": {"username": "clerk", "groups": ["all"]}} | more
    (row,) = parsed("kubernetes_audit", orjson.dumps(told))
    return row


def _rest(row: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = orjson.loads(row["+kubernetes_audit"])
    return found


def test_records_keep_their_order_and_a_broken_one_between_them_its_place() -> None:
    made = list(MAKERS["kubernetes_audit"](300))
    rows = parsed("kubernetes_audit", "\n".join([*made[:140], "{broken", *made[140:], '{"verb": 1}']))
    assert [at for at, row in enumerate(rows) if row["error"]] == [140, 301]
    told = [row["api.operation"] and _rest(row)["auditID"] for row in rows]
    asked = [orjson.loads(line)["auditID"] for line in made]
    assert told == [*asked[:140], None, *asked[140:], None]


@pytest.mark.parametrize("name", ["fortigate", "cef", "kubernetes_audit", "windows_xml"])
def test_lines_read_together_say_what_each_says_alone(name: str) -> None:
    made = list(MAKERS[name](200))
    log_format, options = find_format(name), ParseOptions()
    together = parse_bytes(log_format, "\n".join(made).encode(), options).drop("line").rows()
    assert together == [parse_bytes(log_format, one.encode(), options).drop("line").row(0) for one in made]


def test_what_an_attribute_takes_from_inside_an_object_is_taken_out_of_it_alone() -> None:
    row = _audit(sourceIPs=["10.1.2.3", "10.9.9.9"])
    assert (row["actor.user.name"], row["src_endpoint.ip"]) == ("clerk", "10.1.2.3")
    assert (_rest(row)["user"], _rest(row)["sourceIPs"]) == ({"groups": ["all"]}, ["10.1.2.3", "10.9.9.9"])


def test_zero_and_false_are_kept_beside_the_event_and_what_says_nothing_is_not() -> None:
    rest = _rest(_audit(retries=0, dry=False, stage="", level=None, annotations={}, items=[]))
    assert {name: rest[name] for name in ("retries", "dry", "items")} == {"retries": 0, "dry": False, "items": []}
    assert not {"stage", "level", "annotations"} & rest.keys()


def test_a_name_that_begins_with_an_equals_sign_is_none_of_the_log_s_fields() -> None:
    assert not {"=who", "=text"} & _rest(_audit(**{"=who": "x", "=text": "y"})).keys()


@pytest.mark.parametrize(
    ("value", "ip", "host"),
    [("10.1.2.3", "10.1.2.3", None), ("010.1.2.3", None, "010.1.2.3"), ("10.1.2.256", None, "10.1.2.256"),
     ("::ffff:10.1.2.3", "10.1.2.3", None), ("10.1.2.3:70", "10.1.2.3", None)],
)  # fmt: skip
def test_only_a_whole_address_is_an_address(value: str, ip: str | None, host: str | None) -> None:
    row = _audit(sourceIPs=[value])
    assert (row["src_endpoint.ip"], row["src_endpoint.hostname"]) == (ip, host)


@pytest.mark.parametrize("escaped", ["", 'note="a \\"b\\"" '])
def test_of_equal_keys_in_a_line_the_first_counts(escaped: str) -> None:
    (line,) = MAKERS["fortigate"](1)
    (row,) = parsed("fortigate", f"{line} {escaped}user=\"other\" dstintf='x'")
    assert row["actor.user.name"].startswith("clerk")
    assert orjson.loads(row["+fortigate"])["dstintf"] == "port2"
