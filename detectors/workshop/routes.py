"""Pages of the workshop: the recognizers there are, the editor with its test panel, the draft and its way into force."""

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from detectors.recognizers.checksums import CHANCE
from detectors.recognizers.definition import recognizers
from detectors.workshop import service
from detectors.workshop.check import categories, check, kinds
from detectors.workshop.dictionary import LARGEST, lines_of, words_of
from detectors.workshop.document import DOCUMENT
from detectors.workshop.inferring import inferred
from detectors.workshop.trial import tried
from soc.errors import ConflictError, ForbiddenError, NotFoundError
from soc.identity.actor import Actor
from soc.jobs import JobRun, RunStatus, cancel
from soc.ledger.levels import GENERAL
from soc.ledger.models import Source
from soc.ledger.own_types import KIND, definition_of, sought
from soc.ledger.types import shipped_types, types
from soc.text import language
from soc.tiers.scope import find_within, within
from soc.versions import drafts
from soc.versions import service as versions
from soc.versions.service import FaultyBodyError
from soc.versions.values import Problem
from soc.web.context import current_actor, current_session, viewer
from soc.web.forms import read_form
from soc.web.guard import requires
from soc.web.own_tables import Desk, install_tables
from soc.web.toasts import toast

bp = Blueprint("workshop", __name__, url_prefix="/recognizers", template_folder="templates")
_LONG, _MOST_SOURCES = 500_000, 500
FLAGS = ("upper", "needs_name", "text", "log")


@dataclass(frozen=True, slots=True)
class RecognizerForm:
    """One recognizer as its form says it; lists are of lines."""

    id: str = field(default="", metadata={"longest": 100})
    zh: str = field(default="", metadata={"longest": 200})
    en: str = field(default="", metadata={"longest": 200})
    level: str = field(default="", metadata={"longest": 10})
    kind: str = field(default="", metadata={"longest": 20})
    group: str = field(default="", metadata={"longest": 100})
    pattern: str = field(default="", metadata={"longest": _LONG})
    check: str = field(default="", metadata={"longest": 100})
    strip: str = field(default="", metadata={"longest": 100})
    words: str = field(default="", metadata={"longest": _LONG})
    names: str = field(default="", metadata={"longest": _LONG})
    context: str = field(default="", metadata={"longest": _LONG})
    positive: str = field(default="", metadata={"longest": _LONG})
    negative: str = field(default="", metadata={"longest": _LONG})
    samples: str = field(default="", metadata={"longest": _LONG})
    source: str = field(default="", metadata={"longest": 40})
    flags: tuple[str, ...] = ()
    yields_to: tuple[str, ...] = ()

    def table(self) -> dict[str, Any]:
        """The recognizer as the document has it."""
        lists = {key: lines_of(getattr(self, key)) for key in ("words", "names", "context", "positive", "negative")}
        plain = {key: getattr(self, key).strip() for key in ("id", "zh", "en", "level", "group", "pattern", "check")}
        flags = {key: key in self.flags for key in FLAGS}
        return {**plain, "class": self.kind, "strip": self.strip, "yields_to": list(self.yields_to), **lists, **flags}


@bp.get("/")
@requires("policies.read")
def index() -> ResponseReturnValue:
    """Show the organisation's own recognizers, those of the tiers above, the draft, the shipped ones, the versions."""
    session, actor, org = current_session(), current_actor(), viewer().org
    draft = service.own_draft(session, actor, org)
    return render_template(
        "workshop/index.html",
        own=service.working_body(session, actor, org)["recognizers"],
        above=[one for one in sought(session, org) if not one.id.startswith(f"own_{org}_")],
        draft=draft,
        stale=drafts.is_stale(session, draft) if draft else False,
        effect=versions.what_if(session, viewer(), draft) if draft else None,
        shipped=list(recognizers().values()),
        active=versions.active(session, KIND, org),
        history=versions.history(session, KIND, org),
        lang=language(),
        may_write=actor.may("policies.write"),
    )


@bp.get("/edit")
@requires("policies.write")
def edit() -> ResponseReturnValue:
    """Make a recognizer, or change the one that ``name`` names."""
    name = request.args.get("name", "")
    known = service.working_body(current_session(), current_actor(), viewer().org)["recognizers"]
    found = next((one for one in known if one["id"] == name), None)
    if name and found is None:
        raise NotFoundError
    return _editor(found or {"level": "G3", "text": True, "log": True})


