"""Which pages are measured: all that there are rows for, those of what logs name among them."""

import pyarrow as pa
from apiflask import APIFlask

from dashboards.bench_pages import every_page, named_by_logs
from soc.db import Database
from soc.logstore import open_store
from soc.ocsf.schema import EVENT_SCHEMA
from tests.browsing import SignIn, app, client, sign_in  # noqa: F401 - fixtures
from tests.conftest import NOON


def stored(database: Database) -> None:
    """Two events, one of them of a busier table."""
    shared = {
        "guanlan.batch": "b", "guanlan.org": "440000", "time": NOON, "metadata.log_name": "pgaudit", "class_uid": 6005,
        "src_endpoint.ip": "10.0.0.1", "actor.app_name": "portal",
    }  # fmt: skip
    rows = [
        shared | {"metadata.uid": f"e{number}", "guanlan.position": number, "guanlan.tables": [table]}
        for number, table in enumerate(("public.much", "public.much", "public.little"))
    ]
    open_store(database.settings).append(pa.Table.from_pylist(rows, schema=EVENT_SCHEMA), batch="b")


def test_pages_and_parts_of_what_the_logs_name_are_asked_for_and_answer(
    app: APIFlask,  # noqa: F811
    database: Database,
    sign_in: SignIn,  # noqa: F811
) -> None:
    stored(database)
    named = named_by_logs(app, database.settings, open_store(database.settings))
    assert {name.partition(".")[2] for name in named} == {
        "table",
        "address",
        "application",
        "people",
        "reached",
        "shapes",
        "days",
        "peers",
        "hits",
    }
    with database.read() as session:
        pages = every_page(app, session, named)
    asked = {page.path: page.role for page in pages.asked}
    for path in named.values():
        assert sign_in(asked[path]).get(path).status_code == 200
    assert "public.much" in sign_in(asked[named["entities.table"]]).get(named["entities.table"]).text
    prefix = "/alerts/entities/"
    routes = (route for route in app.url_map.iter_rules() if route.rule.startswith(prefix))
    rules = {route.rule for route in routes if "GET" in (route.methods or ())}
    # the page of an alert's entity is left: there is no alert here
    assert rules - {page.name for page in pages.asked} == {f"{prefix}<string:entity>"}


def test_logs_that_name_nothing_leave_their_pages_out_and_say_so(app: APIFlask, database: Database) -> None:  # noqa: F811
    named = named_by_logs(app, database.settings, open_store(database.settings))
    assert named == {}
    with database.read() as session:
        missing = every_page(app, session, named).without_rows
    assert [rule for rule in missing if rule.startswith("/alerts/entities/tables")]
