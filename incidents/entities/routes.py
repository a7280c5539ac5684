"""The pages of tables, addresses and applications that the logs name: what they usually are against what was seen."""

from dataclasses import replace
from typing import Any

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue

from audit.search.rules_hit import FIELD, rules_hit
from detectors.leakage.exposure import LEVELS
from incidents.entities.addresses import FAILED, address_facts, reached_from
from incidents.entities.alerts_naming import alerts_naming
from incidents.entities.applications import application_facts, name_of, new_shapes
from incidents.entities.charts import days_chart, hours_chart
from incidents.entities.days import days_of
from incidents.entities.looking import Look, look
from incidents.entities.peer_groups import peers_of
from incidents.entities.peers import LEAST, Against, Group
from incidents.entities.peers_chart import measure_word, peers_chart
from incidents.entities.people import people_of
from incidents.entities.tables import table_facts
from incidents.entities.window import LATELY, Window, window_of
from soc.clock import now
from soc.entities import Kind, entity_of_reference
from soc.errors import NotFoundError
from soc.logstore.query import Exists
from soc.text import t
from soc.web.context import current_actor, current_session, current_settings, current_store, viewer
from soc.web.entity_links import page_of
from soc.web.guard import requires
from soc.web.organisations import org_name

#: events that a rule hit, as many as are shown
_HITS = 10
bp = Blueprint("entities", __name__, url_prefix="/alerts/entities", template_folder="templates")


@bp.get("/tables/<string:reference>")
@requires("alerts.read")
def table(reference: str) -> ResponseReturnValue:
    """Show who reads a table, by what, and how much of what is in it."""
    seen = _look(reference, Kind.TABLE)
    facts = table_facts(seen, current_session(), viewer())
    if facts is None:
        raise NotFoundError
    return _page(seen, reference, facts)


@bp.get("/addresses/<string:reference>")
@requires("alerts.read")
def address(reference: str) -> ResponseReturnValue:
    """Show who came from an address, through what, and what left for where."""
    seen = _look(reference, Kind.ADDRESS)
    facts = address_facts(seen)
    if facts is None:
        raise NotFoundError
    part = url_for(".reached", reference=reference, day=_day(seen.window))
    return _page(seen, reference, facts, failed=FAILED, reached_url=part)


@bp.get("/applications/<string:reference>")
@requires("alerts.read")
def application(reference: str) -> ResponseReturnValue:
    """Show whom an application asks for, what is nobody's, and what is new of it."""
    seen = _look(reference, Kind.APPLICATION)
    threshold = current_settings().attribution_threshold
    facts = application_facts(seen, current_session(), viewer(), threshold=threshold)
    if facts is None:
        raise NotFoundError
    part = url_for(".shapes", reference=reference, day=_day(seen.window))
    return _page(seen, reference, facts, threshold=threshold, shapes_url=part)


@bp.get("/people/<string:reference>")
@requires("alerts.read")
def people(reference: str) -> ResponseReturnValue:
    """Show who stands behind an entity's events: a part of its page, which does not wait for it."""
    seen = _look(reference)
    _refuse_strangers(seen)
    found = people_of(seen, threshold=current_settings().attribution_threshold)
    given = {"found": found, "kind": seen.entity.kind, "span": _span(seen.window), "levels": LEVELS}
    return render_template("entities/people.html", **given, may=current_actor().may)


@bp.get("/shapes/<string:reference>")
@requires("alerts.read")
def shapes(reference: str) -> ResponseReturnValue:
    """Show an application's statements of a new shape: a part of its page, which does not wait for all that is stored."""
    seen = _look(reference, Kind.APPLICATION)
    _refuse_strangers(seen)
    given = {"found": new_shapes(seen), "span": _span(seen.window), "may": current_actor().may}
    return render_template("entities/shapes.html", **given)


@bp.get("/reached/<string:reference>")
@requires("alerts.read")
def reached(reference: str) -> ResponseReturnValue:
    """Show where an address's events led and which tables they read: a part of its page, which does not wait for it."""
    seen = _look(reference, Kind.ADDRESS)
    given = {"found": reached_from(seen), "span": _span(seen.window), "may": current_actor().may}
    return render_template("entities/reached.html", **given)


