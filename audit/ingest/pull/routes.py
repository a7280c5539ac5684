"""Pages of pulls: what logs are fetched from, how each fares, set up, tried, changed, paused, removed."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from audit.ingest.formats import find_format, names_known
from audit.ingest.own_formats import formats_within
from audit.ingest.pull import service
from audit.ingest.pull.forms import FORMS, typed
from audit.ingest.pull.models import LogPull, ObjectState, PulledObject, PullKind, PullProgress
from audit.ingest.pull.trying import Tried, tried
from soc.clock import now
from soc.errors import InputError, NotFoundError, SocError
from soc.masking import mask_text
from soc.text import Message, known, t
from soc.tiers.scope import find_within
from soc.web.context import abandon, current_actor, current_database, current_session, current_settings, viewer
from soc.web.errors import text_of
from soc.web.forms import FormError, read_form
from soc.web.guard import requires
from soc.web.toasts import toast

bp = Blueprint("pulls", __name__, url_prefix="/ingest/pulls", template_folder="templates")
_MOST_NAMED = 20
_LONGEST_SHOWN = 400
#: which field a refusal belongs to, where its message says so
_FIELDS = {
    "pulls.error.address": "address", "pulls.error.index": "index", "pulls.error.filter": "filter",
    "pulls.error.filter_long": "filter", "pulls.error.authority": "authority", "pulls.error.name": "name",
    "pulls.error.taken": "name", "pulls.error.since": "since", "pulls.error.bucket": "bucket",
    "pulls.error.prefix": "prefix", "pulls.error.region": "region", "ingest.error.unknown_format": "format",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Standing:
    """One pull and how it fares."""

    pull: LogPull
    progress: PullProgress

    @property
    def state(self) -> str:
        """Return the word for it."""
        if self.pull.paused_at is not None:
            return "paused"
        if self.progress.trouble is not None:
            return "trouble"
        if self.progress.worked_at is None:
            return "new"
        late = self.progress.whole_at is None or self.progress.worked_at > self.progress.whole_at
        return "behind" if late else "fine"

    @property
    def trouble(self) -> str:
        """What is wrong, in words."""
        told = self.progress.trouble
        if told is None:
            return ""
        return Message.from_json(told).render() if known(told["key"]) else str(told["key"])

    def lag(self, at: datetime) -> timedelta | None:
        """Return how old the newest event is that was pulled."""
        return None if self.progress.newest_at is None else max(timedelta(), at - self.progress.newest_at)


@dataclass(frozen=True, slots=True)
class Removal:
    """Which pull is to be forgotten."""

    pull: UUID


@bp.get("/")
@requires("ingest.read")
def index() -> ResponseReturnValue:
    """List the pulls, and what is wrong with them."""
    session = current_session()
    found = [Standing(pull, service.progress_of(session, pull)) for pull in service.list_pulls(session, viewer())]
    return render_template("pulls/index.html", pulls=found, at=now(), may_write=current_actor().may("ingest.write"))


@bp.get("/<uuid:pull>")
@requires("ingest.read", item=LogPull)
def show(pull: UUID) -> ResponseReturnValue:
    """Show one pull: how far it is, what is wrong, what was passed over."""
    return _page(find_within(current_session(), viewer(), LogPull, pull))


def _page(pull: LogPull, records: list[Tried] | None = None, trouble: str = "") -> str:
    standing = Standing(pull, service.progress_of(current_session(), pull))
    return render_template(
        "pulls/show.html",
        one=standing,
        at=now(),
        passed=_passed(standing),
        records=None if records is None else [(one, _masked(one)) for one in records],
        trouble=trouble,
        may_write=current_actor().may("ingest.write"),
    )


def _masked(one: Tried) -> str:
    return mask_text(one.line.strip())[:_LONGEST_SHOWN]


def _passed(one: Standing) -> list[tuple[str, str]]:
    """What was passed over lately, with the reason in words."""
    if one.pull.kind is PullKind.OPENSEARCH:
        return [(f"{index}/{name}", t(reason)) for index, name, reason in reversed(one.progress.mark.get("passed", []))]
    mine = (PulledObject.pull_id == one.pull.id, PulledObject.state == ObjectState.SKIPPED)
    query = select(PulledObject).where(*mine).order_by(PulledObject.read_at.desc()).limit(_MOST_NAMED)
    return [(row.key, t(row.reason) if known(row.reason) else row.reason) for row in current_session().scalars(query)]


@bp.get("/new")
@requires("ingest.write")
def new() -> ResponseReturnValue:
    """Show an empty form; ``kind`` says of what."""
    return _form(_kind(), {})


@bp.post("/new")
@requires("ingest.write")
def create() -> ResponseReturnValue:
    """Set a pull up for the organisation that is looked at."""
    found = _kind()
    try:
        order = read_form(FORMS[found]).order(viewer().org)
        pull = service.add_pull(current_session(), current_actor(), current_settings(), order)
    except (InputError, service.PullTakenError) as error:
        return _refused(found, error), error.status
    toast("pulls.added")
    return redirect(url_for(".show", pull=pull.id))


@bp.get("/<uuid:pull>/edit")
@requires("ingest.write", item=LogPull)
def edit(pull: UUID) -> ResponseReturnValue:
    """Show the form of a pull that is there."""
    found = find_within(current_session(), viewer(), LogPull, pull)
    return _form(found.kind, typed(found), found)


@bp.post("/<uuid:pull>/edit")
@requires("ingest.write", item=LogPull)
def change(pull: UUID) -> ResponseReturnValue:
    """Change a pull."""
    found = find_within(current_session(), current_actor(), LogPull, pull)
    try:
        order = read_form(FORMS[found.kind]).order(found.org)
        service.change_pull(current_session(), current_actor(), current_settings(), found.id, order)
    except (InputError, service.PullTakenError) as error:
        return _refused(found.kind, error, found), error.status
    toast("pulls.changed")
    return redirect(url_for(".show", pull=found.id))


@bp.post("/<uuid:pull>/try")
@requires("ingest.write", item=LogPull)
def attempt(pull: UUID) -> ResponseReturnValue:
    """Show how the first records would be read; nothing is stored."""
    find_within(current_session(), current_actor(), LogPull, pull)
    # the source may be slow: no transaction waits for it
    abandon()
    with current_database().read() as session:
        found = session.get_one(LogPull, pull)
    try:
        records, trouble = tried(current_database(), current_settings(), found), ""
    except SocError as error:
        records, trouble = [], text_of(error)
    return _page(find_within(current_session(), current_actor(), LogPull, pull), records, trouble)


@bp.post("/<uuid:pull>/pause")
@requires("ingest.write", item=LogPull)
def pause(pull: UUID) -> ResponseReturnValue:
    """Stop where it is."""
    service.pause_pull(current_session(), current_actor(), pull)
    toast("pulls.was_paused")
    return redirect(url_for(".show", pull=pull))


@bp.post("/<uuid:pull>/resume")
@requires("ingest.write", item=LogPull)
def resume(pull: UUID) -> ResponseReturnValue:
    """Go on where it was."""
    service.resume_pull(current_session(), current_actor(), pull)
    toast("pulls.was_resumed")
    return redirect(url_for(".show", pull=pull))


@bp.post("/remove")
@requires("ingest.write")
def remove() -> ResponseReturnValue:
    """Forget the pull that the form names; the logs that came by it stay."""
    service.remove_pull(current_session(), current_actor(), read_form(Removal).pull)
    toast("pulls.was_removed")
    return redirect(url_for(".index"))


def _kind() -> PullKind:
    try:
        return PullKind(request.args.get("kind", PullKind.OPENSEARCH.value))
    except ValueError:
        raise NotFoundError from None


def _refused(kind: PullKind, error: SocError, pull: LogPull | None = None) -> str:
    """The form again, as it was typed but for the secrets, with what is wrong at its field."""
    text = text_of(error)
    problems = error.texts() if isinstance(error, FormError) else {_FIELDS.get(error.key, "address"): text}
    told: dict[str, Any] = dict(request.form.items())
    return _form(kind, told, pull, problems)


def _form(
    kind: PullKind, values: dict[str, Any], pull: LogPull | None = None, problems: dict[str, str] | None = None
) -> str:
    hidden = {"password", "api_key", "secret"}
    org = pull.org if pull else viewer().org
    with formats_within(current_session(), org):
        formats = [("auto", t("pulls.auto")), *((name, find_format(name).title) for name in names_known())]
    return render_template(
        "pulls/edit.html",
        kind=kind.value,
        pull=pull,
        org=org,
        values={name: value for name, value in values.items() if name not in hidden},
        problems=problems or {},
        formats=formats,
    )
