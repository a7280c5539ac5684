"""Pages of backtests: ordered from the editor, a rule's page or a waiting proposal, followed as they run, and read."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from detectors.sigma.backtests import service
from detectors.sigma.backtests.charts import by_day
from detectors.sigma.backtests.result import History, Named
from detectors.sigma.backtests.service import DAYS, Draft
from detectors.sigma.own.check import LONGEST_TEXT
from detectors.sigma.own.service import TABLES
from soc.approvals.models import Approval
from soc.errors import NotFoundError
from soc.jobs import JobRun, RunStatus
from soc.logstore.query import Scope
from soc.text import language, t
from soc.tiers.scope import scope_codes
from soc.versions.service import FaultyBodyError
from soc.web.context import current_actor, current_session, current_store, viewer
from soc.web.forms import read_form
from soc.web.guard import requires
from soc.web.jobs.routes import time_left

bp = Blueprint("backtests", __name__, url_prefix="/rules/backtests", template_folder="templates")
_BOUNDS = {"least": 1, "most": 366}


@dataclass(frozen=True, slots=True)
class TextOrder:
    """A rule as it stands in the editor, and how many days to look back."""

    text: str = field(metadata={"longest": LONGEST_TEXT})
    days: int = field(default=30, metadata=_BOUNDS)


@dataclass(frozen=True, slots=True)
class DaysOrder:
    """How many days to look back."""

    days: int = field(default=30, metadata=_BOUNDS)


@dataclass(frozen=True, slots=True)
class WaitingOrder:
    """Which rule of a proposal, by the name that its events would have, and how many days to look back."""

    rule: str = field(metadata={"longest": 200})
    days: int = field(default=30, metadata=_BOUNDS)


@dataclass(frozen=True, slots=True)
class Event:
    """One event that was hit, and who did it, as far as it is still stored."""

    uid: str
    at: datetime
    org: str
    who: str


@bp.post("/")
@requires("policies.write")
def order() -> ResponseReturnValue:
    """Try the rule of the editor, which is kept nowhere but in the run."""
    form, session, org = read_form(TextOrder), current_session(), viewer().org
    body = TABLES.working_body(session, current_actor(), org)
    return _ordered(service.draft_of_text(session, org, body, form.text), org, form.days)


@bp.get("/of/<string:tag>")
@requires("policies.read")
def of(tag: str) -> ResponseReturnValue:
    """Show the newest backtest of a rule that is kept or in force, as it is written today."""
    session, reader = current_session(), viewer()
    draft = service.draft_of_rule(session, reader, tag)
    run = service.newest(session, reader, draft, service.place_of(session, reader, draft))
    return _page(draft, run, url_for(".order_of", tag=tag))


@bp.post("/of/<string:tag>")
@requires("policies.approve")
def order_of(tag: str) -> ResponseReturnValue:
    """Try a rule that is kept or in force."""
    session, reader = current_session(), viewer()
    draft = service.draft_of_rule(session, reader, tag)
    return _ordered(draft, service.place_of(session, reader, draft), read_form(DaysOrder).days)


@bp.get("/waiting/<uuid:approval_id>")
@requires("approvals.read", item=Approval)
def waiting(approval_id: UUID) -> ResponseReturnValue:
    """Show of each rule that a proposal changes its newest backtest, or how to order one: a part of the approval's page."""
    session, reader = current_session(), current_actor()
    version = service.version_of(session, reader, approval_id)
    if version is None:
        return ""
    try:
        drafts = service.changed_rules(session, version)
    except FaultyBodyError as error:
        return render_template("backtests/waiting.html", rows=[], problems=error.problems)
    rows = [(one, run, run and service.history_in(run)) for one, run in _newest_of(drafts, version.org)]
    return render_template(
        "backtests/waiting.html", rows=rows, problems=[], approval_id=approval_id, days=DAYS, may=reader.may,
        lang=language(),
    )  # fmt: skip


def _newest_of(drafts: Iterable[Draft], org: str) -> list[tuple[Draft, JobRun | None]]:
    session, reader = current_session(), current_actor()
    return [(one, service.newest(session, reader, one, org)) for one in drafts]