@bp.get("/days/<string:reference>")
@requires("alerts.read")
def days(reference: str) -> ResponseReturnValue:
    """Show an entity's days and hours: a part of its page, which does not wait for it."""
    seen = _look(reference)
    _refuse_strangers(seen)
    found = days_of(seen.store, seen.lately, seen.window)
    drawn = None
    if found.counts:
        drill = current_actor().may("logs.read")
        drawn = days_chart(found, seen.window, seen.entity.query, drill=drill), hours_chart(found.hours)
    return render_template("entities/days.html", days=found, charts=drawn)


@bp.get("/peers/<string:reference>")
@requires("alerts.read")
def peers(reference: str) -> ResponseReturnValue:
    """Show how an entity stands among its peers: a part of its page, which does not wait for it."""
    seen = _look(reference)
    _refuse_strangers(seen)
    found = peers_of(seen, current_session(), viewer())
    return render_template(
        "entities/peers.html", found=found, entity=seen.entity, against=_against(found.against, seen.entity.kind), least=LEAST,
        drawn=peers_chart(found), word=measure_word, page_of=page_of,
    )  # fmt: skip


@bp.get("/hits/<string:reference>")
@requires("logs.read")
def hits(reference: str) -> ResponseReturnValue:
    """Show an entity's newest events that a rule hit, with the rules' titles: a part of its page, which does not wait for it."""
    seen = _look(reference)
    _refuse_strangers(seen)
    events = seen.store.newest(replace(seen.only(Exists(FIELD)), limit=_HITS + 1)).events
    given = {"events": events[:_HITS], "more": len(events) > _HITS, "rules": rules_hit(current_session(), events)}
    query = f"{seen.entity.query} AND _exists_:{FIELD}"
    return render_template("entities/hits.html", **given, query=query, span=_span(seen.window))


def _against(against: Against, kind: Kind) -> str:
    """Say whom an entity is set against."""
    if against.group is Group.NONE:
        return t("entities.peers.none")
    name = org_name(against.name) if against.group is Group.ORGANISATION else against.name
    if against.group is Group.LEVEL_DOMAIN:
        name = "、".join(t(f"ledger.domain.{one}") for one in name.split(","))
    told = {"name": name, "level": against.level}
    said = t(f"entities.peers.against.{against.group}.{kind}", **told)
    return said if against.known is None else f"{said} {t('entities.peers.known', count=against.known)}"


def _refuse_strangers(seen: Look) -> None:
    """Refuse an account that no application works under, as far as the reader knows; other values are counted as they are.

    Raises:
        NotFoundError: it is such an account.
    """
    if seen.entity.kind is Kind.APPLICATION and name_of(current_session(), viewer(), seen.entity) is None:
        raise NotFoundError


def _look(reference: str, kind: Kind | None = None) -> Look:
    """Read what is asked for.

    Raises:
        NotFoundError: no reference of this installation, or of another kind.
        InputError: ``day`` is no day.
    """
    settings = current_settings()
    entity = entity_of_reference(settings, reference, kind)
    window = window_of(request.args.get("day", "").strip(), at=now(), zone=settings.timezone)
    return look(current_store(), current_session(), viewer(), entity, window)


def _page(seen: Look, reference: str, facts: Any, **more: Any) -> str:
    return render_template(
        f"entities/{seen.entity.kind}.html",
        entity=seen.entity,
        facts=facts,
        alerts=alerts_naming(current_session(), viewer(), seen.entity, at=seen.window.until),
        window=seen.window,
        span=_span(seen.window),
        lately=LATELY.days,
        latest=now().astimezone(seen.window.zone).date().isoformat(),
        people_url=url_for(".people", reference=reference, day=_day(seen.window)),
        days_url=url_for(".days", reference=reference, day=_day(seen.window)),
        peers_url=url_for(".peers", reference=reference, day=_day(seen.window)),
        hits_url=url_for(".hits", reference=reference, day=_day(seen.window)),
        page_of=page_of,
        may=current_actor().may,
        **more,
    )


def _span(window: Window) -> dict[str, str]:
    """The window as the search page's addresses say it."""
    return {"since": window.since.isoformat(), "until": window.until.isoformat(), "period": "all"}


def _day(window: Window) -> str | None:
    return window.day.isoformat() if window.day else None
