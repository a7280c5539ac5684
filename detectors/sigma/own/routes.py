"""Pages of own rules: those there are, the editor with its live count, what is switched off, the draft and its way into force."""

from collections.abc import Collection
from dataclasses import dataclass, field, replace
from typing import Any

import polars as pl
from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import or_, select

from detectors.sigma.models import DetectionRule
from detectors.sigma.own.book import own_within, tag_of
from detectors.sigma.own.check import LONGEST_REASON, LONGEST_TEXT
from detectors.sigma.own.naming import idle_of
from detectors.sigma.own.page import own_page
from detectors.sigma.own.service import DOCUMENT, TABLES, copied, switch_off, switch_on, switched_by, title_of, write
from detectors.sigma.own.trial import Trial, problems_here, trial_of
from detectors.sigma.own.trying import DAYS, Count, counted
from detectors.sigma.routes import TABLE
from detectors.sigma.words import SEVERITIES
from soc.clock import now
from soc.errors import InputError, NotFoundError
from soc.logstore.query import Scope
from soc.text import language, t
from soc.tiers.scope import scope_codes
from soc.versions import drafts
from soc.versions import service as versions
from soc.versions.service import FaultyBodyError
from soc.versions.values import Problem
from soc.web.charts import SERIES, Chart, chart, go
from soc.web.context import current_actor, current_session, current_settings, current_store, viewer
from soc.web.errors import text_of
from soc.web.forms import read_form
from soc.web.guard import requires
from soc.web.own_tables import Desk, install_tables
from soc.web.paging import TablePage, page_of
from soc.web.tables import Choice, Column, Filter
from soc.web.toasts import toast

bp = Blueprint("own_rules", __name__, url_prefix="/rules/own", template_folder="templates")
install_tables(bp, Desk(TABLES, DOCUMENT, "policies", "own_rules", "detection-rules.yaml"))


#: how a rule stands here, and what may be done with it
_ASIDE = (Column("status", "word.status"), Column("actions", ""))


@dataclass(frozen=True, slots=True)
class TextForm:
    """A rule as text, and how many days its live count looks back."""

    text: str = field(default="", metadata={"longest": LONGEST_TEXT})
    days: int = DAYS[0]


@dataclass(frozen=True, slots=True)
class OffForm:
    """Which rule is not to be looked for, and why."""

    name: str = field(metadata={"longest": 100})
    why: str = field(metadata={"longest": LONGEST_REASON})


@dataclass(frozen=True, slots=True)
class OnForm:
    """Which rule is to be looked for again."""

    name: str = field(metadata={"longest": 100})


@bp.get("/")
@requires("policies.read")
def index() -> ResponseReturnValue:
    """Show the organisation's own rules, those of the tiers above, the shared ones and which are off, draft and versions."""
    session, actor, org = current_session(), current_actor(), viewer().org
    draft, held = TABLES.own_draft(session, actor, org), own_within(session, org)
    entries = {one["id"]: one for one in TABLES.working_body(session, actor, org)["rules"]}
    active, history = versions.active(session, TABLES.kind, org), versions.history(session, TABLES.kind, org)
    return render_template(
        "own_rules/index.html",
        own=[one for one in entries.values() if "text" in one],
        entries=entries,
        standing={one["id"]: one for one in active.body["rules"]} if active else {},
        above=[one for one in held.rules if not one.rule_id.startswith(f"own_{org}_")],
        off=held.off,
        idle=idle_of(session, held),
        page=_shared({name for name, one in entries.items() if "off" in one} | held.off),
        severities=SEVERITIES,
        draft=draft,
        stale=drafts.is_stale(session, draft) if draft else False,
        effect=versions.what_if(session, viewer(), draft) if draft else None,
        active=active,
        history=history,
        switched_by=lambda name: switched_by(history, name),
        title_of=title_of,
        tag_of=lambda name: tag_of(org, name),
        lang=language(),
        may_write=actor.may("policies.write"),
    )


def _shared(off: Collection[str]) -> TablePage:
    """The rules that are everybody's, filters aside; ``off`` may be asked for alone."""
    off_alone = Filter(
        "state",
        "word.status",
        lambda: [Choice("off", t("own_rules.state.off"))],
        lambda _value: DetectionRule.rule_id.in_(off),
    )
    columns = (*(one for one in TABLE.columns if one.name in {"title", "level"}), *_ASIDE)
    spec = replace(TABLE, id="shared-rules", columns=columns, filters=(*TABLE.filters, off_alone))
    looked_for = or_(*(DetectionRule.document[key].as_string().is_not(None) for key in ("detection", "correlation")))
    return page_of(select(DetectionRule).where(looked_for), spec, request.args)


