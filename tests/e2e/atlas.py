"""Which pages there are, and who opens them: made from the URL map, so that a new page cannot be left out.

Every route that answers GET is a page to visit, or stands in :data:`NO_PAGE` with the reason. A
route with an identifier is visited with a row that its reader may see; a list needs no help.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.routing import Rule as Route

from audit.ingest.models import IngestBatch
from detectors.sigma.backtests.service import draft_of_rule, order
from detectors.sigma.models import DetectionRule
from detectors.sigma.own.book import own_within
from incidents.alerts.models import Alert
from policies.grading.policy import default_body
from policies.protection.policy import KIND as PROTECTION
from policies.protection.policy import default_body as protection_body
from soc.clock import now
from soc.entities import ADDRESS, APPLICATION, TABLES, LogEntity, reference_of
from soc.identity.actor import Actor, Role
from soc.logstore.port import LogStore, SearchRequest
from soc.registry import permissions_of, rooms
from soc.tiers.models import UnitKind
from soc.tiers.scope import within
from soc.tiers.units import NewUnit, add_unit
from soc.versions.models import PolicyVersion
from soc.web.guard import rule_of
from tests.soc.web.rows import make_row

#: routes that answer GET and are no page of their own
NO_PAGE = {
    "static": "files",
    "health.healthz": "plain text for machines",
    "health.readyz": "plain text for machines",
    "health.metrics": "Prometheus",
    "frame.chips": "part of every page",
    "frame.focus": "leads on to a page",
    "frame.organisations": "part of every page",
    "grading.download": "a file",
    "protection.download": "a file",
    "workshop.download": "a file",
    "own_rules.download": "a file",
    "log_formats.download": "a file",
    "log_formats.download_one": "a file",
    "workshop.trial": "a part of the editor",
    "backtests.state": "a part of the backtest's page",
    "backtests.waiting": "a part of the proposal's page",
    "ledger_queue.row": "a line of the queue",
    "ledger_readers.of_item": "part of the item's page",
    "ledger_readers.of_table": "part of the table's page",
    "ledger_scans.compare": "leads on to the comparison of two scans",
    "ingest.form_again": "part of the batch's page",
    "logs.complete": "what the query box suggests, as data",
    "logs.facets_part": "part of the search's page",
    "alerts.of_rule": "part of the rule's page",
    "alerts.of_own_rule": "part of the own rule's page",
    "entities.shapes": "part of an application's page",
    "entities.reached": "part of an address's page",
    "entities.peers": "part of the pages of tables, addresses and applications",
    "entities.hits": "part of the pages of tables, addresses and applications",
    "entities.days": "part of the pages of tables, addresses and applications",
    "entities.people": "part of the pages of tables, addresses and applications",
    "playbooks.board": "part of the incident's page",
    "posture.hours": "part of the posture's page",
    "posture.reads": "part of the posture's page",
    "posture.ways": "part of the posture's page",
    "trail.verdict": "part of the trail's page",
    "home.index": "leads on to the first page of one's day",
}
#: a page that shows the same in several states: what is added to its address
STATES = {
    "entities.table": ("?day=2020-01-01",),
    "alerts.index": ("?q=no-such-thing", "?status=closed"),
    "approvals.index": ("?view=all",),
    "people.index": ("?role=analyst",),
    "units.index": ("?kind=office", "?q=no-such-thing"),
    "frame.search": ("?q=zf_",),
    "logs.index": ("?q=guanlan.level:G4", "?q=((broken"),
    "posture.index": ("?days=7",),
    "pulls.new": ("?kind=bucket",),
}


@dataclass(frozen=True)
class Stop:
    """One page of the tour: who opens it first, and who else looks at it because a menu leads there."""

    endpoint: str
    paths: tuple[str, ...]
    reader: Role | None
    others: tuple[Role, ...]


@dataclass(frozen=True)
class Ground:
    """What identifiers are taken from."""

    session: Session
    store: LogStore
    actors: Mapping[Role, Actor]


class UnvisitedPageError(AssertionError):
    """A page that the tour does not know how to reach."""


def stops(app: Flask, ground: Ground) -> Iterator[Stop]:
    """Return every page."""
    for route in sorted(app.url_map.iter_rules(), key=lambda route: route.rule):
        if "GET" in (route.methods or set()) and not route.rule.startswith("/api/") and route.endpoint not in NO_PAGE:
            yield _stop(app, route, ground)


def _stop(app: Flask, route: Route, ground: Ground) -> Stop:
    rule = rule_of(app, route.endpoint)
    if rule is None:
        raise UnvisitedPageError(f"{route.endpoint} says nothing about who may open it")
    if rule.permission is None and not rule.own:
        return Stop(route.endpoint, (_filled(route, None, None, ground),), None, ())
    readers = readers_of(rule.permission, ground.actors)
    if not readers:
        raise UnvisitedPageError(f"{route.endpoint}: nobody among the persons may open it")
    first, *others = readers
    path = _filled(route, rule.item, first, ground)
    more = tuple(path + state for state in STATES.get(route.endpoint, ()))
    # one's own account is the same for everybody, an item differs by its buttons only
    seen_by = () if rule.own or route.arguments else tuple(others)
    return Stop(route.endpoint, (path, *more), first, seen_by)


def readers_of(permission: str | None, actors: Mapping[Role, Actor]) -> list[Role]:
    """Return the roles that may open a page, the one that may do most there first."""
    area = (permission or "").partition(".")[0]
    able = [role for role in actors if permission is None or permission in permissions_of(frozenset({role}))]

    def may(role: Role) -> int:
        return sum(name.startswith(f"{area}.") for name in permissions_of(frozenset({role})))

    return sorted(able, key=lambda role: (-may(role), role.value))


def _filled(route: Route, item: type[Any] | None, reader: Role | None, ground: Ground) -> str:
    if not route.arguments:
        return route.rule
    if route.endpoint in _BY_HAND:
        return re.sub(r"<[^>]+>", str(_BY_HAND[route.endpoint](ground)), route.rule)
    if item is None or reader is None:
        raise UnvisitedPageError(f"{route.endpoint}: the tour knows no identifier for {route.rule}")
    # a row of the demo's own where there is one; else one made from the model's columns
    row = ground.session.scalars(within(ground.actors[reader], item).order_by(item.id).limit(1)).first()
    found: Any = row or make_row(ground.session, item, ground.actors[reader].org)
    ground.session.flush()
    return re.sub(r"<[^>]+>", str(found.id), route.rule)


def _gravest(ground: Ground) -> str:
    return str(ground.session.scalars(select(Alert.entity).order_by(Alert.score.desc()).limit(1)).one())


def _grading_rule(_ground: Ground) -> str:
    return str(default_body()["rules"][0]["id"])


def _protection_rule(_ground: Ground) -> str:
    return str(protection_body()["rules"][0]["id"])


def _rule(ground: Ground) -> str:
    return str(ground.session.scalars(select(DetectionRule.id).order_by(DetectionRule.title).limit(1)).one())


def _own_rule(ground: Ground) -> str:
    return own_within(ground.session, "440000").rules[0].rule_id


def _backtest(ground: Ground) -> object:
    """One that waits for a worker: its page asks again by itself."""
    session, author = ground.session, ground.actors[Role.POLICY]
    return order(session, author, draft_of_rule(session, author, _own_rule(ground)), author.org, 7).id


def _batch(ground: Ground) -> object:
    """One with records that could not be read, whose page has most on it."""
    return ground.session.scalars(select(IngestBatch.id).order_by(IngestBatch.quarantined.desc()).limit(1)).one()


def _event(ground: Ground) -> str:
    return str(ground.store.search(SearchRequest(limit=1)).events[0]["metadata.uid"])


def _named_by_logs(field: str) -> Callable[[Ground], str]:
    """Return what finds the reference of the most frequent value of a column."""

    def found(ground: Ground) -> str:
        rows = ground.store.top(SearchRequest(), (field,), limit=1)[field].rows
        return reference_of(ground.session.info["settings"], LogEntity(field, str(rows[0][0])))

    return found


def _protection_version(ground: Ground) -> int:
    numbers = select(PolicyVersion.number).where(PolicyVersion.kind == PROTECTION)
    return int(ground.session.scalars(numbers.order_by(PolicyVersion.number.desc()).limit(1)).one())


def _unit(ground: Ground) -> str:
    actor = ground.actors[Role.SYSADMIN if Role.SYSADMIN in ground.actors else Role.SECADMIN]
    order = NewUnit(parent=actor.org, name="道路运输处", kind=UnitKind.OFFICE, line="道路运输")
    return add_unit(ground.session, actor, order, at=now()).code


#: routes whose last part names no row of one model (see tests/soc/web/test_matrix.py)
_BY_HAND: Mapping[str, Callable[[Ground], object]] = {
    "alerts.entity": _gravest,
    "backtests.of": _own_rule,
    "backtests.show": _backtest,
    "entities.address": _named_by_logs(ADDRESS),
    "entities.application": _named_by_logs(APPLICATION),
    "entities.table": _named_by_logs(TABLES),
    "grading_rules.show": _grading_rule,
    "ingest.show": _batch,
    "logs.around": _event,
    "logs.show": _event,
    "originals.show": _event,
    "own_rules.show": _own_rule,
    "protection.show": _protection_version,
    "protection_rules.show": _protection_rule,
    "rules.own": _own_rule,
    "rules.show": _rule,
    "units.show": _unit,
}


def menu_endpoints() -> set[str]:
    """Return the endpoints of every line that any menu may have."""
    return {entry.endpoint for room in rooms() for entry in room.menu}
