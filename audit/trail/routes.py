"""The compliance officer's pages: the trail, one entry with its proof, verification, export."""

import io
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from flask import Blueprint, Response, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy import ColumnElement, or_

from audit.evidence import gather, write_pack
from audit.trail.log import LogBrokenError, MerkleLog
from audit.trail.reading import at_of, shown, signed_at
from audit.trail.search import TrailSearch, entries, names_of, who_is
from audit.trail.verify import verify
from audit.trail.witness import Witnessed, kept_cosignatures
from soc.clock import now
from soc.errors import InputError, LimitError
from soc.identity.actor import ActorKind
from soc.text import known, t
from soc.trail import Act, Subject, TrailEntry, record
from soc.web.context import current_actor, current_database, current_session, current_settings, viewer
from soc.web.guard import requires
from soc.web.paging import narrow, page_of
from soc.web.tables import Choice, Column, Filter, TableSpec

bp = Blueprint("trail", __name__, url_prefix="/trail", template_folder="templates")
#: more than this is for two persons, or for the command line
EXPORT_LIMIT = 1000
#: families of acts, by the things they are done to
AREAS = {
    "people": ("person", "role", "line", "token", "session", "password", "second_factor", "access", "organisation"),
    "approvals": ("approval", "version", "key"),
    "data": ("source", "scan", "item", "table", "account"),
    "protection": ("masked_copy", "data", "value", "export"),
    "logs": ("batch", "quarantine", "logs", "log_source", "view"),
    "detection": ("rule", "model", "finding", "backtest"),
    "alerts": ("alert",),
    "incidents": ("incident", "timeline", "task", "evidence", "deadline", "notification", "rectification", "notice"),
    "playbooks": ("playbook", "run", "drill"),
    "system": ("system", "backup", "demo", "job", "trail", "checkpoint", "report", "indicator", "inspection"),
}


def _of_area(area: str) -> ColumnElement[bool]:
    return or_(*(TrailEntry.act.startswith(f"{thing}.", autoescape=True) for thing in AREAS[area]))


def _mentions(text: str) -> ColumnElement[bool]:
    ids = who_is(current_session(), viewer(), text)
    return or_(
        TrailEntry.actor_id.in_(ids), TrailEntry.subject_id == text, TrailEntry.act == text, TrailEntry.org == text
    )


TABLE = TableSpec(
    "trail",
    (
        Column("id", "trail.number", TrailEntry.id, numeric=True),
        Column("at", "trail.at", TrailEntry.at),
        Column("who", "trail.actor"),
        Column("act", "trail.act", TrailEntry.act),
        Column("thing", "trail.subject"),
        Column("org", "trail.org", TrailEntry.org),
    ),
    default_sort="-id",
    filters=(
        Filter("area", "trail.area_name", lambda: [Choice(one, t(f"trail.area.{one}")) for one in AREAS], _of_area),
        Filter(
            "by",
            "trail.actor",
            lambda: [Choice(one.value, t(f"trail.kind.{one.value}")) for one in ActorKind],
            lambda value: TrailEntry.actor_kind == value,
        ),
    ),
    search=_mentions,
)


@dataclass(frozen=True, slots=True)
class Days:
    """The days asked for, first and last, as the form wrote them."""

    first: str
    last: str

    def search(self) -> TrailSearch:
        """Return the stretch of time the days make.

        Raises:
            InputError: no day.
        """
        until = _day(self.last)
        return TrailSearch(since=_day(self.first), until=None if until is None else until + timedelta(days=1))


@bp.get("/")
@requires("audit.read")
def index() -> ResponseReturnValue:
    """List the entries, newest first."""
    days = _days()
    page = page_of(entries(viewer(), days.search()), TABLE, request.args)
    settings = current_settings()
    return render_template(
        "trail/index.html",
        page=page,
        days=days,
        names=names_of(current_session(), page.rows),
        at_of=at_of,
        act_name=act_name,
        signed_at=signed_at(settings),
        witnesses=_witnesses(),
        export_limit=EXPORT_LIMIT,
    )


@bp.get("/<int:row>")
@requires("audit.read", item=TrailEntry)
def show(row: int) -> ResponseReturnValue:
    """Show one entry, what is sealed beside it, and its proof."""
    found = shown(current_session(), viewer(), current_settings(), row)
    names = names_of(current_session(), [found.entry])
    return render_template("trail/show.html", shown=found, names=names, act_name=act_name, flat=flat)


@bp.get("/verdict")
@requires("audit.read")
def verdict() -> ResponseReturnValue:
    """Verify the whole trail now; writes nothing."""
    found = verify(current_database(), current_settings())
    # who sees a part of the tree is told whether all is whole, not how much there is
    whole_tree = current_actor().org == current_settings().root_org
    return render_template("trail/verdict.html", verdict=found, at=now(), whole_tree=whole_tree)


@bp.post("/export")
@requires("audit.write")
def export() -> ResponseReturnValue:
    """Hand out the entries of the page's filters as a pack that verifies itself."""
    session, actor = current_session(), current_actor()
    query = narrow(entries(viewer(), _days().search()), TABLE, request.args)
    ids = frozenset(session.scalars(query.with_only_columns(TrailEntry.id).limit(EXPORT_LIMIT + 1)))
    if len(ids) > EXPORT_LIMIT:
        raise LimitError("errors.trail.export_limit", limit=EXPORT_LIMIT)
    search = TrailSearch(ids=ids)
    evidence = gather(session, viewer(), current_settings(), search, details=False)
    said = {"entries": len(evidence.entries), "size": evidence.checkpoint.size}
    record(session, actor, Act.TRAIL_EXPORTED, Subject("trail", evidence.checkpoint.origin), after=said)
    pack = io.BytesIO()
    write_pack(pack, evidence)
    name = f"guanlan-trail-{now():%Y%m%d-%H%M%S}.zip"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(pack.getvalue(), mimetype="application/zip", headers=headers)


def act_name(act: str) -> str:
    """Return the words of an act, or its name where a later version wrote it."""
    return t(f"acts.{act}") if known(f"acts.{act}") else act


def flat(facts: object, prefix: str = "") -> dict[str, Any]:
    """Return facts as one row each, inner ones under the way that leads to them."""
    if not isinstance(facts, dict):
        return {prefix or "·": facts} if facts is not None else {}
    found: dict[str, Any] = {}
    for key, value in facts.items():
        found |= flat(value, f"{prefix}.{key}" if prefix else str(key))
    return found


def _witnesses() -> tuple[Witnessed, ...]:
    log = MerkleLog.of(current_settings())
    try:
        return kept_cosignatures(log, log.checkpoint())
    except LogBrokenError:
        return ()


def _days() -> Days:
    return Days(request.args.get("since", "").strip(), request.args.get("until", "").strip())


def _day(text: str) -> datetime | None:
    if not text:
        return None
    try:
        day = datetime.fromisoformat(text).date()
    except ValueError as error:
        raise InputError("errors.trail.day", day=text[:20]) from error
    return datetime.combine(day, time(), current_settings().timezone)
