"""Who may call a route: every route says so, and what says nothing is closed.

``@requires("alerts.read")`` or ``@public`` stands right above the view function. ``item=Alert``
says which model the route's identifier names: the generated matrix of route × role ×
organisation builds its cells from it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from flask import Flask, current_app, g, request

from soc.errors import ForbiddenError, NotFoundError
from soc.identity.actor import Actor
from soc.trail import Act, Subject, record
from soc.web.context import current_actor, current_database

V = TypeVar("V", bound=Callable[..., Any])
_MARK = "__soc_rule__"
#: routes of the frameworks themselves, which carry no mark
FRAMEWORK_ENDPOINTS = frozenset({"static", "openapi.spec"})


@dataclass(frozen=True, slots=True)
class Rule:
    """What a route asks of its caller."""

    #: None where anybody may call it
    permission: str | None
    #: the model that the last part of the path identifies
    item: type[Any] | None = None
    #: signed in is enough: what it shows is the person's own
    own: bool = False


def requires(permission: str, *, item: type[Any] | None = None) -> Callable[[V], V]:
    """Open a route to those who hold ``permission`` (``<area>.<verb>``)."""
    return _marked(Rule(permission, item))


def signed_in(view: V) -> V:
    """Open a route to whoever is signed in: it shows what is theirs alone."""
    return _marked(Rule(None, own=True))(view)


def public(view: V) -> V:
    """Open a route to anybody: sign-in, health, files that everybody gets."""
    return _marked(Rule(None))(view)


def _marked(rule: Rule) -> Callable[[V], V]:
    def mark(view: V) -> V:
        setattr(view, _MARK, rule)
        return view

    return mark


def rule_of(app: Flask, endpoint: str) -> Rule | None:
    """Return what a route asks; None where it says nothing."""
    if endpoint in FRAMEWORK_ENDPOINTS or endpoint.endswith(".static"):
        return Rule(None)
    view = app.view_functions[endpoint]
    rule = getattr(view, _MARK, None)
    if rule is None and hasattr(view, "view_class"):
        rule = getattr(view.view_class, _MARK, None)
    return rule if isinstance(rule, Rule) else None


def check_access() -> None:
    """Refuse the request unless its route opens to the caller.

    Raises:
        NotFoundError: no such route, or one that says nothing about who may call it.
        UnauthenticatedError: nobody is signed in where somebody must be.
        ForbiddenError: the caller does not hold the permission.
    """
    if request.endpoint is None:
        return  # the router's own 404 or 405 follows
    rule = rule_of(current_app, request.endpoint)
    if rule is None:
        raise NotFoundError
    if rule.permission is None and not rule.own:
        return
    actor = current_actor()
    if rule.permission is not None and not actor.may(rule.permission):
        _record_denial(actor, request.endpoint)
        raise ForbiddenError("errors.forbidden", permission=rule.permission)
    g.rule = rule


def _record_denial(actor: Actor, endpoint: str) -> None:
    """Keep the refusal: it must stand although the request's own transaction does not."""
    with current_database().write() as session:
        record(session, actor, Act.ACCESS_DENIED, Subject("routes", endpoint, actor.org))