@bp.get("/show/<string:tag>")
@requires("policies.read")
def show(tag: str) -> ResponseReturnValue:
    """Show one rule that stands, as events name it, to those who write rules."""
    return own_page(tag)


@bp.get("/edit")
@requires("policies.write")
def edit() -> ResponseReturnValue:
    """Write a rule, change the own one that ``name`` names, or begin from a copy of the shared one that ``copy`` names."""
    name, source = request.args.get("name", ""), request.args.get("copy", "")
    if source:
        return _editor(TextForm(copied(current_session(), source)))
    return _editor(TextForm(_known(name)) if name else TextForm())


def _known(name: str) -> str:
    body = TABLES.working_body(current_session(), current_actor(), viewer().org)
    found = next((one for one in body["rules"] if one["id"] == name and "text" in one), None)
    if found is None:
        raise NotFoundError
    return str(found["text"])


@bp.post("/try")
@requires("policies.write")
def attempt() -> ResponseReturnValue:
    """Check the rule in the form and count what it would have hit; nothing is kept. Without scripts the page comes back."""
    form = read_form(TextForm)
    if request.headers.get("HX-Request"):
        return render_template("own_rules/tried.html", **_tried(form))
    return _editor(form)


@bp.post("/keep")
@requires("policies.write")
def keep() -> ResponseReturnValue:
    """Put the rule into the person's draft; what is wrong with it is named and what was typed stays."""
    form = read_form(TextForm)
    try:
        write(current_session(), current_actor(), viewer().org, form.text)
    except FaultyBodyError as error:
        return _editor(form, error.problems), 422
    except InputError as error:
        return _editor(form, trouble=text_of(error)), 422
    toast("own_rules.kept")
    return redirect(url_for(".index"))


@bp.post("/off")
@requires("policies.write")
def off() -> ResponseReturnValue:
    """Put into the draft that a rule is not looked for here; a second person has to agree."""
    form = read_form(OffForm)
    switch_off(current_session(), current_actor(), viewer().org, form.name, why=form.why)
    toast("own_rules.kept")
    return redirect(url_for(".index"))


@bp.post("/on")
@requires("policies.write")
def on() -> ResponseReturnValue:
    """Put into the draft that a rule is looked for again."""
    switch_on(current_session(), current_actor(), viewer().org, read_form(OnForm).name)
    toast("own_rules.kept")
    return redirect(url_for(".index"))


def _editor(form: TextForm, problems: list[Problem] | None = None, trouble: str = "") -> str:
    tried = _tried(form)
    return render_template(
        "own_rules/edit.html",
        form=form,
        days=[(one, t("own_rules.days", count=one)) for one in DAYS],
        longest=LONGEST_TEXT,
        **tried | {"problems": tried["problems"] or problems or [], "trouble": trouble},
    )


def _tried(form: TextForm) -> dict[str, Any]:
    """What the part beside the text shows."""
    said: dict[str, Any] = {
        "typed": bool(form.text.strip()), "problems": [], "asked": None, "count": None, "chart": None,
        "broken": False, "trouble": "", "may_see": current_actor().may("logs.read"),
    }  # fmt: skip
    if not said["typed"]:
        return said
    session, org = current_session(), viewer().org
    body = TABLES.working_body(session, current_actor(), org)
    problems = problems_here(session, org, body, form.text)
    if problems:
        return said | {"problems": problems}
    trial = trial_of(session, org, body, form.text)
    try:
        count = _count(trial, form.days)
    except pl.exceptions.PolarsError:
        return said | {"broken": True}
    return said | {"asked": trial.asked, "count": count, "chart": _chart(count)}


def _count(trial: Trial, days: int) -> Count:
    scope = Scope(scope_codes(current_session(), viewer()))
    back = days if days in DAYS else DAYS[0]
    return counted(current_store(), trial, scope, now(), back, current_settings().timezone)


def _chart(count: Count) -> Chart | None:
    """Hits by day, days without any among them."""
    if not count.days:
        return None
    rows = [(one.day.isoformat(), one.hits, one.alerts) for one in count.days]
    figure = go.Figure()
    figure.add_trace(go.Bar(x=[one[0] for one in rows], y=[one[1] for one in rows], marker={"color": SERIES[0]}))
    figure.update_layout(xaxis={"type": "category"})
    head = (t("own_rules.try.day"), f"#{t('own_rules.try.hits')}", f"#{t('own_rules.try.alerts')}")
    return chart("hits-by-day", t("own_rules.try.per_day"), figure, head, rows)
