"""Which pages ``soc bench pages`` asks: every page the URL map has, flyouts too, so that a new one is measured as well.

A page with an identifier is asked for a row of the model that its route names; a model without
rows is said in the result, not passed over.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from apiflask import APIFlask
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.routing import Rule as Route

from config.settings import Settings
from soc.entities import ADDRESS, APPLICATION, TABLES, LogEntity, reference_of
from soc.identity.actor import Role
from soc.logstore.port import LogStore, SearchRequest
from soc.registry import permissions_of
from soc.web.guard import Rule, rule_of

#: what the URL map does not say: lists as people narrow them, and what is named by no row
NARROWED = {
    "alerts, filtered": "/alerts/?severity=high&sort=-at",
    "alerts, second page": "/alerts/?page=2",
    "alerts, words": "/alerts/?q=user007",
    "ledger, two facets": "/ledger/?level=G4&kind=sensitive",
    "ledger, by table": "/ledger/?sort=table&page=40",
    "ledger, words": "/ledger/?q=t_77",
    "logs, a month": "/logs/?period=all",
    "logs, one user": "/logs/?period=all&q=actor.user.name:user007",
    "logs, words": '/logs/?period=all&q="driver 777"',
    "posture, 90 days": "/posture/?days=90",
    "posture, a city": "/posture/?org=440100",
    "search": "/frame/search?q=user007",
}
#: pages and parts of pages of what logs name: the column whose busiest value is asked for
_OF_LOGS = {
    "entities.table": TABLES,
    "entities.address": ADDRESS,
    "entities.application": APPLICATION,
    "entities.people": TABLES,
    "entities.shapes": APPLICATION,
    "entities.days": TABLES,
    "entities.reached": ADDRESS,
    "entities.peers": ADDRESS,
    "entities.hits": TABLES,
}
_NO_PAGES = frozenset({"static", "openapi.spec"})


@dataclass(frozen=True, slots=True)
class Page:
    """A page to ask, and by whom; a flyout is asked as the browser does."""

    name: str
    path: str
    role: Role
    flyout: bool = False


@dataclass(frozen=True, slots=True)
class Pages:
    """The pages to ask, and the routes of which there is no row."""

    asked: tuple[Page, ...]
    without_rows: tuple[str, ...]


def every_page(app: APIFlask, session: Session, named: dict[str, str]) -> Pages:
    """Return all pages that are for signed-in people.

    Args:
        app: the application.
        session: where rows to open are looked for.
        named: endpoint → path of the pages that no model names.
    """
    asked: list[Page] = []
    missing: list[str] = []
    for route, rule in _routes(app):
        path = named.get(route.endpoint) or _path(session, route, rule)
        if path is None:
            missing.append(route.rule)
            continue
        asked.append(Page(route.rule, path, _reader(rule)))
        if route.arguments:
            asked.append(Page(f"{route.rule} as flyout", path, _reader(rule), flyout=True))
    asked += [Page(name, path, _reader_of(app, path)) for name, path in NARROWED.items()]
    return Pages(tuple(asked), tuple(missing))


def named_by_logs(app: APIFlask, settings: Settings, store: LogStore) -> dict[str, str]:
    """Return endpoint → path of the pages of entities that the logs name most, and of the parts that come behind them."""
    top = store.top(SearchRequest(), tuple(dict.fromkeys(_OF_LOGS.values())), limit=1)
    busiest = {field: LogEntity(field, str(found.rows[0][0])) for field, found in top.items() if found.rows}
    adapter = app.url_map.bind("")
    return {
        endpoint: adapter.build(endpoint, {"reference": reference_of(settings, busiest[field])})
        for endpoint, field in _OF_LOGS.items()
        if field in busiest
    }


def _routes(app: APIFlask) -> Iterator[tuple[Route, Rule]]:
    for route in sorted(app.url_map.iter_rules(), key=lambda one: one.rule):
        rule = rule_of(app, route.endpoint)
        page = "GET" in (route.methods or ()) and not route.rule.startswith("/api/") and route.endpoint not in _NO_PAGES
        if page and rule is not None and (rule.permission is not None or rule.own):
            yield route, rule


def _path(session: Session, route: Route, rule: Rule) -> str | None:
    """Return the route's path with the identifiers of its newest row; None where there is none."""
    if not route.arguments:
        return route.rule
    if rule.item is None or len(route.arguments) != 1:
        return None
    model: Any = rule.item
    newest = session.scalars(select(model).order_by(model.id.desc()).limit(1)).first()
    if newest is None:
        return None
    adapter = route.build({next(iter(route.arguments)): newest.id})
    return adapter[1] if adapter else None


def _reader(rule: Rule) -> Role:
    return next(
        role for role in Role if rule.permission is None or rule.permission in permissions_of(frozenset({role}))
    )


def _reader_of(app: APIFlask, path: str) -> Role:
    endpoint, _ = app.url_map.bind("").match(path.partition("?")[0])
    rule = rule_of(app, endpoint)
    if rule is None:
        raise LookupError(path)
    return _reader(rule)
