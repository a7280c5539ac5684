"""Script text in every text of every row and of an event: no page lets it run."""

from datetime import timedelta
from typing import Any

import pyarrow as pa
import pytest
from apiflask import APIFlask

from incidents.alerts.models import Alert
from soc.clock import now
from soc.db import Database, Model
from soc.identity.actor import Role
from soc.identity.models import Person, PersonRole
from soc.ocsf.schema import EVENT_SCHEMA
from soc.web.context import Kernel
from soc.web.guard import rule_of
from tests.browsing import SignIn
from tests.soc.web import rows

ORG = "440100"
EVIL = "\"'><script>alert(1)</script><img src=x onerror=alert(2)>{{7*'7'}}"
#: pages of what no row of a model is: by what they are asked for
_BY_NAME = {"logs.show": "evil-1", "logs.around": "evil-1", "alerts.entity": "evil-entity"}
_AS_FLYOUT = {"HX-Request": "true", "HX-Target": "flyout"}
_LIVE = ("<script>alert(1)", "<img src=x", "7777777")


@pytest.fixture
def evil(app: APIFlask, database: Database, monkeypatch: pytest.MonkeyPatch) -> dict[type[Model], object]:
    """A row of every model a page can open, and an event, with script in all their texts."""
    monkeypatch.setattr(rows, "marker", lambda _org: EVIL)
    made: dict[type[Model], object] = {}
    with database.write() as session:
        for route in app.url_map.iter_rules():
            rule = rule_of(app, route.endpoint)
            if rule is not None and rule.item not in {None, Person, *made}:
                assert rule.item is not None
                made[rule.item] = rows.make_row(session, rule.item, ORG).id  # type: ignore[attr-defined]
        session.query(Alert).update({Alert.entity: "evil-entity"})
    kernel: Kernel = app.extensions["guanlan"]
    kernel.open_store().append(pa.Table.from_pylist([_event()], schema=EVENT_SCHEMA), batch="evil")
    kernel.open_store().refresh()
    return made


def _event() -> dict[str, Any]:
    texts = (
        "actor.user.name",
        "http_request.user_agent",
        "http_request.url.path",
        "query_info.query_string",
        "raw_data",
    )
    known = {name: EVIL for name in texts if name in EVENT_SCHEMA.names}
    assert len(known) >= 3
    return known | {
        "metadata.uid": "evil-1", "guanlan.batch": "evil", "guanlan.position": 0, "guanlan.org": ORG,
        "time": now() - timedelta(minutes=5), "metadata.log_name": "nginx", "class_uid": 4002,
    }  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("role", [role for role in Role if role not in {Role.SECADMIN, Role.AUDADMIN}])
def test_no_page_runs_what_a_row_or_an_event_says(
    app: APIFlask, sign_in: SignIn, evil: dict[type[Model], object], role: Role
) -> None:
    browser = sign_in(role, ORG)
    live, drawn, escaped, seen = [], 0, 0, set()
    for route in app.url_map.iter_rules():
        rule = rule_of(app, route.endpoint)
        pages = "GET" in (route.methods or ()) and rule is not None and not route.rule.startswith("/api/")
        name = _BY_NAME.get(route.endpoint) or (evil.get(rule.item) if rule and rule.item else None)
        if not pages or (route.arguments and name is None):
            continue
        path = route.rule.split("<")[0] + (str(name) + route.rule.partition(">")[2] if route.arguments else "")
        for headers in (None, _AS_FLYOUT) if route.arguments else (None,):
            answer = browser.get(path, query_string={"period": "all"} if path == "/logs/" else {}, headers=headers)
            if answer.status_code != 200 or "html" not in str(answer.content_type):
                continue
            drawn += 1
            escaped += "&lt;script&gt;alert(1)" in answer.text
            seen.add(route.endpoint)
            live += [f"{path}: {what}" for what in _LIVE if what in answer.text]
    assert live == []
    assert drawn > 3
    assert role is not Role.ANALYST or seen >= set(_BY_NAME)
    assert escaped or role in {Role.SYSADMIN, Role.LEADER}


def test_a_persons_own_name_is_text(sign_in: SignIn, database: Database) -> None:
    browser = sign_in(Role.SYSADMIN, "440000")
    with database.write() as session:
        person = Person(
            username="evil", display_name=EVIL, org="440000", password_hash="x", created_at=now(),
            roles=[PersonRole.of(Role.ANALYST)],
        )  # fmt: skip
        session.add(person)
    page = browser.get("/people/")
    assert page.status_code == 200
    assert "&lt;script&gt;alert(1)" in page.text
    assert not [what for what in _LIVE if what in page.text]