@bp.post("/waiting/<uuid:approval_id>")
@requires("policies.approve", item=Approval)
def order_waiting(approval_id: UUID) -> ResponseReturnValue:
    """Try a rule of a proposal exactly as it waits."""
    session = current_session()
    version = service.version_of(session, current_actor(), approval_id)
    form = read_form(WaitingOrder)
    changed = service.changed_rules(session, version) if version is not None else []
    draft = next((one for one in changed if one.rule_id == form.rule), None)
    if version is None or draft is None:
        raise NotFoundError
    return _ordered(draft, version.org, form.days)


@bp.get("/<uuid:run_id>")
@requires("policies.read", item=JobRun)
def show(run_id: UUID) -> ResponseReturnValue:
    """Show one backtest: how far it is, or what it found."""
    run = service.find(current_session(), current_actor(), run_id)
    if run.job != service.JOB:
        return _state(run)
    return _page(service.draft_in(run), run, url_for(".again", run_id=run.id))


@bp.get("/<uuid:run_id>/state")
@requires("policies.read", item=JobRun)
def state(run_id: UUID) -> ResponseReturnValue:
    """Show the same without its page; htmx asks again while it runs."""
    return _state(service.find(current_session(), current_actor(), run_id))


@bp.post("/<uuid:run_id>/again")
@requires("policies.approve", item=JobRun)
def again(run_id: UUID) -> ResponseReturnValue:
    """Try the same rule again, on what is stored now."""
    run = service.find(current_session(), current_actor(), run_id)
    return _ordered(service.draft_in(run), run.org, read_form(DaysOrder).days)


@bp.post("/<uuid:run_id>/cancel")
@requires("policies.approve", item=JobRun)
def end(run_id: UUID) -> ResponseReturnValue:
    """Stop a backtest; nothing of it is kept."""
    return redirect(url_for(".show", run_id=service.stop(current_session(), current_actor(), run_id).id))


def _ordered(draft: Draft, org: str, days: int) -> ResponseReturnValue:
    run = service.order(current_session(), current_actor(), draft, org, days)
    return redirect(url_for(".show", run_id=run.id))


def _page(draft: Draft, run: JobRun | None, action: str) -> str:
    return render_template(
        "backtests/show.html", draft=draft, title=draft.name[language()], action=action, days=DAYS,
        chosen=run.params["days"] if run else 30, may=current_actor().may, **_told(run),
    )  # fmt: skip


def _state(run: JobRun) -> str:
    return render_template("backtests/state.html", may=current_actor().may, **_told(run))


def _told(run: JobRun | None) -> dict[str, object]:
    """What the part that changes as a run goes on shows."""
    history = service.history_in(run) if run else None
    return {
        "run": run,
        "left": time_left(run) if run else None,
        "live": run is not None and run.status in {RunStatus.QUEUED, RunStatus.RUNNING},
        "history": history,
        "since": datetime.fromisoformat(history.since) if history else None,
        "chart": by_day(history) if history else None,
        # an alert is at the organisation of whom it is about, an event where its log comes in
        "orgs": [(one.org, one.alerts) for one in history.orgs if one.alerts and one.org in _codes()]
        if history
        else [],
        "newest": [_event(one) for one in history.newest] if history and current_actor().may("logs.read") else [],
        "verdicts": _verdicts(history) if history else [],
    }


def _codes() -> frozenset[str]:
    return scope_codes(current_session(), current_actor())


def _event(one: Named) -> Event:
    """Who did it is looked up anew, within what the reader may see, and kept in no run."""
    found = current_store().get(one.uid, Scope(_codes())) or {}
    names = ("guanlan.person", "actor.user.name", "src_endpoint.ip")
    who = next((str(found[name]) for name in names if found.get(name)), "–")
    return Event(one.uid, datetime.fromisoformat(one.at), one.org, who)


def _verdicts(history: History) -> list[tuple[str, int]]:
    met = history.met
    if met is None:
        return []
    words = ("true_positive", "benign", "false_positive", "unclear")
    judged = [(t(f"alerts.verdict.{one}"), met.verdicts.get(one, 0)) for one in words]
    return [*judged, (t("backtests.open"), met.open), (t("backtests.unseen"), met.unseen)]