@bp.post("/try")
@requires("policies.write")
def attempt() -> ResponseReturnValue:
    """Check the recognizer in the form and try it on the form's lines; nothing is kept."""
    table = read_form(RecognizerForm).table()
    problems = _problems(table)
    found = [] if problems else tried(definition_of(viewer().org, table), table["positive"], table["negative"])
    return render_template("workshop/tried.html", problems=problems, tried=found)


@bp.post("/suggest")
@requires("policies.write")
def suggest() -> ResponseReturnValue:
    """Propose a pattern for the form's sample values; they are not kept."""
    form = read_form(RecognizerForm)
    return render_template("workshop/suggested.html", proposal=inferred(form.samples.splitlines()))


@bp.post("/trials")
@requires("policies.write")
def begin_trial() -> ResponseReturnValue:
    """Order a trial of the recognizer in the form, on the ledger or on fresh values of a source; nothing of it is kept."""
    form = read_form(RecognizerForm)
    table = form.table()
    problems = _problems(table)
    if problems:
        return render_template("workshop/problems.html", problems=problems)
    session = current_session()
    source = find_within(session, _scanner(), Source, form.source) if form.source else None
    return _trial(service.order_trial(session, current_actor(), viewer().org, table, source))


@bp.get("/trials/<uuid:run_id>")
@requires("policies.write", item=JobRun)
def trial(run_id: UUID) -> ResponseReturnValue:
    """Show how far a trial is, and what it found; htmx asks again while it runs."""
    return _trial(find_within(current_session(), current_actor(), JobRun, run_id))


@bp.post("/trials/<uuid:run_id>/cancel")
@requires("policies.write", item=JobRun)
def end_trial(run_id: UUID) -> ResponseReturnValue:
    """Stop a trial."""
    session, actor = current_session(), current_actor()
    run = find_within(session, actor, JobRun, run_id)
    if run.job != service.JOB:
        raise ConflictError("errors.workshop.no_trial")
    return _trial(cancel(session, actor, run_id))


def _trial(run: JobRun) -> str:
    of_ours = run.job == service.JOB and run.status is RunStatus.DONE and run.message is not None
    found = run.message["params"] if of_ours and run.message else None
    live = run.status in {RunStatus.QUEUED, RunStatus.RUNNING}
    return render_template("workshop/trial.html", run=run, found=found, live=live, types=types(), lang=language())


def _scanner() -> Actor:
    """Whoever may read a source's values: who may order its scan.

    Raises:
        ForbiddenError: the caller may not.
    """
    actor = current_actor()
    if not actor.may("ledger.write"):
        raise ForbiddenError("errors.forbidden", permission="ledger.write")
    return actor


@bp.post("/keep")
@requires("policies.write")
def keep() -> ResponseReturnValue:
    """Put the recognizer into the person's draft; an uploaded file is its dictionary."""
    table = read_form(RecognizerForm).table()
    file = request.files.get("file")
    if file is not None and file.filename:
        table["words"] = words_of(file.stream.read(LARGEST + 1))
    try:
        service.keep(current_session(), current_actor(), viewer().org, table)
    except FaultyBodyError as error:
        return _editor(table, error.problems), 422
    toast("workshop.kept")
    return redirect(url_for(".index"))


install_tables(bp, Desk(service.TABLES, DOCUMENT, "policies", "workshop", "recognizers.yaml"))


def _problems(table: dict[str, Any]) -> list[Problem]:
    return check({"recognizers": [table]})


def _editor(table: dict[str, Any], problems: list[Problem] | None = None) -> str:
    lang, actor = language(), current_actor()
    sources = within(viewer(), Source).where(Source.removed_at.is_(None)).order_by(Source.name).limit(_MOST_SOURCES)
    return render_template(
        "workshop/edit.html",
        sources=current_session().scalars(sources).all() if actor.may("ledger.write") else [],
        one=table,
        problems=problems or [],
        levels=[(one.value, f"{one.value}") for one in GENERAL],
        kinds=kinds(),
        groups=categories(lang),
        checks=sorted(CHANCE),
        flags=FLAGS,
        shipped=[(one.id, one.title(lang)) for one in shipped_types().values()],
        lang=lang,
    )
