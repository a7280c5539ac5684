"""Each shipped rule fires on what it describes and keeps still on the ordinary event beside it."""

from datetime import UTC, datetime
from typing import Any

import polars as pl
import pytest

from detectors.sigma.compile import compile_rule
from detectors.sigma.flatten import flatten
from detectors.sigma.logsource import batch_filter
from detectors.sigma.rules import LIBRARY, match_flat, read_file
from detectors.sigma.source import BatchSource, FlatSource
from soc.ocsf.schema import EVENT_SCHEMA
from soc.yaml_text import read_yaml

DATABASE: dict[str, Any] = {
    "metadata.log_name": "pgaudit",
    "class_uid": 6005,
    "api.operation": "SELECT",
    "actor.user.name": "li.na",
    "actor.app_name": "office",
    "src_endpoint.ip": "10.1.2.3",
    "query_info.query_string": "SELECT name FROM t WHERE id = ?",
    "guanlan.rows": 12,
    "guanlan.level_rank": 4,
    "guanlan.level": "G4",
    "guanlan.export": False,
    "guanlan.off_hours": False,
    "guanlan.inside": True,
}
WEB: dict[str, Any] = {
    "metadata.log_name": "nginx",
    "class_uid": 4002,
    "http_request.http_method": "GET",
    "http_request.url.path": "/portal/index",
    "http_request.url.query_string": "page=1",
    "http_response.code": 200,
    "traffic.bytes_out": 5120,
    "src_endpoint.ip": "10.1.2.3",
}
CASES: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    ("bulk_read_of_graded_data", {"guanlan.rows": 32418}, {"guanlan.rows": 32418, "guanlan.level_rank": 2}),
    ("copy_out_of_graded_table", {"api.operation": "COPY", "guanlan.export": True}, {"api.operation": "COPY"}),
    ("dump_tool", {"actor.app_name": "pg_dump"}, {"actor.app_name": "my pg_dump viewer"}),
    (
        "into_outfile",
        {"query_info.query_string": "select * from t INTO OUTFILE '/tmp/x'"},
        {"query_info.query_string": "select outfile from t"},
    ),
    (
        "audit_switched_off",
        {"query_info.query_string": "ALTER SYSTEM SET pgaudit.log = 'none'"},
        {"query_info.query_string": "SHOW pgaudit.log"},
    ),
    ("rights_widened", {"api.operation": "GRANT"}, {"api.operation": "SELECT"}),
    (
        "export_off_hours",
        {"guanlan.export": True, "guanlan.off_hours": True},
        {"guanlan.export": True, "guanlan.off_hours": False},
    ),
    (
        "service_account_by_hand",
        {"actor.user.name": "svc_permit", "actor.app_name": "DBeaver 24.1"},
        {"actor.user.name": "svc_permit", "actor.app_name": "permit-server"},
    ),
    (
        "sql_injection_shape",
        {"http_request.url.query_string": "id=1%20UNION%20SELECT%20password"},
        {"http_request.url.query_string": "q=trade+union"},
    ),
    (
        "large_export_by_web",
        {"http_request.url.path": "/api/export/drivers", "traffic.bytes_out": 52_000_000},
        {"http_request.url.path": "/api/export/drivers", "traffic.bytes_out": 5_000},
    ),
    ("probe_for_backups", {"http_request.url.path": "/.env"}, {"http_request.url.path": "/environment"}),
    ("database_from_outside", {"guanlan.inside": False}, {"guanlan.inside": False, "src_endpoint.ip": "[local]"}),
]


def an_event(name: str, changes: dict[str, Any]) -> dict[str, Any]:
    web = name in {"sql_injection_shape", "large_export_by_web", "probe_for_backups"}
    fixed = {"metadata.uid": name, "guanlan.batch": "b", "guanlan.position": 0, "guanlan.org": "440000"}
    return {**fixed, "time": datetime(2026, 11, 20, 2, tzinfo=UTC), **(WEB if web else DATABASE), **changes}


def frame_of(*events: dict[str, Any]) -> pl.DataFrame:
    import pyarrow as pa

    rows = [{name: event.get(name) for name in EVENT_SCHEMA.names} for event in events]
    made = pl.from_arrow(pa.Table.from_pylist(rows, schema=EVENT_SCHEMA))
    assert isinstance(made, pl.DataFrame)
    return made


@pytest.mark.parametrize(("name", "positive", "negative"), CASES, ids=[case[0] for case in CASES])
def test_a_shipped_rule_fires_on_its_case_and_not_on_its_neighbour(
    name: str, positive: dict[str, Any], negative: dict[str, Any]
) -> None:
    (rule,) = read_file(LIBRARY / f"{name}.yml")
    assert rule.parsed is not None
    frame = frame_of(an_event(name, positive), an_event(name, negative), an_event(name, {}))
    expression = batch_filter(rule.parsed) & compile_rule(rule.parsed, BatchSource(frame))
    assert frame.select(expression.fill_null(value=False)).to_series().to_list() == [True, False, False]


@pytest.mark.parametrize(("name", "positive", "negative"), CASES, ids=[case[0] for case in CASES])
def test_a_batch_and_a_file_of_events_give_the_same_hits(
    name: str, positive: dict[str, Any], negative: dict[str, Any]
) -> None:
    from detectors.sigma.fields import TAXONOMY

    (rule,) = read_file(LIBRARY / f"{name}.yml")
    events = [an_event(name, positive), an_event(name, negative)]
    flats = [flatten({key: value for key, value in event.items() if key != "time"}) for event in events]
    assert match_flat([rule], FlatSource(flats, TAXONOMY))[0] == [0]


def test_a_rule_of_a_foreign_product_takes_no_event_of_ours() -> None:
    text = (
        "title: t\nlogsource: {product: windows, category: process_creation}\ndetection: {s: {x: null}, condition: s}"
    )
    from detectors.sigma.rules import read_document

    parsed = read_document("x", read_yaml(text)).parsed
    assert parsed is not None
    frame = frame_of(an_event("dump_tool", {}))
    expression = batch_filter(parsed) & compile_rule(parsed, BatchSource(frame))
    assert frame.select(expression.fill_null(value=False)).to_series().to_list() == [False]
